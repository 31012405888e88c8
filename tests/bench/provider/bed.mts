import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { EmulatorOptions } from "pulumi-huaweicloud-as/emulator";
import { EmulatorProcess } from "../emulator.mts";
import { hooksProgram, type Kind } from "./programs.mts";
import { BenchStack, type Operation } from "./stack.mts";

export interface BedOptions extends Omit<EmulatorOptions, "groups"> {
  /** How many groups the program fills. */
  readonly groups: number;
}

/** Where a bench of the provider takes place: an emulator, and stacks as they are needed. */
export class TestBed implements AsyncDisposable {
  readonly emulator: EmulatorProcess;
  readonly #folder: string;

  private constructor(emulator: EmulatorProcess, folder: string) {
    this.emulator = emulator;
    this.#folder = folder;
  }

  static async create(options: BedOptions): Promise<TestBed> {
    forgetOtherSettings();
    // Half of them for the usual way's hooks, which are there at the same time as ours.
    const emulator = await EmulatorProcess.start({ ...options, groups: 2 * options.groups });
    return new TestBed(emulator, await mkdtemp(join(tmpdir(), "pulumi-huaweicloud-as-bench-")));
  }

  /** A stack without anything in it. `env`: for the engine and the provider. */
  async stack(kind: Kind, env: Readonly<Record<string, string>> = {}): Promise<HooksStack> {
    const folder = await mkdtemp(join(this.#folder, `${kind}-`));
    const { groups, place } = this.emulator;
    const half = groups.length / 2;
    const own = kind === "usual" ? groups.slice(half) : groups.slice(0, half);
    return new HooksStack(await BenchStack.create(folder, { ...place.env, ...env }), kind, own);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.emulator[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** A stack of hooks of one kind. */
export class HooksStack {
  readonly engine: BenchStack;
  readonly #kind: Kind;
  readonly #groups: readonly string[];

  constructor(engine: BenchStack, kind: Kind, groups: readonly string[]) {
    this.engine = engine;
    this.#kind = kind;
    this.#groups = groups;
  }

  /** Runs an operation with so many hooks in the program: its seconds. */
  run(operation: Operation, hooks: number, defaultTimeout = 3600): Promise<number> {
    return this.engine.run(operation, hooksProgram(this.#kind, this.#groups, hooks, defaultTimeout));
  }
}

/** What the user has set for Pulumi and for the cloud is not for the benches. */
function forgetOtherSettings(): void {
  for (const name of Object.keys(process.env)) {
    if (/^(PULUMI|HW|HUAWEICLOUD)_/i.test(name)) delete process.env[name];
  }
}
