import { describe, expect, onTestFinished, test } from "vitest";
import {
  createLifecycleHandler,
  type HandlerEvent,
  hookMetadata,
  type LifecycleHandlerOptions,
} from "../../sdk/handler";
import { HangingCloud, hookNamed } from "../support/hanging-cloud";

/** The handler on the emulator's scaling group, in virtual time. */

const minute = 60_000;
const hour = 60 * minute;
const launchingCloud = () => new HangingCloud(hookNamed("boot", "INSTANCE_LAUNCHING"));

/** A group whose instances are in service, and will hang on the hook `drain` on their way out. */
async function serving(instances: number, more: Parameters<typeof hookNamed>[2] = {}): Promise<HangingCloud> {
  const cloud = new HangingCloud(hookNamed("drain", "INSTANCE_TERMINATING", more));
  await scaled(cloud, instances, 5_000);
  return cloud;
}

/** A handler at work on a cloud, whose log is kept. */
function handlerOf(cloud: HangingCloud, options: Partial<LifecycleHandlerOptions>) {
  const events: HandlerEvent[] = [];
  const handler = createLifecycleHandler({
    client: cloud.client(),
    groups: [cloud.groupId],
    clock: cloud.clock,
    random: () => 0.5,
    log: (event) => events.push(event),
    ...options,
  });
  onTestFinished(() => void handler.close());
  return { handler, events, kinds: () => events.map(({ kind }) => kind) };
}

const pass = ({ time }: HangingCloud, milliseconds: number) => time.run(time.sleep(milliseconds));
const scaled = (cloud: HangingCloud, instances: number, milliseconds: number) => {
  cloud.scale(instances);
  return pass(cloud, milliseconds);
};
const answers = ({ calls }: HangingCloud) => calls.filter((call) => /^(CONTINUE|ABANDON|EXTEND) /.test(call));
const results = (cloud: HangingCloud) => answers(cloud).map((call) => call.split(" ")[0]);
const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
const count = (cloud: HangingCloud, call: string) => cloud.calls.filter((one) => one.startsWith(call)).length;

describe("an instance that hangs", () => {
  test("is worked on, and completed with one callback", async () => {
    const metadata = { port: 8080, team: "(a)" };
    const cloud = await serving(1, { notification_metadata: hookMetadata(metadata) });
    const seen: unknown[] = [];
    const { kinds } = handlerOf(cloud, {
      async onTerminating({ signal, ...work }) {
        seen.push({ ...work });
        await cloud.time.sleep(minute);
      },
    });
    await pass(cloud, 10_000);
    const [instance] = cloud.group.instances;
    cloud.scale(0);
    const deadline = new Date(cloud.clock.now() + 10 * minute);
    await pass(cloud, 2 * minute);
    expect(seen).toEqual([
      { instanceId: instance?.id, groupId: "group-1", hookName: "drain", metadata, attempt: 1, deadline },
    ]);
    expect(answers(cloud)).toEqual([`CONTINUE ${instance?.id}`]);
    expect(kinds()).toEqual(["seen", "started", "completed"]);
    expect(cloud.group.instances).toEqual([]);
  });

  test("on a hook of another handler is left alone", async () => {
    const hooks = ["boot", "backup"].map((name) => hookNamed(name, "INSTANCE_LAUNCHING"));
    const cloud = new HangingCloud(...hooks);
    handlerOf(cloud, { hooks: ["boot"], onLaunching: async () => {} });
    await scaled(cloud, 1, 2 * minute);
    expect(answers(cloud)).toHaveLength(1);
    expect(cloud.group.hangs.map(({ hookName, status }) => [hookName, status])).toEqual([
      ["boot", "CONTINUE"],
      ["backup", "HANGING"],
    ]);
  });

  test("whose direction has no work is left alone, without a request for it", async () => {
    const cloud = launchingCloud();
    const { events } = handlerOf(cloud, { onTerminating: async () => {} });
    await scaled(cloud, 2, 2 * minute);
    expect(answers(cloud)).toEqual([]);
    expect(count(cloud, "hooks")).toBe(1);
    expect(events).toEqual([]);
  });

  test("is only told of in a dry run", async () => {
    const cloud = launchingCloud();
    const { kinds } = handlerOf(cloud, {
      dryRun: true,
      onLaunching: () => Promise.reject(new Error("worked")),
    });
    await scaled(cloud, 1, 2 * minute);
    expect(kinds()).toEqual(["seen", "left"]);
    expect(answers(cloud)).toEqual([]);
  });

  test("is not worked on by more at a time than the bound, and the one with the earliest deadline comes first", async () => {
    const cloud = launchingCloud();
    await scaled(cloud, 7, 5_000);
    const { key: actionKey, instanceId: extended, hookName } = cloud.group.hangs[0] ?? {};
    cloud.happen({
      kind: "complete",
      callback: { result: "EXTEND", actionKey, instanceId: extended, hookName },
    });
    const begun: string[] = [];
    let most = 0;
    let now = 0;
    handlerOf(cloud, {
      concurrency: 2,
      async onLaunching({ instanceId }) {
        begun.push(instanceId);
        most = Math.max(most, ++now);
        await cloud.time.sleep(1_000);
        now--;
      },
    });
    await pass(cloud, 2 * minute);
    expect(most).toBe(2);
    expect(begun).toHaveLength(7);
    expect(begun.at(-1)).toBe(extended);
    expect(results(cloud)).toEqual(Array(7).fill("CONTINUE"));
  });
});

describe("work that fails", () => {
  test("is tried again with growing delays, and completed once it is done", async () => {
    const cloud = launchingCloud();
    const times: number[] = [];
    const { kinds } = handlerOf(cloud, {
      async onLaunching({ attempt }) {
        times.push(cloud.time.now());
        if (attempt < 3) throw new Error("not yet");
      },
    });
    await scaled(cloud, 1, 2 * minute);
    const delays = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(delays).toEqual([
      expect.toSatisfy((ms) => ms >= 250 && ms < 350),
      expect.toSatisfy((ms) => ms >= 500 && ms < 600),
    ]);
    expect(results(cloud)).toEqual(["CONTINUE"]);
    expect(kinds()).toEqual(["seen", "started", "failed", "started", "failed", "started", "completed"]);
  });

  const failing = async () => {
    throw new Error("never");
  };

  test.each([
    ["launch", "CONTINUE", { launching: "CONTINUE" }],
    ["launch", "ABANDON", { launching: "ABANDON" }],
    ["removal", "CONTINUE", undefined],
  ] as const)(
    "until shortly before the deadline ends a launch as the policy says, and a removal well without one: %s, %s",
    async (direction, result, onFailure) => {
      const cloud = direction === "launch" ? launchingCloud() : await serving(1);
      handlerOf(cloud, { onLaunching: failing, onTerminating: failing, onFailure });
      await scaled(cloud, direction === "launch" ? 1 : 0, 8 * minute);
      expect(answers(cloud)).toEqual([]);
      await pass(cloud, 2 * minute);
      expect(results(cloud)).toEqual([result]);
    },
  );

  test("for ever leaves the instance to a person or its time-out, where the policy says so", async () => {
    const cloud = await serving(1);
    const { kinds } = handlerOf(cloud, { onTerminating: failing, onFailure: { terminating: "LEAVE" } });
    await scaled(cloud, 0, 12 * minute);
    expect(answers(cloud)).toEqual([]);
    expect(kinds().at(-1)).toBe("left");
    expect(cloud.group.instances).toEqual([]);
  });

  test("abandons no more than three launches in a row, since each makes a new instance", async () => {
    const cloud = launchingCloud();
    const { events } = handlerOf(cloud, { onLaunching: async () => "ABANDON" });
    await scaled(cloud, 1, 9 * minute);
    expect(answers(cloud)).toHaveLength(3);
    expect(events.at(-1)?.text).toMatch("3 launches in a row were abandoned: find out why");
    expect(cloud.hanging).toBe(1);
  });
});

describe("work that takes longer than the time-out", () => {
  test("gets another hour shortly before each deadline, as long as there is room", async () => {
    const cloud = await serving(1);
    const deadlines: Date[] = [];
    const { kinds } = handlerOf(cloud, {
      async onTerminating(work) {
        for (let hours = 0; hours < 2; hours++) {
          deadlines.push(work.deadline);
          await cloud.time.sleep(hour);
        }
      },
    });
    await scaled(cloud, 0, 8 * minute);
    expect(answers(cloud)).toEqual([]);
    await pass(cloud, 3 * hour);
    expect(results(cloud)).toEqual(["EXTEND", "EXTEND", "CONTINUE"]);
    expect(count(cloud, "activities")).toBe(2);
    expect(kinds()).toEqual(["seen", "started", "extended", "extended", "completed"]);
    const [early = new Date(), late = new Date()] = deadlines;
    expect(late.getTime() - early.getTime()).toBe(hour);
  });

  test("is told to stop shortly before the deadline where there is no room, and the policy decides", async () => {
    const cloud = await serving(1);
    const left: number[] = [];
    handlerOf(cloud, {
      maxWait: 70 * minute,
      async onTerminating({ signal, deadline }) {
        await aborted(signal);
        left.push(deadline.getTime() + hour - cloud.clock.now());
        signal.throwIfAborted();
      },
      onFailure: { terminating: "ABANDON" },
    });
    await scaled(cloud, 0, 2 * hour);
    expect(results(cloud)).toEqual(["EXTEND", "ABANDON"]);
    expect(left).toEqual([expect.toSatisfy((ms) => ms > 9_000 && ms <= 10_000)]);
  });

  test("and never ends is completed by nothing but its time-out", async () => {
    const cloud = await serving(1);
    const { kinds } = handlerOf(cloud, { maxWait: 0, onTerminating: () => new Promise(() => {}) });
    await scaled(cloud, 0, hour);
    expect(answers(cloud)).toEqual([]);
    expect(count(cloud, "activities")).toBe(0);
    expect(kinds()).toEqual(["seen", "started", "ended"]);
  });

  test("is not extended again because the process was restarted", async () => {
    const cloud = await serving(1);
    cloud.scale(0);
    for (let restart = 0; restart < 8; restart++) {
      const process = { isAlive: true };
      handlerOf(cloud, {
        client: cloud.client(() => process.isAlive),
        maxWait: 2.5 * hour,
        onTerminating: () => new Promise(() => {}),
      });
      await pass(cloud, 40 * minute);
      process.isAlive = false;
    }
    expect(results(cloud)).toEqual(["EXTEND", "EXTEND"]);
    expect(cloud.group.instances).toEqual([]);
  });
});

describe("an API in trouble", () => {
  test.each(["throttled", "unavailable", "before"] as const)(
    "for a minute (%s) is asked again with growing delays, and nothing is lost",
    async (fault) => {
      const cloud = await serving(1);
      const from = cloud.time.now();
      cloud.faults = () => (cloud.time.now() < from + minute ? fault : undefined);
      const { events } = handlerOf(cloud, { onTerminating: async () => {} });
      await scaled(cloud, 0, 3 * minute);
      expect(answers(cloud)).toHaveLength(1);
      const troubles = events.filter(({ kind }) => kind === "trouble").length;
      expect(troubles).toBeGreaterThan(3);
      expect(troubles).toBeLessThan(12);
    },
  );

  test("that loses the answer of a callback is asked what hangs before another is sent", async () => {
    const cloud = await serving(1);
    let faults = 0;
    cloud.faults = (call) => (call.startsWith("CONTINUE") && faults++ === 0 ? "after" : undefined);
    const { kinds } = handlerOf(cloud, { onTerminating: async () => {} });
    await scaled(cloud, 0, 2 * minute);
    expect(answers(cloud)).toHaveLength(1);
    expect(kinds()).toEqual(["seen", "started", "trouble", "ended"]);
  });

  test("whose list lags does the work once, and completes it once", async () => {
    const cloud = await serving(3);
    cloud.lag = 5_000;
    let works = 0;
    handlerOf(cloud, {
      sweepInterval: 2_000,
      async onTerminating() {
        works++;
      },
    });
    await scaled(cloud, 0, 2 * minute);
    expect(works).toBe(3);
    expect(answers(cloud)).toHaveLength(3);
  });
});

describe("processes", () => {
  test("that are killed in the middle of the work leave it to the next, which does it from the start", async () => {
    const cloud = await serving(2);
    const works: string[] = [];
    const process = { isAlive: true };
    const onTerminating = async ({ instanceId }: { instanceId: string }) => {
      works.push(instanceId);
      await cloud.time.sleep(minute);
    };
    handlerOf(cloud, { client: cloud.client(() => process.isAlive), onTerminating });
    await scaled(cloud, 0, 50_000);
    expect(works).toHaveLength(2);
    process.isAlive = false;
    handlerOf(cloud, { onTerminating });
    await pass(cloud, 2 * minute);
    expect(works).toHaveLength(4);
    expect(answers(cloud)).toHaveLength(2);
  });

  test("side by side both do the work, and the completion takes effect once", async () => {
    const cloud = await serving(2);
    const taken: string[] = [];
    cloud.onAnswer = (key) => taken.push(key);
    let works = 0;
    const two = [1_000, 1_500].map((takes) =>
      handlerOf(cloud, {
        async onTerminating() {
          works++;
          await cloud.time.sleep(takes);
        },
      }),
    );
    await scaled(cloud, 0, 2 * minute);
    expect(works).toBe(4);
    expect(new Set(taken).size).toBe(2);
    expect(taken).toHaveLength(2);
    expect(two[1]?.events.filter(({ kind }) => kind === "trouble")).toEqual([]);
  });

  test("that are to end begin nothing, tell what runs, and complete what was done alone", async () => {
    const cloud = await serving(3);
    const ending = new AbortController();
    const { handler } = handlerOf(cloud, {
      concurrency: 2,
      signal: ending.signal,
      async onTerminating({ instanceId, signal }) {
        if (instanceId === cloud.group.instances[0]?.id) return cloud.time.sleep(20_000);
        await aborted(signal);
        throw new Error("interrupted");
      },
    });
    const [first] = cloud.group.instances;
    await scaled(cloud, 0, 35_000);
    ending.abort();
    await cloud.time.run(handler.close());
    expect(answers(cloud)).toEqual([`CONTINUE ${first?.id}`]);
    const before = cloud.calls.length;
    await pass(cloud, 2 * minute);
    expect(cloud.calls).toHaveLength(before);
    expect(cloud.hanging).toBe(2);
  });
});

test("a person's answer in the middle of the work ends it", async () => {
  const cloud = await serving(1);
  const reasons: unknown[] = [];
  const { kinds } = handlerOf(cloud, {
    async onTerminating({ signal }) {
      await aborted(signal);
      reasons.push(String(signal.reason));
      signal.throwIfAborted();
    },
  });
  await scaled(cloud, 0, minute);
  const actionKey = cloud.group.hangs[0]?.key;
  const callback = { result: "CONTINUE", actionKey, instanceId: undefined, hookName: undefined } as const;
  cloud.happen({ kind: "complete", callback });
  await pass(cloud, minute);
  expect(reasons).toEqual(["AbortError: it hangs no longer"]);
  expect(kinds()).toEqual(["seen", "started", "ended"]);
});

test("a function's run works off what hangs within its time, and tells what is left", async () => {
  const cloud = await serving(3);
  const takes = new Map<string, number>();
  const { handler } = handlerOf(cloud, {
    sweepInterval: 0,
    async onTerminating({ instanceId, signal }) {
      await Promise.race([cloud.time.sleep(takes.get(instanceId) ?? 1_000), aborted(signal)]);
      signal.throwIfAborted();
    },
  });
  const context = { getRemainingTimeInMilliSeconds: () => 30_000 };
  const work = () => cloud.time.run(handler.functionGraph({ record: [] }, context));
  takes.set(cloud.group.instances[0]?.id ?? "", hour);
  expect(await cloud.time.run(handler.functionGraph({}))).toEqual({ completed: 0, isDone: true });
  await scaled(cloud, 0, 5_000);
  expect(await work()).toEqual({ completed: 2, isDone: false });
  const before = cloud.calls.length;
  await pass(cloud, 2 * minute);
  expect(cloud.calls).toHaveLength(before);
  takes.clear();
  expect(await work()).toEqual({ completed: 1, isDone: true });
  expect(cloud.group.instances.map(({ step }) => step)).not.toContain("removal-hooks");
});

test.each<[string, Partial<LifecycleHandlerOptions>]>([
  ["groups is empty", { groups: [] }],
  ["there is no work", { onLaunching: undefined }],
  ["maxWait -1 is not a number of milliseconds", { maxWait: -1 }],
  ["concurrency 0 is not a whole number", { concurrency: 0 }],
  ["sweepInterval NaN is not a number", { sweepInterval: Number.NaN }],
])("options that can't be used are refused by name: %s", (text, options) => {
  expect(() => handlerOf(launchingCloud(), { onLaunching: async () => {}, ...options })).toThrow(text);
});
