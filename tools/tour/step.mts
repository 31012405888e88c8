import type { HookPatch, WireLifecycleHook } from "pulumi-huaweicloud-as/emulator";
import type { ChangeKind, PropertyChange } from "./changes.mts";
import type { Call } from "./requests.mts";

export type Operation = "preview" | "up" | "refresh" | "destroy";

/** One thing that the tour does, and what it must come to. */
export interface Step {
  /** A word or two, for the heading and the closing table. */
  readonly name: string;
  /** What is about to happen. */
  readonly story: string;
  /** What somebody else does to a hook first, behind Pulumi's back. */
  readonly elsewhere?: HookPatch;
  /** The configuration of the program that is set first; what earlier steps have set stays. */
  readonly config?: Readonly<Record<string, string | number>>;
  readonly operation: Operation;
  readonly expected: Expectation;
}

/** What must be so after a step. All of it is looked up where it happens: the changes with Pulumi, the rest with the API. */
export interface Expectation {
  /** The same in words. */
  readonly inWords: string;
  /** What Pulumi does to each of the program's hooks. Those that are not named stay as they are. */
  readonly changes: Readonly<Record<string, ExpectedChange>>;
  /** The requests that the API gets, in this order. All of them must succeed. */
  readonly requests: readonly Call[];
  /** The hooks that the API has afterwards, in any order. */
  readonly hooks: readonly ExpectedHook[];
  /** The properties that Pulumi must refuse, each in a message of its own. Without them the step must succeed. */
  readonly refused?: readonly string[];
}

interface ExpectedChange {
  readonly kind: ChangeKind;
  /** The properties that differ, and no others; none are looked at where this is left out. */
  readonly properties?: readonly PropertyChange[];
}

/** Fields of a hook; a pattern stands for a text that matches it. */
export type ExpectedHook = {
  readonly [Field in keyof WireLifecycleHook]?: WireLifecycleHook[Field] | RegExp;
};
