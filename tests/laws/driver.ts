import type { Emulator } from "../../sdk/emulator";

/** An input whose value the preview does not know. */
export const unknownInput: unique symbol = Symbol("unknown input");

/** A value in the state that only its owner can read. */
export const encrypted: unique symbol = Symbol("encrypted");

/** What a program says of a hook. */
export interface Declared {
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The names of the inputs that are secret. */
  readonly secrets?: readonly string[];
  /** The option `import`. */
  readonly import?: string;
  /** The option `customTimeouts`. */
  readonly timeouts?: Readonly<Record<string, string>>;
  /** The options `deleteBeforeReplace: false`, and `replaceOnChanges` with these properties. */
  readonly createFirst?: readonly string[];
}

/** A program, by the names of its resources. */
export type Program = Readonly<Record<string, Declared>>;

/** What an operation did. */
export interface Outcome {
  /** `create a`, `update a`, `replace a`, `delete a`, without an order: hooks are handled side by side. */
  readonly steps: readonly string[];
  /** The inputs that differ, by the resources that are updated. */
  readonly changed: Readonly<Record<string, readonly string[]>>;
  readonly failed: boolean;
  /** Everything that the engine prints, and every event that it sends. */
  readonly said: string;
}

/** A resource as the state has it; secrets in clear, or as `encrypted`. */
export interface Kept {
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Something that runs programs of hooks against an emulator. */
export interface Driver {
  readonly emulator: Emulator;
  /** How many rounds of a law's cases to go through: all of them, or one. */
  rounds(all: number): number;
  /** Configures a project, from now on. */
  configure(projectId: string): Promise<void>;
  preview(program: Program): Promise<Outcome>;
  up(program: Program): Promise<Outcome>;
  refresh(): Promise<Outcome>;
  destroy(): Promise<Outcome>;
  /** The resources in the state. */
  kept(): Promise<Readonly<Record<string, Kept>>>;
  /** The state as it is written. */
  keptText(): Promise<string>;
  /** Replaces the state by an exported one. */
  restore(exported: ExportedState): Promise<void>;
}

/** What `pulumi stack export` writes, as far as the laws are concerned. */
export interface ExportedState {
  readonly deployment: { readonly resources: readonly ExportedResource[] };
}

interface ExportedResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}
