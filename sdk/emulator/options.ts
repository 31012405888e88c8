import { type LifecycleHookLimits, specificationLimits } from "../api/limits";
import type { Behaviour } from "./autoscaling/group";
import { type Clock, systemClock } from "./clock";
import type { LifecycleEvent } from "./feed";
import type { Fault } from "./http/faults";
import type { RequestLogEntry } from "./http/request-log";

/** How the local API is to be. Everything has a default. */
export interface EmulatorOptions {
  /** The TCP port on 127.0.0.1. @default 0: one that the system picks */
  readonly port?: number | undefined;
  /** The access key (AK) that is accepted. @default a made-up one, always the same */
  readonly accessKey?: string | undefined;
  /** The secret key (SK) that belongs to it. @default a made-up one, always the same */
  readonly secretKey?: string | undefined;
  /**
   * Makes the access key a temporary one: signed requests must carry this in `X-Security-Token`, signed or not.
   *
   * @default none: a request that carries one is refused
   */
  readonly securityToken?: string | undefined;
  /** An IAM token that is accepted in `X-Auth-Token`, instead of a signature. @default none is accepted */
  readonly authToken?: string | undefined;
  /** @default "cn-north-4" */
  readonly region?: string | undefined;
  /** The project that IAM's look-up gives for the region: 32 hexadecimal digits. @default always the same */
  readonly projectId?: string | undefined;
  /** The ids of the scaling groups. @default one: e5d27f5c-dd76-4a61-b4bc-a67c5686719a */
  readonly groups?: readonly string[] | undefined;
  /** The URNs of the SMN topics that exist; others are refused with AS.7043. @default all well-formed URNs exist */
  readonly topics?: readonly string[] | undefined;
  /**
   * How many creates, updates and deletes of hooks the gateway lets pass in a second; it answers 429 to the rest.
   * The vendor's is 26.
   *
   * @default no limit
   */
  readonly writesPerSecond?: number | undefined;
  /** The same for all other Auto Scaling calls, callbacks included. The vendor's is 78. @default no limit */
  readonly readsPerSecond?: number | undefined;
  /**
   * Limits of hooks that differ from the specification's, as the client's option of this name has them: a newer site
   * takes time-outs from 60 s (`{ minTimeout: 60 }`).
   */
  readonly limits?: { readonly [Limit in keyof LifecycleHookLimits]?: number | undefined } | undefined;
  /** The least milliseconds from a request's arrival to its answer; requests take effect at once. @default 0 */
  readonly latency?: number | undefined;
  /**
   * The clock of creation times, deadlines, signatures' dates, locks, rate limits, the `Date` header and the log.
   *
   * @default the computer's
   */
  readonly clock?: Clock | undefined;
  /** How long an instance takes to launch, without its time on hooks; milliseconds. @default 2000 */
  readonly launchTime?: number | undefined;
  /** The same for its removal. @default 1000 */
  readonly removalTime?: number | undefined;
  /**
   * By how much the cloud is faster than the real one: the times above, those of hooks and the hour of EXTEND are
   * divided by it. @default 1
   */
  readonly speed?: number | undefined;
  /** Refuses fields that it does not know, with AS.0022. @default false: the log notes them, as newer clients send some */
  readonly strict?: boolean | undefined;
  /** What the service does where its documents are silent; handlers must survive both. */
  readonly unknowns?: Partial<Unknowns> | undefined;
  /**
   * A file that keeps the groups, hooks, instances, topics and subscriptions: what was acknowledged outlives the
   * process, however it ends, and deadlines stay where they were. One emulator at a time can use it.
   *
   * @default none: everything is in memory
   */
  readonly state?: string | undefined;
  /** Faults that requests have from the start. @default none */
  readonly faults?: readonly Fault[] | undefined;
  /** Called with what happens to groups, for live logs. Must not throw. */
  readonly onEvent?: ((event: LifecycleEvent) => void) | undefined;
  /** Called with each request just before its answer is sent or its connection dropped, for live logs. Must not throw. */
  readonly onRequest?: ((entry: RequestLogEntry) => void) | undefined;
}

/** Choices of what the documents leave open. */
export interface Unknowns extends Pick<Behaviour, "busyCode" | "extendFrom" | "answered"> {
  /** What a hook's message has for metadata that is not set, and for the configuration of an instance added by hand. */
  readonly emptyFields: "empty" | "null" | "absent";
  /** The subject of a hook's message; an empty one is none. */
  readonly subject: string;
  /** Whether SMN sends again what was not answered in time. */
  readonly retryTimeouts: boolean;
}

/** The options with the defaults filled in. */
export interface Settings {
  readonly port: number;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken: string | undefined;
  readonly authToken: string | undefined;
  readonly region: string;
  readonly projectId: string;
  /** `undefined`: the default one, unless there is a state that says otherwise. */
  readonly groups: readonly string[] | undefined;
  readonly state: string | undefined;
  readonly faults: readonly Fault[];
  readonly onEvent: (event: LifecycleEvent) => void;
  readonly topics: readonly string[] | undefined;
  readonly writesPerSecond: number | undefined;
  readonly readsPerSecond: number | undefined;
  readonly limits: LifecycleHookLimits;
  readonly latency: number;
  readonly clock: Clock;
  readonly behaviour: Behaviour;
  readonly unknowns: Unknowns;
  readonly strict: boolean;
  readonly onRequest: (entry: RequestLogEntry) => void;
}

/** The group where none is named: the one of the specification's samples. */
export const defaultGroup = "e5d27f5c-dd76-4a61-b4bc-a67c5686719a";

/** Fills in the defaults. They are the same each time, so that what was configured for one run fits the next. */
export function settingsOf(options: EmulatorOptions): Settings {
  const unknowns: Unknowns = {
    busyCode: "AS.2033",
    extendFrom: "deadline",
    answered: "listed",
    emptyFields: "empty",
    subject: "",
    retryTimeouts: false,
    ...options.unknowns,
  };
  return {
    port: options.port ?? 0,
    accessKey: options.accessKey ?? "EMULATORACCESSKEY001",
    secretKey: options.secretKey ?? "made-up-secret-key-of-the-local-emulator",
    securityToken: options.securityToken,
    authToken: options.authToken,
    region: options.region ?? "cn-north-4",
    projectId: options.projectId ?? "0123456789abcdef0123456789abcdef",
    groups: options.groups,
    state: options.state,
    faults: options.faults ?? [],
    onEvent: options.onEvent ?? (() => {}),
    topics: options.topics,
    writesPerSecond: options.writesPerSecond,
    readsPerSecond: options.readsPerSecond,
    limits: limitsOf(options.limits),
    latency: options.latency ?? 0,
    clock: options.clock ?? systemClock,
    behaviour: {
      launchTime: options.launchTime ?? 2000,
      removalTime: options.removalTime ?? 1000,
      speed: options.speed ?? 1,
      ...unknowns,
    },
    unknowns,
    strict: options.strict ?? false,
    onRequest: options.onRequest ?? (() => {}),
  };
}

/** A limit that is `undefined` is the specification's. */
function limitsOf(limits: EmulatorOptions["limits"] = {}): LifecycleHookLimits {
  const given = Object.entries(limits).filter(([, limit]) => limit !== undefined);
  return { ...specificationLimits, ...Object.fromEntries(given) };
}
