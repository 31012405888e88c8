import { markApplies } from "../../provider/core/urn";
import type { Emulator } from "../../sdk/emulator";
import { unknownValue } from "../support/hooks";
import { failureOf, Host, type HostFailure, type Properties } from "../support/host";
import {
  type Declared,
  type Driver,
  type ExportedState,
  type Outcome,
  type Program,
  unknownInput,
} from "./driver";
import { isSecret, marked, revealed, secretNames } from "./secret-values";

/** A resource of a host's driver: what the engine would have in its state. */
interface Resource {
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  readonly failed?: boolean;
}

/** What happens to a resource. */
interface Plan {
  readonly step: "create" | "update" | "replace" | undefined;
  readonly inputs: Properties;
}

/** Does by gRPC what the engine does, as far as a provider can tell; all resources side by side. */
export class HostDriver implements Driver {
  readonly emulator: Emulator;
  #host: Host;
  readonly #state = new Map<string, Resource>();
  #config: Properties = {};

  private constructor(emulator: Emulator, host: Host) {
    this.emulator = emulator;
    this.#host = host;
  }

  static async start(emulator: Emulator): Promise<HostDriver> {
    return new HostDriver(emulator, await Host.start(emulator.env));
  }

  rounds(all: number): number {
    return all;
  }

  async configure(projectId: string): Promise<void> {
    this.#config = { "huaweicloud:projectId": projectId };
  }

  preview(program: Program): Promise<Outcome> {
    return this.#run(async (run) => {
      for (const [name, hook] of Object.entries(program))
        await run.trying(async () => run.did(await this.#plan(name, hook), name, this.#state));
      for (const name of this.#missingIn(program)) run.steps.push(`delete ${name}`);
    });
  }

  async up(program: Program): Promise<Outcome> {
    return this.#run(async (run) => {
      await Promise.all(
        Object.entries(program).map(async ([name, hook]) => {
          await run.trying(async () => {
            const plan = await this.#plan(name, hook, { applies: true });
            run.did(plan, name, this.#state);
            await this.#apply(name, plan, hook);
          });
        }),
      );
      if (!run.failed) await this.#delete(run, this.#missingIn(program));
    });
  }

  async refresh(): Promise<Outcome> {
    return this.#run(async (run) => {
      const read = async ([name, { id, inputs, outputs }]: [string, Resource]) => {
        const found = await this.#host.read(id, outputs);
        if (found.id === "") {
          this.#state.delete(name);
          run.steps.push(`delete ${name}`);
          return;
        }
        const step = changedKeys(inputs, found.inputs).length > 0 ? "update" : undefined;
        run.did({ step, inputs: found.inputs }, name, this.#state);
        this.#state.set(name, {
          id,
          inputs: marked(found.inputs, secretNames(inputs)),
          outputs: marked(found.outputs, secretNames(outputs)),
        });
      };
      await Promise.all([...this.#state].map((entry) => run.trying(() => read(entry))));
    });
  }

  destroy(): Promise<Outcome> {
    return this.#run((run) => this.#delete(run, [...this.#state.keys()]));
  }

  async kept(): Promise<Record<string, Resource>> {
    const clear = [...this.#state].map(([name, { id, inputs, outputs }]) => {
      return [name, { id, inputs: revealed(inputs), outputs: revealed(outputs) }] as const;
    });
    return Object.fromEntries(clear);
  }

  async keptText(): Promise<string> {
    return JSON.stringify([...this.#state], (_, value) => (isSecret(value) ? "[secret]" : value));
  }

  async restore({ deployment }: ExportedState): Promise<void> {
    this.#state.clear();
    for (const { urn, type, id, inputs, outputs } of deployment.resources) {
      if (id === undefined || !type.includes("LifecycleHook")) continue;
      this.#state.set(urn.split("::").at(-1) ?? "", { id, inputs: { ...inputs }, outputs: { ...outputs } });
    }
  }

  async #run(operation: (run: HostRun) => Promise<void>): Promise<Outcome> {
    // The engine has a process for each run.
    this.#host = await Host.start(this.emulator.env, this.#config);
    const run = new HostRun();
    await run.trying(() => operation(run));
    return {
      steps: run.steps,
      changed: run.changed,
      failed: run.failed,
      said: run.said.join("\n") + this.#host.stderr,
    };
  }

  async #plan(name: string, hook: Declared, { applies = false } = {}): Promise<Plan> {
    const old = this.#state.get(name);
    const news = newsOf(name, hook, applies);
    const inputs = await this.#check(revealed(old?.inputs ?? {}), news);
    if (old === undefined) return { step: "create", inputs };
    const { changes, replaces } = await this.#host.diff(old.id, revealed(old.outputs), inputs);
    if (replaces.length > 0) return { step: "replace", inputs: await this.#check({}, news) };
    return { step: changes || old.failed ? "update" : undefined, inputs };
  }

  async #check(olds: Properties, news: Properties): Promise<Properties> {
    const { inputs, reasons } = await this.#host.check(olds, news);
    if (reasons.length > 0) throw new Error(reasons.join("\n"));
    return inputs;
  }

  async #apply(name: string, { step, inputs }: Plan, { secrets = [] }: Declared): Promise<void> {
    const old = this.#state.get(name);
    const keep = (id: string, outputs: Properties, failed = false) =>
      this.#state.set(name, {
        id,
        inputs: marked(inputs, secrets),
        outputs: marked(outputs, secrets),
        failed,
      });
    const keepPartial = async (call: Promise<unknown>) => {
      const { partial, message } = await failureOf(call);
      if (partial !== undefined) keep(partial.id, partial.properties, true);
      throw new Error(message);
    };
    if (step === "update" && old !== undefined) {
      const updating = this.#host.update(old.id, revealed(old.outputs), inputs);
      const { outputs } = await updating.catch(() => keepPartial(updating));
      keep(old.id, outputs);
      return;
    }
    if (step === "replace" && old !== undefined) await this.#host.delete(old.id, revealed(old.outputs));
    if (step === undefined) return;
    const creating = this.#host.create(inputs);
    const { id, outputs } = await creating.catch(() => keepPartial(creating));
    keep(id, outputs);
  }

  async #delete(run: HostRun, names: readonly string[]): Promise<void> {
    const remove = async (name: string) => {
      const { id, outputs } = this.#state.get(name) ?? { id: "", outputs: {} };
      run.steps.push(`delete ${name}`);
      await this.#host.delete(id, revealed(outputs));
      this.#state.delete(name);
    };
    await Promise.all(names.map((name) => run.trying(() => remove(name))));
  }

  #missingIn(program: Program): string[] {
    return [...this.#state.keys()].filter((name) => !(name in program));
  }
}

/** What a run has done and said so far. */
class HostRun {
  readonly steps: string[] = [];
  readonly changed: Record<string, string[]> = {};
  readonly said: string[] = [];
  failed = false;

  did({ step, inputs }: Plan, name: string, state: ReadonlyMap<string, Resource>): void {
    if (step === undefined) return;
    this.steps.push(`${step} ${name}`);
    if (step === "update") this.changed[name] = changedKeys(state.get(name)?.inputs ?? {}, inputs);
  }

  async trying(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.failed = true;
      this.said.push((error as Partial<HostFailure> & { details?: string }).details ?? String(error));
    }
  }
}

/** What the class sends. */
function newsOf(name: string, declared: Declared, applies: boolean): Properties {
  const { inputs, secrets, import: importId, timeouts, createFirst } = declared;
  const urn = `dev::shop::::${name}`;
  const known = Object.entries(inputs).map(([key, value]) => [
    key,
    value === unknownInput ? unknownValue : value,
  ]);
  return {
    ...Object.fromEntries(known),
    __urn: applies ? markApplies(urn) : urn,
    ...(secrets === undefined ? {} : { __secrets: secrets }),
    ...(importId === undefined ? {} : { __import: importId }),
    ...(timeouts === undefined ? {} : { __timeouts: timeouts }),
    ...(createFirst === undefined ? {} : { __createFirst: true, __replaceOnChanges: createFirst }),
  };
}

/** The inputs that differ, but for those that the engine hides. */
function changedKeys(old: Properties, current: Properties): string[] {
  const [before, after] = [revealed(old), revealed(current)];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => !key.startsWith("__") && before[key] !== after[key],
  );
}
