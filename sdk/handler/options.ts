import type { HangingInstanceCalls } from "../api/hanging-instances";
import type { LifecycleHookCalls } from "../api/lifecycle-hooks";
import type { LifecycleHookType } from "../api/rules";
import type { ScalingGroupCalls } from "../api/scaling-groups";
import { numberProblem } from "../configuration/options";
import type { HookMetadata } from "./metadata";
import type { Verdict } from "./schedule";
import type { SmnVerification } from "./smn-message";

/** What a handler needs of an `AutoScalingClient`. */
export interface HandlerClient {
  readonly hangingInstances: Pick<HangingInstanceCalls, "list" | "complete">;
  readonly lifecycleHooks: Pick<LifecycleHookCalls, "list">;
  readonly scalingGroups: Pick<ScalingGroupCalls, "activities">;
}

/** What the work is about. */
export interface HangingWork {
  readonly instanceId: string;
  readonly groupId: string;
  readonly hookName: string;
  /** What `hookMetadata` wrote into the hook, as the same object; other text as it is; `undefined` where there is none. */
  readonly metadata: HookMetadata | string | undefined;
  /** 1 for the first attempt of this process. */
  readonly attempt: number;
  /** When the service decides by itself: later, once it has been extended. */
  readonly deadline: Date;
  /** Aborts when the time is over, when the instance hangs no longer, and when the handler is to end. */
  readonly signal: AbortSignal;
}

/**
 * The work on an instance that hangs. When it has resolved, the instance goes on (`CONTINUE`), or is given up if it
 * resolves with `"ABANDON"`. When it rejects, it is tried again. It may run more than once for an instance.
 */
export type Work = (work: HangingWork) => Promise<unknown>;

/** What a handler does, for logs. */
export interface HandlerEvent {
  readonly kind:
    | "seen"
    | "started"
    | "failed"
    | "extended"
    | "completed"
    /** It hangs no longer, by no doing of this handler: a person, another handler or its time-out was first. */
    | "ended"
    | "left"
    /** A call of the API failed; it is repeated. */
    | "trouble"
    /** A message was refused. */
    | "refused";
  /** One line in English. Holds no credentials, keys or URNs. */
  readonly text: string;
  readonly groupId?: string | undefined;
  readonly instanceId?: string | undefined;
  readonly hookName?: string | undefined;
  readonly error?: unknown;
}

/** How a handler works. */
export interface LifecycleHandlerOptions extends Pick<SmnVerification, "certificate" | "hosts"> {
  /** An `AutoScalingClient` of the groups' region; yours to close. */
  readonly client: HandlerClient;
  /** The ids of the scaling groups. */
  readonly groups: readonly string[];
  /**
   * The URNs of the topics whose messages wake it up, by `fetch`.
   *
   * @default none: it looks by itself alone, each `sweepInterval`
   */
  readonly topics?: readonly string[] | undefined;
  /** Only instances on hooks of these names. @default all hooks of a direction that has work */
  readonly hooks?: readonly string[] | undefined;
  /** The work on instances that are launched. @default none: launches are left alone */
  readonly onLaunching?: Work | undefined;
  /** The work on instances that are removed. @default none: removals are left alone */
  readonly onTerminating?: Work | undefined;
  /**
   * The longest wait in milliseconds, counted from the start of the scaling activity: the deadline is extended, by an hour
   * each time, while work goes on and stays within this. 0 never extends. @default 4 hours
   */
  readonly maxWait?: number | undefined;
  /** How many instances are worked on at a time. @default 10 */
  readonly concurrency?: number | undefined;
  /**
   * What becomes of an instance whose work has failed until shortly before its deadline. `LEAVE` leaves it to a person, or
   * to the hook's time-out. After three launches in a row that were abandoned, further ones are left: each ABANDON makes a
   * new instance.
   *
   * @default { launching: "ABANDON", terminating: "CONTINUE" }
   */
  readonly onFailure?: { readonly launching?: Verdict; readonly terminating?: Verdict } | undefined;
  /** Milliseconds between two looks at a group; 0 looks only when it is woken up, for functions. @default 30,000 */
  readonly sweepInterval?: number | undefined;
  /** Ends it, as `close` does. */
  readonly signal?: AbortSignal | undefined;
  /** Tells what it would do, and does nothing. @default false */
  readonly dryRun?: boolean | undefined;
  /** Answers `GET /healthz` and `GET /metrics` (Prometheus). @default false */
  readonly monitoring?: boolean | undefined;
  /** Called with what it does. @default nothing is */
  readonly log?: ((event: HandlerEvent) => void) | undefined;
  /** Its time, for tests; the emulator's `ManualClock` fits. @default the computer's */
  readonly clock?: HandlerClock | undefined;
  /** Numbers from 0 up to 1 for the jitter of retries. @default Math.random */
  readonly random?: (() => number) | undefined;
}

/** The time of a handler. */
export interface HandlerClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once so many milliseconds have passed. @returns a function that cancels it */
  after(milliseconds: number, callback: () => void): () => void;
}

/** Keeps the process alive: a handler that waits for its next look is at work. */
const systemClock: HandlerClock = {
  now: Date.now,
  after(milliseconds, callback) {
    const timer = setTimeout(callback, Math.min(milliseconds, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
};

export type Settings = ReturnType<typeof settingsOf>;

/** The options with the defaults filled in. @throws RangeError that names what can't be used */
export function settingsOf(options: LifecycleHandlerOptions) {
  const settings = {
    client: options.client,
    groups: options.groups,
    work: { INSTANCE_LAUNCHING: options.onLaunching, INSTANCE_TERMINATING: options.onTerminating },
    hooks: options.hooks,
    maxWait: options.maxWait ?? 4 * 3_600_000,
    concurrency: options.concurrency ?? 10,
    verdicts: {
      INSTANCE_LAUNCHING: options.onFailure?.launching ?? "ABANDON",
      INSTANCE_TERMINATING: options.onFailure?.terminating ?? "CONTINUE",
    } satisfies Record<LifecycleHookType, Verdict>,
    sweepInterval: options.sweepInterval ?? 30_000,
    dryRun: options.dryRun ?? false,
    log: options.log ?? (() => {}),
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
  };
  const most = 2 ** 31 - 1;
  const problems = [
    settings.groups.length === 0 && "groups is empty: name at least one scaling group",
    options.onLaunching === undefined &&
      options.onTerminating === undefined &&
      "there is no work: give onLaunching or onTerminating",
    numberProblem("maxWait", settings.maxWait, { least: 0, most, unit: " of milliseconds" }),
    numberProblem("concurrency", settings.concurrency, { least: 1, most, isWhole: true, unit: "" }),
    numberProblem("sweepInterval", settings.sweepInterval, { least: 0, most, unit: " of milliseconds" }),
  ].filter((problem) => typeof problem === "string");
  if (problems.length > 0) throw new RangeError(`createLifecycleHandler: ${problems.join("; ")}`);
  return settings;
}
