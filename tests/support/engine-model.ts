import type { RunClock } from "../../provider/core/context";
import {
  formatHookId,
  type HookAddress,
  type HookInputs,
  type HookOutputs,
  IncompleteError,
  type KnownHook,
  type PlannedInputs,
  type Properties,
  parseHookId,
  unknown,
} from "../../provider/core/properties";
import { Run } from "../../provider/core/run";
import { type ProviderSettings, readSettings } from "../../provider/core/settings";
import { markApplies, shortUrn } from "../../provider/core/urn";
import type { Emulator } from "../../sdk/emulator";
import { topicUrn } from "./hooks";

/**
 * A model of the engine's step generator and of its state, in one process with the core: what it asks the provider in
 * which order, and what it records of the answers. After `pkg/resource/deploy/step_generator.go` of Pulumi.
 */

/** What a program says of a hook. */
export interface Declared {
  readonly scalingGroupId: string;
  readonly lifecycleHookName?: string | undefined;
  readonly defaultTimeout: number;
  readonly import?: string | undefined;
  /** An earlier name of the resource. */
  readonly alias?: string | undefined;
  /** The option `deleteBeforeReplace: false`. */
  readonly createFirst?: boolean | undefined;
  /** An earlier resource of the program: a hook without a name has the name of that one's hook, and a suffix. */
  readonly follows?: string | undefined;
  /** The option `replaceWith`, with an earlier resource of the program. */
  readonly replaceWith?: string | undefined;
}

/** The resources of a program by their names, in the order in which it makes them. */
export type Program = ReadonlyMap<string, Declared>;

/** A resource in the state. */
export interface Entry {
  name: string;
  id: string;
  inputs: Properties;
  outputs: KnownHook;
  /** The old hook of a replacement is gone, and the new one is not there yet: "pending replacement". */
  isGone?: boolean;
  /** The new hook of a replacement is there, and the old one is still to be deleted. */
  isOld?: boolean;
  /** The last operation made the hook, and failed. */
  hasFailed?: boolean;
  /** The resources, by their names, on which its inputs depend, or with which it is replaced. */
  follows?: string | undefined;
  replaceWith?: string | undefined;
}

export interface UpOptions {
  /** Each operation ends before the next resource is checked, as with `--parallel 1`. */
  readonly serial?: boolean | undefined;
  /** The names given to `--replace`. */
  readonly replace?: ReadonlySet<string> | undefined;
  /** The names given to `--target`; all when there are none. */
  readonly target?: ReadonlySet<string> | undefined;
}

export interface Outcome {
  readonly failed: boolean;
  /** What the user is told of failures. */
  readonly said: readonly string[];
  /** The resources whose own hook the engine asked to delete. */
  readonly deleting: ReadonlySet<Entry>;
  /** Those of them that are replaced. */
  readonly replacing: ReadonlySet<Entry>;
  /** The resources whose replacement deleted the old hook, and was then refused the new one. */
  readonly lost: readonly string[];
}

/** Ends an operation of a process that is gone. */
class Killed extends Error {}

/** A stack, and the runs of the engine on it. */
export class ModelStack {
  name: string;
  entries: Entry[] = [];
  /** An operation has ended without a result, so that the state may be wrong until it is refreshed. */
  isInDoubt = false;
  readonly #settings: ProviderSettings;
  readonly #clock: RunClock;
  /** Whether the engine and the provider have been killed in this run. */
  readonly #isKilled: () => boolean;

  constructor(name: string, emulator: Emulator, clock: RunClock, isKilled: () => boolean) {
    this.name = name;
    const config: Readonly<Record<string, string>> = { projectId: emulator.projectId, maxRetries: "0" };
    this.#settings = readSettings((key) => config[key], { ...emulator.env });
    this.#clock = clock;
    this.#isKilled = isKilled;
  }

  async up(program: Program, options: UpOptions = {}): Promise<Outcome> {
    const update = new Update(this, this.#newRun(), program, options, this.#isKilled);
    await update.run();
    return update;
  }

  async refresh(): Promise<void> {
    const run = this.#newRun();
    const found = await Promise.all(
      this.entries.map(async (entry) => {
        if (entry.isGone === true) return [entry];
        const read = await run.read(entry.id, entry.outputs);
        return read === undefined ? [] : [Object.assign(entry, read)];
      }),
    );
    this.entries = found.flat();
    this.isInDoubt = false;
  }

  #newRun(): Run {
    return new Run(this.#settings, { log: async () => {}, isGone: async () => false }, this.#clock);
  }
}

class Update implements Outcome {
  failed = false;
  readonly said: string[] = [];
  readonly deleting = new Set<Entry>();
  readonly replacing = new Set<Entry>();
  readonly lost: string[] = [];
  readonly #stack: ModelStack;
  readonly #run: Run;
  readonly #program: Program;
  readonly #options: UpOptions;
  readonly #isKilled: () => boolean;
  readonly #aliased = new Set<string>();
  /** The operations of this run, by the names of their resources. */
  readonly #operations = new Map<string, Promise<void>>();
  /** What was deleted because another hook is replaced, and has not been made anew. */
  readonly #condemned = new Set<Entry>();

  constructor(stack: ModelStack, run: Run, program: Program, options: UpOptions, isKilled: () => boolean) {
    this.#stack = stack;
    this.#run = run;
    this.#program = program;
    this.#options = options;
    this.#isKilled = isKilled;
  }

  async run(): Promise<void> {
    for (const [name, hook] of this.#program) {
      // The program has what another's name makes when that other is there.
      await Promise.all([hook.follows, hook.replaceWith].map((other) => this.#operations.get(other ?? "")));
      if (this.failed) break;
      await this.#trying(async () => {
        const step = await this.#plan(name, this.#resolved(name, hook));
        const doing = this.#trying(step);
        this.#operations.set(name, doing);
        if (this.#options.serial === true) await doing;
      });
    }
    await Promise.all(this.#operations.values());
    for (const { name } of this.#condemned) if (this.#program.has(name)) this.lost.push(name);
    if (this.failed) return;
    const leaving = this.#stack.entries.filter(
      ({ name, isOld }) =>
        isOld === true || (!this.#program.has(name) && this.#options.target?.has(name) !== false),
    );
    await Promise.all(leaving.map((entry) => this.#trying(() => this.#remove(entry))));
  }

  /** What the program says of a hook, once it knows the hook whose name its own begins with. */
  #resolved(name: string, { follows, replaceWith, ...hook }: Declared): Declared {
    const isEarlier = (other: string | undefined) => other !== name && this.#operations.has(other ?? "");
    const leader = this.#stack.entries.find((entry) => entry.name === follows && entry.isOld !== true);
    return {
      ...hook,
      ...(isEarlier(replaceWith) ? { replaceWith } : {}),
      ...(hook.lifecycleHookName === undefined && isEarlier(follows) && leader !== undefined
        ? { follows, lifecycleHookName: `${parseHookId(leader.id).lifecycleHookName}-b` }
        : {}),
    };
  }

  /** Checks and compares a resource. @returns what is to be done */
  async #plan(name: string, hook: Declared): Promise<() => Promise<void>> {
    const old = this.#old(name, hook);
    if (this.#options.target?.has(name) === false) {
      if (old !== undefined) old.name = name;
      return async () => {};
    }
    const news = this.#newsOf(name, hook);
    const isCondemned = old !== undefined && this.#condemned.has(old);
    const isReplaced = isCondemned || (old !== undefined && this.#options.replace?.has(name) === true);
    let inputs = await this.#check(old === undefined || isReplaced ? {} : old.inputs, news);
    if (old === undefined) return async () => void (await this.#create(name, inputs, hook));
    if (!isReplaced) {
      const difference = this.#run.diff(old.outputs as HookOutputs, inputs as unknown as PlannedInputs);
      const { changes, replaces } = await this.#result(difference);
      // Deleted meanwhile because another is replaced.
      if (this.#condemned.has(old)) return () => this.#replace(old, name, inputs, hook);
      if (replaces.length === 0 && old.isGone !== true) {
        const { follows, replaceWith } = hook;
        Object.assign(old, { follows, replaceWith });
        if (changes || old.hasFailed === true) return () => this.#change(old, name, inputs);
        return async () => void Object.assign(old, { name, inputs });
      }
      inputs = await this.#check({}, news);
    }
    return () => this.#replace(old, name, inputs, hook);
  }

  /** The entry of a resource, by its name or its alias. */
  #old(name: string, { alias }: Declared): Entry | undefined {
    const named = (wanted: string | undefined) =>
      this.#stack.entries.find((entry) => entry.name === wanted && entry.isOld !== true);
    if (this.#aliased.has(name)) throw new Error(`${name} is claimed by aliases of another resource`);
    const own = named(name);
    if (own !== undefined || alias === undefined) return own;
    const old = named(alias);
    if (old === undefined) return undefined;
    const names = [...this.#program.keys()];
    if (names.indexOf(alias) !== -1 && names.indexOf(alias) < names.indexOf(name))
      throw new Error(`aliases claim ${alias}, which is another resource`);
    this.#aliased.add(alias);
    return old;
  }

  #newsOf(name: string, hook: Declared): Properties {
    const { import: importId, createFirst, alias: _, follows: __, replaceWith: ___, ...inputs } = hook;
    return {
      ...inputs,
      lifecycleHookType: "INSTANCE_TERMINATING",
      notificationTopicUrn: topicUrn,
      __urn: markApplies(shortUrn(this.#stack.name, "shop", "", name)),
      ...(importId === undefined ? {} : { __import: importId }),
      ...(createFirst === true ? { __createFirst: true } : {}),
    };
  }

  async #check(olds: Properties, news: Properties): Promise<Properties> {
    const { inputs, problems } = await this.#result(this.#run.check(olds, news));
    if (problems.length > 0) throw new Error(problems.join("\n"));
    return inputs;
  }

  async #create(name: string, inputs: Properties, { follows, replaceWith }: Declared): Promise<Entry> {
    const creating = this.#run.create(inputs as unknown as HookInputs);
    const { outputs, error } = await this.#outputs(creating);
    const made: Entry = { name, id: formatHookId(outputs), inputs, outputs, follows, replaceWith };
    if (error !== undefined) made.hasFailed = true;
    this.#stack.entries.push(made);
    if (error !== undefined) throw error;
    return made;
  }

  async #change(old: Entry, name: string, inputs: Properties): Promise<void> {
    old.name = name;
    try {
      const updating = this.#run.update(old.id, old.outputs, inputs as unknown as HookInputs);
      const { outputs, error } = await this.#outputs(updating);
      Object.assign(old, { inputs, outputs, hasFailed: error !== undefined });
      if (error !== undefined) throw error;
    } catch (error) {
      this.#stack.isInDoubt = true;
      throw error;
    }
  }

  async #replace(old: Entry, name: string, inputs: Properties, hook: Declared): Promise<void> {
    const formerly = old.name;
    old.name = name;
    if (hook.createFirst === true && !this.#condemned.has(old)) {
      await this.#create(name, inputs, hook);
      if (old.isGone === true) this.#forget(old);
      else old.isOld = true;
      return;
    }
    const wasGone = old.isGone === true;
    if (!this.#condemned.has(old)) await this.#condemn(formerly, inputs);
    if (!wasGone) {
      this.replacing.add(old);
      await this.#delete(old);
      old.isGone = true;
    }
    // The engine begins no step once another has failed.
    if (this.failed) return;
    try {
      await this.#create(name, inputs, hook);
    } catch (error) {
      if (!wasGone) this.lost.push(name);
      throw error;
    }
    this.#condemned.delete(old);
    this.#forget(old);
  }

  /** Deletes what would be replaced because a hook is, and what is to be replaced with it. */
  async #condemn(leader: string, wanted: Properties): Promise<void> {
    for (const entry of this.#stack.entries) {
      const { name, id, inputs, outputs, follows, replaceWith } = entry;
      const isDone = name === leader || this.#operations.has(name);
      if (isDone || entry.isGone === true || entry.isOld === true) continue;
      // Under --replace nobody tells the provider that this is not the leader's own hook.
      if (this.#options.replace?.has(leader) && formatHookId(wanted as unknown as HookAddress) === id)
        continue;
      const isReplaced = async () => {
        const news = { ...inputs, lifecycleHookName: unknown } as unknown as PlannedInputs;
        const { replaces } = await this.#result(this.#run.diff(outputs as HookOutputs, news));
        return replaces.length > 0;
      };
      if (replaceWith !== leader && !(follows === leader && (await isReplaced()))) continue;
      this.replacing.add(entry);
      await this.#delete(entry);
      entry.isGone = true;
      this.#condemned.add(entry);
    }
  }

  async #remove(entry: Entry): Promise<void> {
    if (entry.isGone !== true) await this.#delete(entry);
    this.#forget(entry);
  }

  async #delete(entry: Entry): Promise<void> {
    this.deleting.add(entry);
    try {
      await this.#result(this.#run.delete(entry.id, entry.outputs as HookOutputs));
    } catch (error) {
      this.#stack.isInDoubt = true;
      throw error;
    }
  }

  #forget(entry: Entry): void {
    this.#stack.entries = this.#stack.entries.filter((other) => other !== entry);
  }

  /** The outputs of an operation, also of one that has made its hook and failed. */
  async #outputs(
    operation: Promise<HookOutputs>,
  ): Promise<{ readonly outputs: KnownHook; readonly error?: IncompleteError }> {
    try {
      return { outputs: await this.#result(operation) };
    } catch (error) {
      if (error instanceof IncompleteError) return { outputs: error.outputs, error };
      throw error;
    }
  }

  /** What the provider answers, unless both are gone by then. */
  async #result<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } finally {
      if (this.#isKilled()) {
        this.#stack.isInDoubt = true;
        // biome-ignore lint/correctness/noUnsafeFinally: the answer of a killed process reaches no one.
        throw new Killed("killed");
      }
    }
  }

  async #trying(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.failed = true;
      if (!(error instanceof Killed)) this.said.push(error instanceof Error ? error.message : String(error));
    }
  }
}
