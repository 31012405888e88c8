import {
  defaultTimeoutSeconds,
  forbiddenMetadataCharacters,
  namePattern,
  specificationLimits,
} from "../../api/limits";
import { refusal } from "../http/refusals";
import type { JsonBody } from "../http/request";
import { changed, created, type Field, oneOf, type Validation, within } from "./fields";

/**
 * Lifecycle hooks and callbacks as the service has them on the wire, and what it refuses of them. Written down apart
 * from the client's schemas, so that a mistake in one does not hide a mistake in the other. Source: the specification
 * and the API reference.
 */

const hookTypes = ["INSTANCE_LAUNCHING", "INSTANCE_TERMINATING"] as const;
/** One of the two moments at which a hook suspends an instance. */
export type HookType = (typeof hookTypes)[number];

const results = ["ABANDON", "CONTINUE"] as const;
/** What becomes of an instance: by default at the deadline, or by a callback. */
export type Result = (typeof results)[number];

/** What a callback can say. */
export const actionResults = [...results, "EXTEND"] as const;
/** One of the things that a callback can say. EXTEND moves the deadline by an hour. */
export type ActionResult = (typeof actionResults)[number];

/** What a create says of a hook, with the defaults filled in. */
export interface NewHook {
  readonly lifecycle_hook_name: string;
  readonly lifecycle_hook_type: HookType;
  readonly notification_topic_urn: string;
  readonly default_result: Result;
  /** Seconds. */
  readonly default_timeout: number;
  /** `null` when there is none. */
  readonly notification_metadata: string | null;
}

/** A lifecycle hook as create, show, list and update answer it. */
export interface WireLifecycleHook extends NewHook {
  /** The last part of the topic's URN. */
  readonly notification_topic_name: string;
  /** UTC, `YYYY-MM-DDThh:mm:ssZ`. */
  readonly create_time: string;
}

/** A hook as it is set behind the service's back: its name, and what else is to be so. */
export type HookPatch = Partial<WireLifecycleHook> & Pick<WireLifecycleHook, "lifecycle_hook_name">;

/** What an update may change of a hook. */
export type HookChanges = Partial<Omit<NewHook, "lifecycle_hook_name">>;

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

// SMN's own pattern; the region of the specification's sample is the word regionId.
const urnShape = /^urn:smn:[0-9A-Za-z-]+:[0-9a-z]{32}:[0-9A-Za-z_-]{1,255}$/;

/** The fields of a hook, in the order in which they are judged. A further one needs its row here, and its type above. */
const hookFields: { readonly [Name in keyof NewHook]: Field<NewHook[Name]> } = {
  lifecycle_hook_name: {
    type: "string",
    absent: "",
    fixed: true,
    judge(name: string, { maxNameLength }) {
      if (name === "") throw refusal("AS.7032");
      if (name.length > maxNameLength || !namePattern.test(name)) throw refusal("AS.7031");
      return name;
    },
  },
  lifecycle_hook_type: {
    type: "string",
    absent: "",
    judge: (type: string) => oneOf(hookTypes, type, type === "" ? "AS.7037" : "AS.7033"),
  },
  notification_topic_urn: {
    type: "string",
    absent: "",
    judge(urn: string) {
      if (!urnShape.test(urn)) throw refusal("AS.7025");
      return urn;
    },
  },
  default_result: {
    type: "string",
    absent: "ABANDON",
    judge: (result: string) => oneOf(results, result, "AS.7034"),
  },
  default_timeout: {
    type: "integer",
    absent: defaultTimeoutSeconds,
    judge: (seconds: number, { minTimeout, maxTimeout }) =>
      within(seconds, minTimeout, maxTimeout, "AS.7030"),
  },
  notification_metadata: {
    type: "string",
    absent: "",
    // The reference doesn't say that null clears it, nor that it doesn't.
    cleared: "",
    judge(metadata: string, { maxMetadataLength }) {
      if ([...metadata].length > maxMetadataLength) throw refusal("AS.7035");
      const isBad = forbiddenMetadataCharacters.some((character) => metadata.includes(character));
      if (isBad) throw refusal("AS.7055");
      return metadata === "" ? null : metadata;
    },
  },
};

/** Judges the body of a create by the specification. @throws Refusal with the code of the first bad field */
export function newHook(json: JsonBody, validation: Validation): NewHook {
  if (json === null) throw refusal("AS.7036");
  return created(json, hookFields, validation) as unknown as NewHook;
}

/** What a hook that is set behind the service's back has where nothing is said. */
export const defaultHook: NewHook = newHook(
  {
    lifecycle_hook_name: "hook",
    lifecycle_hook_type: "INSTANCE_LAUNCHING",
    notification_topic_urn: "urn:smn:cn-north-4:0123456789abcdef0123456789abcdef:topic",
  },
  { limits: specificationLimits, strict: true, warn: () => {} },
);

/** Judges the body of an update: what it leaves out stays as it is. @throws Refusal as for a create */
export function hookChanges(json: JsonBody, validation: Validation): HookChanges {
  if (json === null) throw refusal("AS.7036");
  return changed(json, hookFields, validation);
}

/** Which suspension a callback means, and what it says. */
export interface Callback {
  readonly result: ActionResult;
  /** Wins over the other two. */
  readonly actionKey: string | undefined;
  readonly instanceId: string | undefined;
  readonly hookName: string | undefined;
}

const callbackFields = {
  lifecycle_action_result: { type: "string" },
  lifecycle_action_key: { type: "string" },
  instance_id: { type: "string" },
  lifecycle_hook_name: { type: "string" },
} as const;

/** Judges the body of a callback. @throws Refusal AS.7039, AS.7034 or AS.7040 for what it lacks */
export function callback(json: JsonBody, validation: Validation): Callback {
  if (json === null) throw refusal("AS.0002");
  const given = created(json, callbackFields, validation) as Record<string, string | undefined>;
  const actionKey = given.lifecycle_action_key || undefined;
  const instanceId = given.instance_id || undefined;
  const hookName = given.lifecycle_hook_name || undefined;
  const result = given.lifecycle_action_result || undefined;
  if (result === undefined) throw refusal("AS.7039");
  const known = oneOf(actionResults, result, "AS.7034");
  if (actionKey === undefined && (instanceId === undefined || hookName === undefined)) {
    throw refusal("AS.7040");
  }
  return { result: known, actionKey, instanceId, hookName };
}

/** A moment (milliseconds since 1970) as the service writes it: UTC, `YYYY-MM-DDThh:mm:ssZ`. */
export function wireTime(moment: number): string {
  return new Date(moment).toISOString().replace(/\.\d+Z$/, "Z");
}

/** The topic's name within its URN, `urn:smn:<region>:<project>:<name>`. */
export function topicName(urn: string): string {
  return urn.slice(urn.lastIndexOf(":") + 1);
}
