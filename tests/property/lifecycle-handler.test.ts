import fc from "fast-check";
import { expect, test } from "vitest";
import { createLifecycleHandler, type LifecycleHandler, type Work } from "../../sdk/handler";
import { type CallFault, HangingCloud, hookNamed } from "../support/hanging-cloud";

/** Any schedule of messages, restarts, faults and work times, in virtual time. */

const minute = 60_000;
const hour = 60 * minute;

interface Schedule {
  readonly timeout: number;
  readonly defaultResult: "CONTINUE" | "ABANDON";
  readonly direction: "INSTANCE_LAUNCHING" | "INSTANCE_TERMINATING";
  readonly instances: number;
  readonly maxWait: number;
  /** How long the work takes, milliseconds, and how often it fails first; the last entry is for all further instances. */
  readonly works: readonly { readonly takes: number; readonly failures: number; readonly obeys: boolean }[];
  /** After how long each copy of a message arrives; without copies it is lost. */
  readonly copies: readonly number[];
  readonly restarts: readonly { readonly after: number; readonly isKilled: boolean }[];
  readonly faults: readonly { readonly from: number; readonly lasts: number; readonly kind: CallFault }[];
  readonly sideBySide: number;
  readonly lag: number;
}

const duration = (most: number) =>
  fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: most }));

const schedule: fc.Arbitrary<Schedule> = fc.record({
  timeout: fc.constantFrom(300, 600, 3600),
  defaultResult: fc.constantFrom("CONTINUE", "ABANDON"),
  direction: fc.constantFrom("INSTANCE_LAUNCHING", "INSTANCE_TERMINATING"),
  instances: fc.integer({ min: 1, max: 5 }),
  maxWait: fc.constantFrom(0, hour, 2.5 * hour, 4 * hour),
  works: fc.array(
    fc.record({
      takes: duration(5 * hour),
      failures: fc.constantFrom(0, 0, 0, 1, 2, 1_000),
      obeys: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  copies: fc.array(duration(hour), { maxLength: 3 }),
  restarts: fc.array(fc.record({ after: duration(2 * hour), isKilled: fc.boolean() }), { maxLength: 3 }),
  faults: fc.array(
    fc.record({
      from: duration(2 * hour),
      lasts: duration(5 * minute),
      kind: fc.constantFrom<CallFault>("before", "after", "throttled", "unavailable"),
    }),
    { maxLength: 3 },
  ),
  sideBySide: fc.constantFrom(1, 1, 2),
  lag: fc.constantFrom(0, 0, 0, 3_000),
});

/** A process: its handler, and how its work on each instance stands. */
interface Process {
  isAlive: boolean;
  handler: LifecycleHandler;
  readonly work: Map<string, "running" | "done" | "failed">;
}

/** Plays a schedule until everything is over, and tells what was broken. */
async function play(cloud: HangingCloud, plan: Schedule): Promise<readonly string[]> {
  const { time, clock } = cloud;
  const broken: string[] = [];
  const processes: Process[] = [];
  const attempts = new Map<string, number>();
  const started = new Map<string, number>();
  let answering: Process | undefined;

  const begin = (): Process => {
    const process: Process = { isAlive: true, work: new Map(), handler: undefined as never };
    const client = cloud.client(() => process.isAlive);
    const { complete } = client.hangingInstances;
    const share = 0.1 + 0.37 * processes.length;
    const work: Work = async ({ instanceId, signal }) => {
      if (!attempts.has(instanceId)) attempts.set(instanceId, 0);
      const index = [...attempts.keys()].indexOf(instanceId);
      const { takes, failures, obeys } = (plan.works[index] ??
        plan.works.at(-1)) as Schedule["works"][number];
      const attempt = (attempts.get(instanceId) ?? 0) + 1;
      attempts.set(instanceId, attempt);
      if (process.work.get(instanceId) === "running") broken.push("work runs twice at a time in a process");
      process.work.set(instanceId, "running");
      const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      await Promise.race([time.sleep(takes), ...(obeys ? [aborted] : [])]);
      if (!process.isAlive) await new Promise(() => {});
      const failed = signal.aborted || attempt <= failures;
      process.work.set(instanceId, failed ? "failed" : "done");
      if (failed) throw new Error("failed");
    };
    process.handler = createLifecycleHandler({
      client: {
        ...client,
        hangingInstances: {
          ...client.hangingInstances,
          complete(...completion) {
            answering = process;
            return complete(...completion);
          },
        },
      },
      groups: [cloud.groupId],
      onLaunching: work,
      onTerminating: work,
      maxWait: plan.maxWait,
      sweepInterval: 2 * minute,
      clock,
      random: () => share % 1,
    });
    processes.push(process);
    return process;
  };

  cloud.onHang = ({ key }) => {
    started.set(key, clock.now());
    for (const delay of plan.copies) {
      time.after(delay, () => {
        // Only a wake-up: what the message says is not believed, so its key is not needed.
        for (const { handler, isAlive } of processes) if (isAlive) void handler.sweep();
      });
    }
  };
  cloud.onAnswer = (key, result, before) => {
    if (result === "EXTEND") {
      const deadline = cloud.group.hangs.find((one) => one.key === key)?.deadline ?? 0;
      const late = deadline - (started.get(key) ?? 0) - plan.maxWait;
      if (late > 0) broken.push(`extended to ${late} ms past maxWait`);
      return;
    }
    const instance = before.hangs.find((one) => one.key === key)?.instanceId ?? "";
    const state = answering?.work.get(instance);
    const states = processes.map(({ work }) => work.get(instance));
    if (!states.some((one) => one === "done" || one === "failed"))
      broken.push(`${result} while the work is ${state}`);
    if (processes.length === 1 && state === "running") broken.push(`${result} while the work runs`);
  };
  // Of two side by side each must see what the other has extended.
  cloud.lag = plan.sideBySide === 1 ? plan.lag : 0;
  cloud.faults = () =>
    plan.faults.find(({ from, lasts }) => time.now() >= from && time.now() < from + lasts)?.kind;

  if (plan.direction === "INSTANCE_TERMINATING") {
    cloud.scale(plan.instances);
    await time.sleep(5_000);
  }
  const [first] = Array.from({ length: plan.sideBySide }, begin);
  cloud.scale(plan.direction === "INSTANCE_TERMINATING" ? 0 : plan.instances);
  let current = first;
  for (const { after, isKilled } of plan.restarts) {
    await time.sleep(after);
    if (current !== undefined && isKilled) current.isAlive = false;
    else await Promise.race([current?.handler.close(), time.sleep(10_000)]);
    if (current !== undefined) current.isAlive = false;
    current = begin();
  }
  // Launches that are given up begin anew for ever.
  await time.sleep(plan.timeout * 1000 + plan.maxWait + 2 * hour);
  cloud.happen({ kind: "pause" });
  await time.sleep(plan.timeout * 1000 + plan.maxWait + 2 * hour);
  if (cloud.hanging > 0) broken.push(`${cloud.hanging} hang for ever`);
  for (const { handler } of processes) void handler.close();
  return broken;
}

test("every instance that hangs ends, none before its work has ended, and none is extended past the longest wait", async () => {
  await fc.assert(
    fc.asyncProperty(schedule, async (plan) => {
      const { direction, timeout: default_timeout, defaultResult: default_result } = plan;
      const cloud = new HangingCloud(hookNamed("hook", direction, { default_timeout, default_result }));
      expect(await cloud.time.run(play(cloud, plan))).toEqual([]);
    }),
    { numRuns: 60 },
  );
}, 120_000);
