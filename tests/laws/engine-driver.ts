import * as pulumi from "@pulumi/pulumi";
import { unknown } from "@pulumi/pulumi/output";
import { LifecycleHook, type LifecycleHookArgs } from "../../provider";
import type { Emulator } from "../../sdk/emulator";
import { EngineStack, type Run, type StateResource } from "../support/engine";
import {
  type Driver,
  type ExportedState,
  type Kept,
  type Outcome,
  type Program,
  unknownInput,
} from "./driver";
import { revealed } from "./secret-values";

/** Runs programs by the real engine, on a file backend. */
export class EngineDriver implements Driver, AsyncDisposable {
  readonly emulator: Emulator;
  readonly #stack: EngineStack;

  private constructor(emulator: Emulator, stack: EngineStack) {
    this.emulator = emulator;
    this.#stack = stack;
  }

  static async start(emulator: Emulator): Promise<EngineDriver> {
    return new EngineDriver(emulator, await EngineStack.create(async () => undefined, { env: emulator.env }));
  }

  rounds(): number {
    return 1;
  }

  configure(projectId: string): Promise<void> {
    return this.#stack.setConfig("huaweicloud:projectId", projectId);
  }

  preview(program: Program): Promise<Outcome> {
    this.#stack.program = declare(program);
    return outcomeOf(this.#stack.preview());
  }

  up(program: Program): Promise<Outcome> {
    this.#stack.program = declare(program);
    return outcomeOf(this.#stack.up());
  }

  refresh(): Promise<Outcome> {
    return outcomeOf(this.#stack.refresh());
  }

  destroy(): Promise<Outcome> {
    return outcomeOf(this.#stack.destroy());
  }

  async kept(): Promise<Record<string, Kept>> {
    const resources = await this.#stack.state();
    return Object.fromEntries(
      resources.flatMap(({ urn, type, id, inputs, outputs }) => {
        if (id === undefined || !type.includes("LifecycleHook")) return [];
        const kept = { id, inputs: revealed(inputs), outputs: revealed(outputs) };
        return [[urn.split("::").at(-1) ?? "", kept]];
      }),
    );
  }

  keptText(): Promise<string> {
    return this.#stack.stateText();
  }

  restore({ deployment }: ExportedState): Promise<void> {
    return this.#stack.importState(deployment.resources as readonly StateResource[]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack[Symbol.asyncDispose]();
  }
}

function declare(program: Program): pulumi.automation.PulumiFn {
  return async () => {
    for (const [name, hook] of Object.entries(program)) {
      const { inputs, secrets = [], import: importId, timeouts, createFirst } = hook;
      const values = Object.entries(inputs).map(([key, value]) => {
        if (value === unknownInput) return [key, pulumi.output(unknown)];
        return [key, secrets.includes(key) ? pulumi.secret(value) : value];
      });
      const args: LifecycleHookArgs = Object.fromEntries(values);
      new LifecycleHook(name, args, {
        ...(importId === undefined ? {} : { import: importId }),
        ...(timeouts === undefined ? {} : { customTimeouts: timeouts }),
        ...(createFirst === undefined
          ? {}
          : { deleteBeforeReplace: false, replaceOnChanges: [...createFirst] }),
      });
    }
  };
}

async function outcomeOf(running: Promise<Run>): Promise<Outcome> {
  const { steps, changed, failed, text } = await running;
  // A replacement is shown as three steps.
  const others = steps.filter((step) => !/^(delete-replaced|create-replacement) /.test(step));
  return { steps: others, changed, failed, said: text };
}
