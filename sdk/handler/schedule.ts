import type { LifecycleHook } from "../api/hook-fields";
import type { LifecycleHookType } from "../api/rules";
import type { HangingInstance } from "../api/schemas";
import { retryDelay } from "../calls/retry";

/**
 * When what is done about a suspension: pure functions of what the API said, what was done so far, and the time. All
 * moments are milliseconds since 1970 by the service's clock.
 */

/** What becomes of an instance: CONTINUE, ABANDON, or that it is left to a person until its time-out. */
export type Verdict = "CONTINUE" | "ABANDON" | "LEAVE";

export type State =
  /** For its first attempt, or for the next. */
  | { readonly kind: "waiting"; readonly until: number }
  | { readonly kind: "working"; readonly isStopped: boolean }
  /** To be completed; `tries` is how often that has failed. */
  | { readonly kind: "decided"; readonly result: Result; readonly tries: number; readonly until: number }
  /** Completed; it may stay listed for a while. */
  | { readonly kind: "done"; readonly result: Result; readonly at: number }
  | { readonly kind: "left" };

type Result = "CONTINUE" | "ABANDON";

/** An instance that hangs on a hook, with what was done about it. */
export interface Action {
  readonly key: string;
  readonly instanceId: string;
  readonly hookName: string;
  readonly type: LifecycleHookType;
  readonly metadata: string | undefined;
  readonly deadline: number;
  /** How long it waited when it was first seen, milliseconds: margins are in proportion to it. */
  readonly wait: number;
  readonly attempts: number;
  /** Not before this moment is the deadline extended. */
  readonly extendFrom: number;
  /** A random number from 0 up to 1: two handlers do not extend at the same moment, by two hours together. */
  readonly share: number;
  readonly state: State;
}

/** What is to be done now, or when to look again. */
export type Step =
  | { readonly do: "start" | "extend" | "stop" }
  | { readonly do: "complete"; readonly result: Result }
  | { readonly do: "wait"; readonly until: number };

/** EXTEND adds an hour; milliseconds. */
const extension = 3_600_000;
/** After so long, a completed suspension that is still listed is completed again: the list may lag. */
export const lag = 10_000;
const never: Step = { do: "wait", until: Number.POSITIVE_INFINITY };

/** From when on the deadline is near: no attempt begins any more, and one that runs is given more time. */
function nearFrom({ deadline, wait }: Pick<Action, "deadline" | "wait">): number {
  return deadline - Math.min(60_000, wait / 4);
}

/** When an attempt that could not be given more time is told to stop. */
function stopAt({ deadline, wait }: Action): number {
  return deadline - Math.min(10_000, wait / 20);
}

/** What is to be done about a suspension. */
export function next(action: Action, now: number): Step {
  const { state, deadline } = action;
  switch (state.kind) {
    case "waiting":
      if (now >= deadline) return never;
      return now >= state.until ? { do: "start" } : { do: "wait", until: state.until };
    case "working": {
      if (state.isStopped) return never;
      const last = stopAt(action);
      const spread = (action.share * (last - nearFrom(action))) / 2;
      const near = Math.max(nearFrom(action) + spread, action.extendFrom);
      if (now >= last) return { do: "stop" };
      return now >= near ? { do: "extend" } : { do: "wait", until: Math.min(near, last) };
    }
    case "decided":
      return now >= state.until
        ? { do: "complete", result: state.result }
        : { do: "wait", until: state.until };
    case "done":
      return now >= state.at + lag ? { do: "complete", result: state.result } : never;
    case "left":
      return never;
  }
}

/** What comes after an attempt that failed: another one while the deadline is not near, else the verdict. `random` is in [0, 1). */
export function afterFailure(action: Action, now: number, random: number, verdict: Verdict): State {
  const until = now + retryDelay(action.attempts - 1, random);
  const isOver = action.state.kind === "working" && action.state.isStopped;
  if (!isOver && until < nearFrom(action)) return { kind: "waiting", until };
  return verdict === "LEAVE" ? { kind: "left" } : { kind: "decided", result: verdict, tries: 0, until: now };
}

/** Whether an extension stays within the longest wait, counted from the start of the scaling activity. */
export function hasRoom(deadline: number, activityStart: number, maxWait: number): boolean {
  return deadline + extension <= activityStart + maxWait;
}

/**
 * Compares what is known with what the API lists. `isOurs`: whether this handler works for a hook; the rest is kept as
 * left, so that it is known.
 */
export function reconcile(
  known: ReadonlyMap<string, Action>,
  hanging: readonly HangingInstance[],
  hooks: readonly LifecycleHook[],
  now: number,
  isOurs: (hook: LifecycleHook) => boolean,
  random: () => number,
): {
  readonly actions: Map<string, Action>;
  readonly seen: readonly Action[];
  readonly gone: readonly Action[];
} {
  const actions = new Map<string, Action>();
  const seen: Action[] = [];
  for (const listed of hanging) {
    const key = listed.lifecycleActionKey;
    const action = known.get(key);
    const hook = hooks.find(({ lifecycleHookName }) => lifecycleHookName === listed.lifecycleHookName);
    if (action !== undefined) {
      const deadline = moment(listed.timeout) ?? action.deadline;
      const isLater = deadline > action.deadline;
      actions.set(key, { ...action, deadline, ...(isLater ? { extendFrom: 0 } : {}) });
    } else if (hook !== undefined) {
      const timeout = hook.defaultTimeout * 1000;
      const deadline = moment(listed.timeout) ?? now + timeout;
      const made: Action = {
        key,
        instanceId: listed.instanceId,
        hookName: listed.lifecycleHookName,
        type: hook.lifecycleHookType as LifecycleHookType,
        metadata: hook.notificationMetadata,
        deadline,
        wait: Math.max(0, Math.min(timeout, deadline - now)),
        attempts: 0,
        extendFrom: 0,
        share: random(),
        state: isOurs(hook) ? { kind: "waiting", until: 0 } : { kind: "left" },
      };
      actions.set(key, made);
      if (isOurs(hook)) seen.push(made);
    }
  }
  return { actions, seen, gone: [...known.values()].filter(({ key }) => !actions.has(key)) };
}

/** The vendor's pattern of a deadline ends in two Z. */
function moment(text: string): number | undefined {
  const parsed = Date.parse(text.replace(/Z+$/, "Z"));
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** How often launches of a group were abandoned in a row. */
export interface Abandoned {
  readonly count: number;
  readonly last: number;
}

const abandonedAllowed = 3;
const timeToForget = 3_600_000;

/**
 * Whether another launch is not to be abandoned: each makes a new instance, which may fail for the same reason. The brake
 * is off again after an hour, and after a launch that went well.
 */
export function isBraked({ count, last }: Abandoned, now: number): boolean {
  return count >= abandonedAllowed && now < last + timeToForget;
}
