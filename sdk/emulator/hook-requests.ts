import {
  defaultTimeoutSeconds,
  forbiddenMetadataCharacters,
  type LifecycleHookLimits,
  namePattern,
} from "../limits";
import { fieldsOf, type JsonBody } from "./json-body";
import { refusal } from "./refusals";
import { type HookType, hookTypes, type Result, results, type WireLifecycleHook } from "./wire";

/** What a create says of a hook, with the defaults filled in. */
export type NewHook = Omit<WireLifecycleHook, "notification_topic_name" | "create_time">;

/** What an update may change of a hook. */
export type HookChanges = Partial<Omit<NewHook, "lifecycle_hook_name">>;

const changeableFields = {
  lifecycle_hook_type: "string",
  default_result: "string",
  default_timeout: "integer",
  notification_topic_urn: "string",
  notification_metadata: "string",
} as const;

const fields = { lifecycle_hook_name: "string", ...changeableFields } as const;

// SMN's own pattern; the region of the specification's sample is the word regionId.
const urnShape = /^urn:smn:[0-9A-Za-z-]+:[0-9a-z]{32}:[0-9A-Za-z_-]{1,255}$/;

/** Judges the body of a create by the specification. @throws Refusal with the code of the first bad field */
export function newHook(json: JsonBody, limits: LifecycleHookLimits): NewHook {
  if (json === null) throw refusal("AS.7036");
  const given = fieldsOf(json, fields);
  return {
    lifecycle_hook_name: goodName(given.lifecycle_hook_name, limits),
    lifecycle_hook_type: goodType(given.lifecycle_hook_type ?? ""),
    notification_topic_urn: goodTopic(given.notification_topic_urn ?? ""),
    default_result: goodResult(given.default_result ?? "ABANDON"),
    default_timeout: goodTimeout(given.default_timeout ?? defaultTimeoutSeconds, limits),
    notification_metadata: goodMetadata(given.notification_metadata ?? "", limits),
  };
}

/**
 * Judges the body of an update: what it leaves out stays as it is. Metadata of `""` or `null` is cleared; the
 * reference doesn't say that this is so, nor that it isn't.
 *
 * @throws Refusal with the code of the first bad field
 */
export function hookChanges(json: JsonBody, limits: LifecycleHookLimits): HookChanges {
  if (json === null) throw refusal("AS.7036");
  const given = fieldsOf(json, changeableFields);
  return {
    ...ifGiven("lifecycle_hook_type", given.lifecycle_hook_type, goodType),
    ...ifGiven("notification_topic_urn", given.notification_topic_urn, goodTopic),
    ...ifGiven("default_result", given.default_result, goodResult),
    ...ifGiven("default_timeout", given.default_timeout, (seconds) => goodTimeout(seconds, limits)),
    ...ifGiven("notification_metadata", given.notification_metadata, (text) => goodMetadata(text, limits)),
    ...(json.notification_metadata === null ? { notification_metadata: null } : {}),
  };
}

function ifGiven<Name extends string, Value, Good>(
  name: Name,
  value: Value | undefined,
  judge: (value: Value) => Good,
): { readonly [Key in Name]?: Good } {
  return (value === undefined ? {} : { [name]: judge(value) }) as { readonly [Key in Name]?: Good };
}

function goodName(name = "", { maxNameLength }: LifecycleHookLimits): string {
  if (name === "") throw refusal("AS.7032");
  if (name.length > maxNameLength || !namePattern.test(name)) throw refusal("AS.7031");
  return name;
}

function goodType(type: string): HookType {
  if (type === "") throw refusal("AS.7037");
  const known = hookTypes.find((candidate) => candidate === type);
  if (known === undefined) throw refusal("AS.7033");
  return known;
}

function goodTopic(urn: string): string {
  if (!urnShape.test(urn)) throw refusal("AS.7025");
  return urn;
}

function goodResult(result: string): Result {
  const known = results.find((candidate) => candidate === result);
  if (known === undefined) throw refusal("AS.7034");
  return known;
}

function goodTimeout(seconds: number, { minTimeout, maxTimeout }: LifecycleHookLimits): number {
  if (seconds < minTimeout || seconds > maxTimeout) throw refusal("AS.7030");
  return seconds;
}

function goodMetadata(metadata: string, { maxMetadataLength }: LifecycleHookLimits): string | null {
  if ([...metadata].length > maxMetadataLength) throw refusal("AS.7035");
  if (forbiddenMetadataCharacters.some((character) => metadata.includes(character))) {
    throw refusal("AS.7055");
  }
  return metadata === "" ? null : metadata;
}
