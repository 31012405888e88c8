import type { RunClock } from "../../provider/core/context";
import {
  formatHookId,
  type HookInputs,
  type HookOutputs,
  IncompleteError,
  type KnownHook,
  type PlannedInputs,
  type Properties,
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
}

export interface UpOptions {
  /** Each operation ends before the next resource is checked, as with `--parallel 1`. */
  readonly serial?: boolean;
  /** The names given to `--replace`. */
  readonly replace?: ReadonlySet<string>;
  /** The names given to `--target`; all when there are none. */
  readonly target?: ReadonlySet<string>;
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

  constructor(stack: ModelStack, run: Run, program: Program, options: UpOptions, isKilled: () => boolean) {
    this.#stack = stack;
    this.#run = run;
    this.#program = program;
    this.#options = options;
    this.#isKilled = isKilled;
  }

  async run(): Promise<void> {
    const running: Promise<void>[] = [];
    for (const [name, hook] of this.#program) {
      if (this.failed) break;
      await this.#trying(async () => {
        const step = await this.#plan(name, hook);
        const doing = this.#trying(step);
        running.push(doing);
        if (this.#options.serial === true) await doing;
      });
    }
    await Promise.all(running);
    if (this.failed) return;
    const leaving = this.#stack.entries.filter(
      ({ name, isOld }) =>
        isOld === true || (!this.#program.has(name) && this.#options.target?.has(name) !== false),
    );
    await Promise.all(leaving.map((entry) => this.#trying(() => this.#remove(entry))));
  }

  /** Checks and compares a resource. @returns what is to be done */
  async #plan(name: string, hook: Declared): Promise<() => Promise<void>> {
    const old = this.#old(name, hook);
    if (this.#options.target?.has(name) === false) {
      if (old !== undefined) old.name = name;
      return async () => {};
    }
    const news = this.#newsOf(name, hook);
    const isReplaced = old !== undefined && this.#options.replace?.has(name) === true;
    let inputs = await this.#check(old === undefined || isReplaced ? {} : old.inputs, news);
    if (old === undefined) return async () => void (await this.#create(name, inputs));
    if (!isReplaced) {
      const difference = this.#run.diff(old.outputs as HookOutputs, inputs as unknown as PlannedInputs);
      const { changes, replaces } = await this.#result(difference);
      if (replaces.length === 0 && old.isGone !== true) {
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

  #newsOf(name: string, { import: importId, createFirst, alias: _, ...inputs }: Declared): Properties {
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

  async #create(name: string, inputs: Properties): Promise<Entry> {
    const creating = this.#run.create(inputs as unknown as HookInputs);
    const { outputs, error } = await this.#outputs(creating);
    const made: Entry = { name, id: formatHookId(outputs), inputs, outputs };
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

  async #replace(old: Entry, name: string, inputs: Properties, { createFirst }: Declared): Promise<void> {
    old.name = name;
    if (createFirst === true) {
      await this.#create(name, inputs);
      if (old.isGone === true) this.#forget(old);
      else old.isOld = true;
      return;
    }
    const wasGone = old.isGone === true;
    if (!wasGone) {
      this.replacing.add(old);
      await this.#delete(old);
      old.isGone = true;
    }
    // The engine begins no step once another has failed.
    if (this.failed) return;
    try {
      await this.#create(name, inputs);
    } catch (error) {
      if (!wasGone) this.lost.push(name);
      throw error;
    }
    this.#forget(old);
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
