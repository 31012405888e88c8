import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { RunClock } from "../../provider/core/context";
import { formatHookId, parseHookId } from "../../provider/core/properties";
import { type Emulator, type Reaction, startEmulator } from "../../sdk/emulator";
import { type Declared, type Entry, ModelStack, type Outcome, type UpOptions } from "../support/engine-model";
import { topicUrn } from "../support/hooks";

/** Whatever programs, failures and kills do to two stacks over the same groups, no hook is lost. */

const groups = ["0a1b2c3d-0000-4a61-b4bc-a67c5686719a", "0a1b2c3d-1111-4a61-b4bc-a67c5686719a"] as const;
const hour = 3_600_000;
/** All time of a history is that of this machine, which the history moves: signatures, `Date` headers and waits. */
const clock: RunClock = {
  now: () => Date.now(),
  sleep: async (milliseconds) => void vi.setSystemTime(Date.now() + milliseconds),
};

let emulator: Emulator;
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-01-02T03:04:05Z") });
  emulator = await startEmulator({ groups, clock: { now: () => Date.now(), after: () => () => {} } });
});
afterAll(async () => {
  vi.useRealTimers();
  await emulator.close();
});

const resource = fc.constantFrom("a", "b", "c");
const stackIndex = fc.constantFrom(0 as const, 1 as const);
const group = fc.constantFrom(...groups);
const hookName = fc.option(fc.constantFrom("x", "y", "z"), { nil: undefined });
const timeout = fc.constantFrom(300, 900);
const other = fc.option(resource, { nil: undefined, freq: 2 });
const is = <Kind extends string>(kind: Kind) => fc.constant(kind);

const declaring = (companion: fc.Arbitrary<string | undefined>) =>
  fc.record({
    kind: is("declare"),
    name: resource,
    hook: fc.record({
      scalingGroupId: group,
      lifecycleHookName: hookName,
      defaultTimeout: timeout,
      follows: companion,
      replaceWith: companion,
    }),
    first: fc.boolean(),
  });
const removing = fc.record({ kind: is("remove"), name: resource });
const renaming = fc.record({
  kind: is("rename"),
  name: resource,
  to: resource,
  alias: fc.boolean(),
  again: fc.boolean(),
});

/** A change to a program. */
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;
const change = fc.oneof(
  { weight: 6, arbitrary: declaring(other) },
  { weight: 2, arbitrary: removing },
  { weight: 3, arbitrary: renaming },
  { weight: 1, arbitrary: fc.record({ kind: is("swap"), name: resource, other: resource }) },
  { weight: 2, arbitrary: fc.record({ kind: is("import"), name: resource, pick: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ kind: is("create first"), name: resource }) },
  { weight: 1, arbitrary: fc.record({ kind: is("drop options") }) },
);

const answers = { 400: "AS.9999", 500: "AS.0001", 503: "AS.0002" } as const;
const reactions: Readonly<Record<string, Reaction>> = {
  before: { drop: "before" },
  after: { drop: "after" },
  truncated: { truncate: true },
  "killed before": { drop: "before" },
  "killed after": { drop: "after" },
  ...Object.fromEntries(
    Object.entries(answers).map(([status, code]) => [
      status,
      { answer: { status: Number(status), body: { error: { code, message: "no" } } } },
    ]),
  ),
};

/** What happens to the request of this number in a run. */
type Fault = typeof fault extends fc.Arbitrary<infer T> ? T : never;
const fault = fc.record({ at: fc.nat(7), what: fc.constantFrom(...Object.keys(reactions)) });

const subset = fc.subarray(["a", "b", "c"], { minLength: 1 }).map((names) => new Set(names));
const sometimes = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 4 });

const up = (changes: fc.Arbitrary<Change[]>) =>
  fc.record({
    kind: is("up"),
    stack: stackIndex,
    changes,
    faults: fc.array(fault, { maxLength: 2 }),
    serial: fc.boolean(),
    replace: sometimes(subset),
    target: sometimes(subset),
  });
const moving = fc.record({
  kind: is("move"),
  stack: stackIndex,
  name: resource,
  declare: fc.boolean(),
  keep: fc.boolean(),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
const step = fc.oneof(
  { weight: 8, arbitrary: up(fc.array(change, { maxLength: 3 })) },
  { weight: 2, arbitrary: moving },
  { weight: 1, arbitrary: fc.record({ kind: is("rename stack"), stack: stackIndex }) },
  { weight: 1, arbitrary: fc.record({ kind: is("wait") }) },
);

class World {
  readonly stacks: readonly [ModelStack, ModelStack];
  readonly programs = [new Map<string, Declared>(), new Map<string, Declared>()] as const;
  #isKilled = false;

  constructor(others: number) {
    for (const id of groups) {
      for (const { lifecycle_hook_name: name } of emulator.hooks(id)) emulator.removeHook(id, name);
      for (let index = 0; index < others; index++) {
        emulator.putHook(id, {
          lifecycle_hook_name: ["z", "x-b", "another"][index] ?? "",
          lifecycle_hook_type: "INSTANCE_TERMINATING",
          notification_topic_urn: topicUrn,
          create_time: "2025-01-01T00:00:00Z",
        });
      }
    }
    this.pass(hour);
    const stackOf = (name: string) => new ModelStack(name, emulator, clock, () => this.#isKilled);
    this.stacks = [stackOf("dev"), stackOf("prod")];
  }

  pass(milliseconds: number): void {
    vi.setSystemTime(Date.now() + milliseconds);
  }

  /** The hooks that are there, by their ids. */
  live(): Map<string, ReturnType<Emulator["hooks"]>[number]> {
    const hooksOf = (scalingGroupId: string) =>
      emulator.hooks(scalingGroupId).map((hook) => {
        const id = formatHookId({ scalingGroupId, lifecycleHookName: hook.lifecycle_hook_name });
        return [id, hook] as const;
      });
    return new Map(groups.flatMap(hooksOf));
  }

  holders(id: string): Entry[] {
    return this.stacks.flatMap(({ entries }) =>
      entries.filter((entry) => entry.id === id && entry.isGone !== true),
    );
  }

  async take(next: Step): Promise<void> {
    this.pass(5000);
    switch (next.kind) {
      case "up":
        for (const one of next.changes) this.#edit(next.stack, one);
        await this.up(next.stack, next.faults, next);
        return;
      case "move":
        this.#move(next);
        return;
      case "rename stack":
        this.pass(hour);
        this.stacks[next.stack].name = ["dev", "prod", "next"].find(
          (name) => !this.stacks.some((stack) => stack.name === name),
        ) as string;
        return;
      case "wait":
        this.pass(hour);
    }
  }

  /** One run of the engine, with what happens to its requests, and what must hold after it. */
  async up(index: 0 | 1, faults: readonly Fault[], options: UpOptions = {}): Promise<Outcome> {
    const stack = this.stacks[index];
    const theirs = this.stacks[index === 0 ? 1 : 0];
    // The API can't tell a hook from a later one of the same name: what another stack left open is refreshed first.
    if (theirs.entries.some(({ id, isGone }) => isGone !== true && !this.live().has(id)))
      await theirs.refresh();
    const ours = new Set(stack.entries);
    const before = new Map([...this.live().keys()].map((id) => [id, this.holders(id)]));
    let requests = 0;
    this.#isKilled = false;
    const stop = emulator.intercept(() => {
      if (this.#isKilled) return { drop: "before" };
      const number = requests++;
      const now = faults.find(({ at }) => at === number);
      if (now?.what.startsWith("killed")) this.#isKilled = true;
      return now === undefined ? undefined : reactions[now.what];
    });
    const outcome = await stack.up(this.#program(index), options);
    stop();
    this.#isKilled = false;
    const live = this.live();
    for (const [id, holders] of before) {
      if (live.has(id)) continue;
      if (holders.length === 0) throw new Error(`the hook ${id}, which no resource held, is gone`);
      for (const holder of holders) {
        if (outcome.deleting.has(holder)) continue;
        // Two resources of one stack on one hook: what is deleted before the other is checked is on the user.
        const other = holders.find((one) => outcome.deleting.has(one));
        const isEarly = other !== undefined && (options.target !== undefined || outcome.replacing.has(other));
        if (isEarly && ours.has(holder)) stack.isInDoubt = true;
        else
          throw new Error(`the hook ${id} of ${holder.name} is gone, and ${holder.name} did not delete it`);
      }
    }
    if (requests <= Math.min(...faults.map(({ at }) => at)) && outcome.lost.length > 0)
      throw new Error(`without a fault ${outcome.lost} lost its hook: ${outcome.said.join("\n")}`);
    return outcome;
  }

  /** One more run of an unchanged program: state and API agree, or each refusal says what to do. */
  async settle(index: 0 | 1): Promise<Outcome> {
    const stack = this.stacks[index];
    if (stack.isInDoubt) await stack.refresh();
    const outcome = await this.up(index, [], { serial: true });
    if (outcome.failed) {
      for (const text of outcome.said)
        expect(text).toMatch(/aliases|import:|lifecycleHookName|remove|third name|in an up of its own/);
      return outcome;
    }
    // This very run has taken the hook of a resource that shared it.
    if (stack.isInDoubt) return this.settle(index);
    const live = this.live();
    expect(stack.entries.map(({ name }) => name).toSorted()).toEqual(
      [...this.programs[index].keys()].toSorted(),
    );
    for (const { name, id } of stack.entries) {
      const declared = this.programs[index].get(name);
      expect(parseHookId(id).scalingGroupId).toBe(declared?.scalingGroupId);
      expect(live.get(id)).toMatchObject({
        default_timeout: declared?.defaultTimeout,
        lifecycle_hook_name: declared?.lifecycleHookName ?? parseHookId(id).lifecycleHookName,
      });
    }
    return outcome;
  }

  /** Does what refusals advise: imports the hook that is in the way. @returns whether they said so */
  follow(index: 0 | 1, said: readonly string[]): boolean {
    const ids = said.flatMap((text) => text.match(/option import: "([^"]+)"/)?.[1] ?? []);
    for (const id of ids) {
      const address = parseHookId(id);
      const defaultTimeout = this.live().get(id)?.default_timeout ?? 0;
      for (const [name, hook] of this.programs[index]) {
        const isIts =
          hook.lifecycleHookName === undefined
            ? address.lifecycleHookName.startsWith(`${name}-`)
            : hook.lifecycleHookName === address.lifecycleHookName;
        if (isIts && hook.scalingGroupId === address.scalingGroupId)
          this.programs[index].set(name, { ...hook, defaultTimeout, import: id });
      }
    }
    return ids.length > 0;
  }

  /** The program; it imports no hook that the other stack manages. */
  #program(index: 0 | 1): Map<string, Declared> {
    const theirs = new Set(this.stacks[1 - index]?.entries.map(({ id }) => id));
    return new Map(
      [...this.programs[index]].map(([name, { import: id, ...hook }]) => [
        name,
        id === undefined || theirs.has(id) ? hook : { ...hook, import: id },
      ]),
    );
  }

  #edit(index: 0 | 1, one: Change): void {
    const program = this.programs[index];
    const entries = [...program];
    const put = (changed: readonly (readonly [string, Declared])[]) => {
      program.clear();
      for (const [name, hook] of changed) program.set(name, hook);
    };
    if (one.kind === "drop options") {
      put(entries.map(([name, { import: _, alias, createFirst, ...hook }]) => [name, hook]));
      return;
    }
    const { name } = one;
    const now = program.get(name);
    if (one.kind === "declare") {
      const { import: _, ...kept } = now ?? {};
      const declared = [name, { ...kept, ...one.hook }] as const;
      const others = entries.filter(([other]) => other !== name);
      put(one.first ? [declared, ...others] : [...others, declared]);
    } else if (one.kind === "import") {
      const theirs = this.stacks[1 - index]?.entries.map(({ id }) => id);
      const ids = [...this.live().keys()].filter((id) => theirs?.includes(id) !== true);
      const id = ids[one.pick % ids.length];
      if (id === undefined) return;
      const defaultTimeout = this.live().get(id)?.default_timeout ?? 300;
      program.set(name, { ...parseHookId(id), defaultTimeout, import: id });
    } else if (now === undefined) {
      return;
    } else if (one.kind === "remove") {
      program.delete(name);
    } else if (one.kind === "create first") {
      program.set(name, { ...now, createFirst: now.createFirst !== true });
    } else if (one.kind === "rename") {
      if (program.has(one.to)) return;
      const renamed = [one.to, one.alias ? { ...now, alias: name } : now] as const;
      const changed = entries.map((entry) => (entry[0] === name ? renamed : entry));
      const { alias: _, import: __, ...fresh } = now;
      put(one.again ? [...changed, [name, fresh]] : changed);
    } else {
      const other = program.get(one.other);
      if (other === undefined) return;
      program.set(name, { ...now, lifecycleHookName: other.lifecycleHookName });
      program.set(one.other, { ...other, lifecycleHookName: now.lifecycleHookName });
    }
  }

  /** `pulumi state move`; within the hour it would be on the user. */
  #move({ stack: from, name, declare, keep }: Extract<Step, { kind: "move" }>): void {
    const to = from === 0 ? 1 : 0;
    const moving = this.stacks[from].entries.filter((entry) => entry.name === name);
    const declared = this.programs[from].get(name);
    if (moving.length === 0 || this.stacks[to].entries.some((entry) => entry.name === name)) return;
    // One of two resources on one hook: then neither stack can know of the other.
    if (moving.some(({ id }) => this.holders(id).length > 1)) return;
    this.pass(hour);
    this.stacks[from].entries = this.stacks[from].entries.filter((entry) => entry.name !== name);
    this.stacks[to].entries.push(...moving);
    this.stacks[to].isInDoubt ||= this.stacks[from].isInDoubt;
    if (declare && declared !== undefined) this.programs[to].set(name, declared);
    if (!keep) this.programs[from].delete(name);
  }
}

/** Ups that name a hook otherwise where another goes with it, whose new name is taken. */
function renames(goesWith: "follows" | "replaceWith", names: readonly [string, string]): Step[] {
  return [
    [names[0], "w"],
    [names[1], "z"],
  ].map(([leading, other]) => {
    const hook = (name: "a" | "b", lifecycleHookName?: string, leader?: "a") => ({
      kind: "declare" as const,
      name,
      hook: {
        scalingGroupId: groups[0],
        lifecycleHookName: lifecycleHookName as "x" | undefined,
        defaultTimeout: 300 as const,
        follows: undefined,
        replaceWith: undefined,
        [goesWith]: leader,
      },
      first: false,
    });
    const changes = [hook("a", leading), hook("b", goesWith === "follows" ? undefined : other, "a")];
    return {
      kind: "up",
      stack: 0,
      changes,
      serial: false,
      replace: undefined,
      target: undefined,
      faults: [],
    };
  });
}

/** To look for defects: some thousand. */
const runs = Number(process.env.HISTORIES ?? 150);

test("after each step of any history, no hook of a state is gone unless its own resource deleted it, and one more up settles", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), fc.nat(3), async (steps, others) => {
      const world = new World(others);
      for (const next of steps) await world.take(next);
      for (const index of [0, 1] as const) await world.settle(index);
    }),
    {
      numRuns: runs,
      examples: [
        [renames("follows", ["y", "x"]), 2],
        [renames("replaceWith", ["y", "x"]), 2],
      ],
    },
  );
}, 300_000);

test("what failures and a kill leave of a run, the next ones of the same program complete by the advice that they give", async () => {
  const own = { a: "x", b: "y", c: "z" } as const;
  // No two resources want one name.
  const distinct = declaring(fc.constant(undefined)).map(({ hook, ...one }) => ({
    ...one,
    hook: { ...hook, lifecycleHookName: hook.lifecycleHookName && own[one.name] },
  }));
  const changes = fc.oneof({ weight: 4, arbitrary: distinct }, { weight: 1, arbitrary: removing });
  const run = up(fc.array(changes, { minLength: 1, maxLength: 4 })).map((one) => ({
    ...one,
    stack: 0 as const,
    target: undefined,
  }));
  await fc.assert(
    fc.asyncProperty(fc.array(run, { minLength: 1, maxLength: 4 }), fc.nat(1), async (steps, others) => {
      const world = new World(others);
      for (const next of steps) {
        await world.take(next);
        let { said } = await world.settle(0);
        for (let round = 0; round < 3 && world.follow(0, said); round++) ({ said } = await world.settle(0));
        expect(said).toEqual([]);
      }
    }),
    { numRuns: runs },
  );
}, 300_000);
