/**
 * What the service puts on the wire, under its own names. Written down apart from the client's schemas, so that
 * a mistake in one does not hide a mistake in the other. Source: the specification and the API reference.
 */

/** The two moments at which a hook suspends an instance. */
export const hookTypes = ["INSTANCE_LAUNCHING", "INSTANCE_TERMINATING"] as const;
/** One of the two moments at which a hook suspends an instance. */
export type HookType = (typeof hookTypes)[number];

/** What becomes of an instance: by default at the deadline, or by a callback. */
export const results = ["ABANDON", "CONTINUE"] as const;
/** What becomes of an instance. */
export type Result = (typeof results)[number];

/** What a callback can say. EXTEND moves the deadline by an hour. */
export const actionResults = [...results, "EXTEND"] as const;
/** One of the things that a callback can say. */
export type ActionResult = (typeof actionResults)[number];

/** A lifecycle hook as create, show, list and update answer it. */
export interface WireLifecycleHook {
  readonly lifecycle_hook_name: string;
  readonly default_result: Result;
  /** Seconds. */
  readonly default_timeout: number;
  readonly notification_topic_urn: string;
  /** The last part of the topic's URN. */
  readonly notification_topic_name: string;
  readonly lifecycle_hook_type: HookType;
  /** `null` when there is none. */
  readonly notification_metadata: string | null;
  /** UTC, `YYYY-MM-DDThh:mm:ssZ`. */
  readonly create_time: string;
}

/** An instance that a hook has suspended, as the list of hanging instances answers it. */
export interface WireHangingInstance {
  readonly lifecycle_hook_name: string;
  /** The token with which a callback names this suspension. */
  readonly lifecycle_action_key: string;
  readonly instance_id: string;
  readonly scaling_group_id: string;
  /** HANGING until a callback or the deadline decides. */
  readonly lifecycle_hook_status: "HANGING" | Result;
  /** The deadline, a moment and not a duration: UTC, `YYYY-MM-DDThh:mm:ssZ`. */
  readonly timeout: string;
  /** What becomes of the instance at the deadline. */
  readonly default_result: Result;
}

/** A moment (milliseconds since 1970) as the service writes it: UTC, `YYYY-MM-DDThh:mm:ssZ`. */
export function wireTime(moment: number): string {
  return new Date(moment).toISOString().replace(/\.\d+Z$/, "Z");
}

/** The topic's name within its URN, `urn:smn:<region>:<project>:<name>`. */
export function topicName(urn: string): string {
  return urn.slice(urn.lastIndexOf(":") + 1);
}
