import { refusal } from "../http/refusals";
import type { Callback, HookChanges, HookPatch, NewHook, Result, WireLifecycleHook } from "./hooks";

/** A scaling group as data: its state, what can happen to it, and what follows from that. `scaling.ts` has the rules. */

/** Where an instance is on its way; each but the last two of a line goes on by itself or by its hooks. */
export type Step =
  | "create"
  | "launch-hooks"
  | "bind"
  | "serve"
  | "standby"
  | "unbind"
  | "removal-hooks"
  | "delete";

/** The state that the service shows at each step: PENDING and REMOVING come twice. */
export const shownStates: Readonly<Record<Step, string>> = {
  create: "PENDING",
  "launch-hooks": "PENDING_WAIT",
  bind: "PENDING",
  serve: "INSERVICE",
  standby: "STANDBY",
  unbind: "REMOVING",
  "removal-hooks": "REMOVING_WAIT",
  delete: "REMOVING",
};

export interface Instance {
  readonly id: string;
  readonly name: string;
  readonly step: Step;
  /** When a step that takes time ends; milliseconds, like all moments here. */
  readonly until: number | undefined;
  readonly joined: number;
  /** Added by hand: it leaves last, and its server is never deleted. */
  readonly manual: boolean;
  readonly protected: boolean;
  readonly healthy: boolean;
  /** Its server stays when it leaves. */
  readonly kept: boolean;
  /** A hook abandoned its launch. */
  readonly failed: boolean;
}

/** An instance on a hook. It stays listed until the instance goes on. */
export interface Hang {
  readonly key: string;
  readonly instanceId: string;
  readonly hookName: string;
  readonly defaultResult: Result;
  readonly deadline: number;
  readonly status: "HANGING" | Result;
}

type Named = Pick<Instance, "id" | "name">;

/** A scaling activity: what makes instances come or go. */
export interface Activity {
  readonly id: string;
  readonly type: string;
  readonly reason: string;
  readonly start: number;
  /** `undefined` while it runs. */
  readonly end: number | undefined;
  readonly failed: boolean;
  readonly before: number;
  readonly desire: number;
  readonly count: number;
  readonly added: readonly Named[];
  readonly removed: readonly Named[];
  readonly deleted: readonly Named[];
  readonly abandoned: readonly Named[];
}

/** The three sizes of a group. */
export interface Sizes {
  readonly min: number;
  readonly desire: number;
  readonly max: number;
}

export interface Group extends Sizes {
  readonly id: string;
  readonly status: "INSERVICE" | "PAUSED" | "DELETING";
  readonly created: number;
  /** The fields that only its answers show, by their names on the wire. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** In the order of their creation. */
  readonly hooks: readonly WireLifecycleHook[];
  readonly instances: readonly Instance[];
  readonly hangs: readonly Hang[];
  readonly activity: Activity | undefined;
  /** The activities that have ended, the newest first. */
  readonly ended: readonly Activity[];
  /** Why a difference between the desired and the current number arose last. */
  readonly reason: "MANNUAL" | "DIFF";
  /** How many ids it has given. */
  readonly ids: number;
}

/** What can happen to a group, besides the passing of time (`tick`). */
export type GroupEvent =
  | { readonly kind: "tick" | "resume" | "pause" }
  | {
      readonly kind: "configure";
      readonly sizes: Partial<Sizes>;
      readonly fields: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: "delete-group"; readonly force: boolean }
  | { readonly kind: "add" | "protect" | "unprotect" | "exit-standby"; readonly instances: readonly string[] }
  | { readonly kind: "remove"; readonly instances: readonly string[]; readonly deletes: boolean }
  | { readonly kind: "enter-standby"; readonly instances: readonly string[]; readonly append: boolean }
  /** A server died: the health check replaces it. */
  | { readonly kind: "fail"; readonly instances: readonly string[] }
  | { readonly kind: "complete"; readonly callback: Callback }
  | { readonly kind: "create-hook"; readonly hook: NewHook; readonly room: number }
  | { readonly kind: "update-hook"; readonly name: string; readonly changes: HookChanges }
  | { readonly kind: "delete-hook"; readonly name: string }
  /** The last three are behind the service's back: whatever the limits and the group's state. */
  | { readonly kind: "put-hook"; readonly patch: HookPatch }
  | { readonly kind: "remove-hook"; readonly name: string }
  | { readonly kind: "suspend"; readonly instanceId: string; readonly hookName: string };

/** What follows from an event outside of the group. */
export type Effect =
  /** A hook has suspended an instance: its message goes out. */
  | {
      readonly kind: "hang";
      readonly at: number;
      readonly hang: Hang;
      readonly hook: WireLifecycleHook;
      readonly instance: Instance;
    }
  /** An instance has come to a step; `undefined`: it is gone. */
  | {
      readonly kind: "step";
      readonly at: number;
      readonly instance: Instance;
      readonly step: Step | undefined;
    }
  | { readonly kind: "activity"; readonly at: number; readonly activity: Activity }
  | { readonly kind: "group-gone"; readonly at: number };

/** How fast the cloud is, and what it does where its documents are silent. */
export interface Behaviour {
  /** How long an instance takes to launch, without the time on hooks; milliseconds. */
  readonly launchTime: number;
  /** The same for its removal. */
  readonly removalTime: number;
  /** All durations, also those of hooks, are divided by this. */
  readonly speed: number;
  /** With which code a busy group refuses; both are in use. */
  readonly busyCode: "AS.2033" | "AS.0003";
  /** To what EXTEND adds its hour. */
  readonly extendFrom: "deadline" | "now";
  /** Whether a hook that was answered is listed while others still hold the instance. */
  readonly answered: "listed" | "dropped";
  /** The group is to refuse writes as if an activity ran. @default only when one does */
  readonly isBusy?: boolean;
}

/** A group with nothing in it. */
export function newGroup(id: string, created: number, sizes: Sizes, fields: Group["fields"] = {}): Group {
  return {
    id,
    status: "PAUSED",
    created,
    ...sizes,
    fields,
    hooks: [],
    instances: [],
    hangs: [],
    activity: undefined,
    ended: [],
    reason: "DIFF",
    ids: 0,
  };
}

/** The next moment at which something happens by itself, if anything does. */
export function nextMoment({ instances, hangs }: Group): number | undefined {
  const moments = [
    ...instances.map(({ until }) => until),
    ...hangs.map(({ status, deadline }) => (status === "HANGING" ? deadline : undefined)),
  ].filter((moment) => moment !== undefined);
  // Not Math.min(...): a group may have more instances than a call may have arguments.
  return moments.length === 0 ? undefined : moments.reduce((a, b) => Math.min(a, b));
}

/** The members that the service counts as current: those that come do not count yet, those that go still do. */
export function currentInstances({ instances }: Group): readonly Instance[] {
  return instances.filter(
    ({ step, failed }) => !failed && !["create", "launch-hooks", "bind"].includes(step),
  );
}

/** @throws Refusal AS.0007 (404) when there is none */
export function hookOf({ hooks }: Group, name: string): WireLifecycleHook {
  const hook = hooks.find((one) => one.lifecycle_hook_name === name);
  // Terraform's provider tells of the 404; that its code is this one is likely, not documented.
  if (hook === undefined) throw refusal("AS.0007", name);
  return hook;
}

/** @throws Refusal when the sizes contradict each other */
export function expectOrder({ min, desire, max }: Sizes): void {
  if (min > max) throw refusal("AS.2004");
  if (desire < min || desire > max) throw refusal("AS.2005");
}
