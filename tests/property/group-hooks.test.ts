import fc from "fast-check";
import { expect, test } from "vitest";
import { GroupHooks } from "../../provider/core/group-hooks";
import type { LifecycleHook } from "../../sdk/api/hook-fields";
import { VirtualTime } from "../support/virtual-time";

/** What a refresh knows of its groups, in whatever order and at whatever pace the engine and the service go. */

const keptFor = 30_000;
const name = "drain";

const hookNamed = (lifecycleHookName: string, defaultTimeout = 300) =>
  ({ lifecycleHookName, defaultTimeout }) as LifecycleHook;

/** A service that answers from what is there half-way through each request. */
class Service {
  readonly groups = new Map<string, LifecycleHook[]>();
  readonly lifecycleHooks = { list: (groupId: string) => this.#list(groupId) };
  lists = 0;
  readonly #time: VirtualTime;
  readonly #latencies: readonly number[];

  constructor(time: VirtualTime, latencies: readonly number[]) {
    this.#time = time;
    this.#latencies = latencies;
  }

  async #list(groupId: string): Promise<LifecycleHook[]> {
    const latency = this.#latencies[this.lists++ % this.#latencies.length] ?? 0;
    await this.#time.sleep(latency / 2);
    const hooks = [...(this.groups.get(groupId) ?? [])];
    await this.#time.sleep(latency / 2);
    return hooks;
  }
}

const latencies = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 10 });
const moment = fc.integer({ min: 0, max: keptFor - 1000 });

/** The hooks of some groups, in an order in which an engine may read them. */
const reads = fc
  .array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 20 })
  .map((sizes) =>
    sizes.flatMap((size, group) =>
      Array.from({ length: size }, (_, hook) => ({ group: `group-${group}`, hook: `hook-${hook}` })),
    ),
  )
  .chain((hooks) => fc.shuffledSubarray(hooks, { minLength: hooks.length }));

/** What a refresh knows of such hooks, and the service and the time that it lives in. */
function refreshOf(late: readonly number[], hooks: readonly { group: string; hook: string }[] = []) {
  const time = new VirtualTime();
  const service = new Service(time, late);
  for (const { group, hook } of hooks)
    service.groups.set(group, [...(service.groups.get(group) ?? []), hookNamed(hook)]);
  return { time, service, groupHooks: new GroupHooks(service, time) };
}

test("a refresh reads each group once, whatever the order of the hooks and however many are read at a time", async () => {
  await fc.assert(
    fc.asyncProperty(reads, latencies, fc.integer({ min: 1, max: 32 }), async (hooks, late, workers) => {
      const { time, service, groupHooks } = refreshOf(late, hooks);
      const queue = [...hooks];
      const worker = async () => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          const found = await groupHooks.find(next.group, next.hook);
          expect(found?.lifecycleHookName).toBe(next.hook);
        }
      };
      await time.run(Promise.all(Array.from({ length: workers }, worker)));
      expect(service.lists).toBe(service.groups.size);
    }),
  );
});

test("a refresh reads each group once when the reads come at any moments of the time for which a list is kept", async () => {
  await fc.assert(
    fc.asyncProperty(
      reads,
      latencies,
      fc.array(moment, { minLength: 100, maxLength: 100 }),
      async (hooks, late, starts) => {
        const { time, service, groupHooks } = refreshOf(late, hooks);
        const read = async ({ group, hook }: { group: string; hook: string }, index: number) => {
          await time.sleep(starts[index] ?? 0);
          expect(await groupHooks.find(group, hook)).toBeDefined();
        };
        await time.run(Promise.all(hooks.map(read)));
        expect(service.lists).toBe(service.groups.size);
      },
    ),
  );
});

test("a hook that is said to be gone was gone at a moment of the very read", async () => {
  const changes = fc.array(fc.tuple(moment, fc.boolean()), { maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(
      changes,
      fc.array(moment, { minLength: 1, maxLength: 20 }),
      latencies,
      async (events, starts, late) => {
        const { time, service, groupHooks } = refreshOf(late);
        /** From when on the hook was there, or not. */
        const history = [{ at: -1, there: true }];
        service.groups.set("group", [hookNamed(name)]);
        const change = async ([at, there]: readonly [number, boolean]) => {
          await time.sleep(at);
          service.groups.set("group", there ? [hookNamed(name)] : []);
          history.push({ at, there });
        };
        const wasGone = (from: number, to: number) =>
          history.some(({ at, there }, index) => {
            const until = history[index + 1]?.at ?? Number.POSITIVE_INFINITY;
            return !there && at <= to && until >= from;
          });
        const read = async (at: number) => {
          await time.sleep(at);
          const found = await groupHooks.find("group", name);
          if (found === undefined) expect(wasGone(at, time.now())).toBe(true);
        };
        await time.run(Promise.all([...events.map(change), ...starts.map(read)]));
      },
    ),
  );
});

test("what a write of our own has changed is seen by every later read", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(moment, fc.integer({ min: 0, max: 400 })), { maxLength: 10 }),
      fc.array(moment, { minLength: 1, maxLength: 20 }),
      latencies,
      async (writes, starts, late) => {
        const { time, service, groupHooks } = refreshOf(late);
        service.groups.set("group", [hookNamed(name, 0)]);
        let written = 0;
        let finished = 0;
        const write = async ([at, latency]: readonly [number, number]) => {
          await time.sleep(at);
          await time.sleep(latency / 2);
          const value = ++written;
          service.groups.set("group", [hookNamed(name, value)]);
          await time.sleep(latency / 2);
          groupHooks.forget("group");
          finished = Math.max(finished, value);
        };
        const read = async (at: number) => {
          await time.sleep(at);
          const least = finished;
          const found = await groupHooks.find("group", name);
          expect(found?.defaultTimeout).toBeGreaterThanOrEqual(least);
        };
        await time.run(Promise.all([...writes.map(write), ...starts.map(read)]));
      },
    ),
  );
});

test("a hook that is gone costs one list, unless the list was there already", async () => {
  const { time, service, groupHooks } = refreshOf([100]);
  for (const lists of [1, 2]) {
    expect(await time.run(groupHooks.find("group", name))).toBeUndefined();
    expect(service.lists).toBe(lists);
    await time.run(time.sleep(1));
  }
});

test("a failure is told to all who wait for it, and the next asks again", async () => {
  const time = new VirtualTime();
  let asked = 0;
  const list = async () => {
    asked++;
    await time.sleep(100);
    if (asked === 1) throw new Error("no answer");
    return [hookNamed(name)];
  };
  const groupHooks = new GroupHooks({ lifecycleHooks: { list } }, time);
  const first = await time.run(
    Promise.allSettled([groupHooks.find("group", name), groupHooks.find("group", name)]),
  );
  expect(first.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect((await time.run(groupHooks.find("group", name)))?.lifecycleHookName).toBe(name);
  expect(asked).toBe(2);
});
