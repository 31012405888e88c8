import {
  defaultTimeoutSeconds,
  forbiddenMetadataCharacters,
  type LifecycleHookLimits,
  namePattern,
} from "../../limits";
import { type AutoScalingCode, refusal } from "../http/refusals";
import type { JsonBody } from "../http/request";

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

const actionResults = [...results, "EXTEND"] as const;
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

/** How the service judges one field of a body. */
interface Field<Value> {
  readonly type: "string" | "integer";
  /** What stands for a field that is absent; a field without it may be absent only in an update. */
  readonly absent: string | number;
  /** An update does not know the field. */
  readonly fixed?: true;
  /** `null` in an update stands for this. @default nothing: the field is absent */
  readonly cleared?: string;
  /** @throws Refusal */
  readonly judge: (value: never, limits: LifecycleHookLimits) => Value;
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
    judge(seconds: number, { minTimeout, maxTimeout }) {
      if (seconds < minTimeout || seconds > maxTimeout) throw refusal("AS.7030");
      return seconds;
    },
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
export function newHook(json: JsonBody, limits: LifecycleHookLimits): NewHook {
  if (json === null) throw refusal("AS.7036");
  const given = fieldsOf(json, hookFields);
  const judged = Object.entries<Field<unknown>>(hookFields).map(([name, { absent, judge }]) => [
    name,
    judge((given[name] ?? absent) as never, limits),
  ]);
  return Object.fromEntries(judged) as NewHook;
}

/** Judges the body of an update: what it leaves out stays as it is. @throws Refusal as for a create */
export function hookChanges(json: JsonBody, limits: LifecycleHookLimits): HookChanges {
  if (json === null) throw refusal("AS.7036");
  const changeable = Object.entries<Field<unknown>>(hookFields).filter(([, { fixed }]) => fixed !== true);
  const given = fieldsOf(json, Object.fromEntries(changeable));
  const judged = changeable.flatMap(([name, { cleared, judge }]) => {
    const value = given[name] ?? (json[name] === null ? cleared : undefined);
    return value === undefined ? [] : [[name, judge(value as never, limits)]];
  });
  return Object.fromEntries(judged) as HookChanges;
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
export function callback(json: JsonBody): Callback {
  if (json === null) throw refusal("AS.0002");
  const given = fieldsOf(json, callbackFields) as Record<string, string | undefined>;
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

/**
 * Reads the fields that a call knows. `null` counts as absent, as it does for the service's optional fields.
 *
 * @throws Refusal AS.0022 for a field that the call doesn't know, and for a value of another type
 */
function fieldsOf(
  json: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, Pick<Field<unknown>, "type">>>,
): Readonly<Record<string, unknown>> {
  const given = Object.entries(json).filter(([name, value]) => {
    if (!Object.hasOwn(fields, name)) throw refusal("AS.0022");
    return value !== null;
  });
  for (const [name, value] of given) {
    const fits = fields[name]?.type === "integer" ? Number.isInteger(value) : typeof value === "string";
    if (!fits) throw refusal("AS.0022");
  }
  return Object.fromEntries(given);
}

function oneOf<Value extends string>(known: readonly Value[], given: string, code: AutoScalingCode): Value {
  const found = known.find((candidate) => candidate === given);
  if (found === undefined) throw refusal(code);
  return found;
}

/** A moment (milliseconds since 1970) as the service writes it: UTC, `YYYY-MM-DDThh:mm:ssZ`. */
export function wireTime(moment: number): string {
  return new Date(moment).toISOString().replace(/\.\d+Z$/, "Z");
}

/** The topic's name within its URN, `urn:smn:<region>:<project>:<name>`. */
export function topicName(urn: string): string {
  return urn.slice(urn.lastIndexOf(":") + 1);
}
