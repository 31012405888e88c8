import { idRule, type LifecycleHookType } from "../api/rules";
import { MessageError } from "./message-error";

/**
 * What a lifecycle hook says when it has suspended an instance. The deadline is not among it: the API's list of hanging
 * instances has it. Source: the sample of the user guide's page on lifecycle hooks.
 */
export interface LifecycleNotification {
  readonly lifecycleHookName: string;
  readonly lifecycleHookType: LifecycleHookType;
  /** The token with which the suspension is ended. */
  readonly lifecycleActionKey: string;
  readonly instanceId: string;
  readonly scalingGroupId: string;
  /** As it was configured; `undefined` when there is none. `readHookMetadata` reads an object of `hookMetadata`. */
  readonly notificationMetadata: string | undefined;
  readonly instanceName: string | undefined;
  /** The private address. */
  readonly instanceIp: string | undefined;
  readonly scalingGroupName: string | undefined;
  /** The project's id. */
  readonly tenantId: string | undefined;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads a hook's message: as it is, within SMN's envelope, or as the event (or one record of an event) of a
 * FunctionGraph function. It verifies nothing: `verifySmnMessage` does.
 *
 * @returns `undefined` for what is readable and no message of a hook: it has no lifecycle action key
 * @throws MessageError whose problem is `malformed`
 */
export function parseLifecycleNotification(body: unknown): LifecycleNotification | undefined {
  const message = messageIn(jsonOf(body));
  if (message === undefined || isEmpty(message.lifecycle_action_key)) return undefined;
  const instance = objectOf(message.scaling_instance);
  const group = objectOf(message.scaling_group);
  const type = text(message.lifecycle_hook_type);
  if (type !== "INSTANCE_LAUNCHING" && type !== "INSTANCE_TERMINATING") {
    throw malformed("lifecycle_hook_type is neither INSTANCE_LAUNCHING nor INSTANCE_TERMINATING");
  }
  return {
    lifecycleHookName: id("lifecycle_hook_name", message.lifecycle_hook_name),
    lifecycleHookType: type,
    lifecycleActionKey: id("lifecycle_action_key", message.lifecycle_action_key),
    instanceId: id("scaling_instance.instance_id", instance.instance_id),
    scalingGroupId: id("scaling_group.scaling_group_id", group.scaling_group_id),
    notificationMetadata: text(message.notification_metadata),
    instanceName: text(instance.instance_name),
    instanceIp: text(instance.instance_ip),
    scalingGroupName: text(group.scaling_group_name),
    tenantId: text(message.tenant_id),
  };
}

/** Parses JSON whose outermost value must be an object. @throws MessageError */
export function jsonOf(body: unknown): Json {
  if (isObject(body)) return body;
  if (typeof body !== "string" && !(body instanceof Uint8Array)) throw malformed("there is no body");
  try {
    // Whatever Content-Type says: the vendor's documents name none.
    const json: unknown = JSON.parse(typeof body === "string" ? body : new TextDecoder().decode(body));
    if (isObject(json)) return json;
  } catch (cause) {
    throw malformed("it is no JSON", cause);
  }
  throw malformed("it is no object in JSON");
}

function messageIn(json: Json): Json | undefined {
  if (Array.isArray(json.record)) {
    if (json.record.length === 1) return messageIn(objectOf(json.record[0]));
    throw malformed(`it is an event of ${json.record.length} records: give each by itself`);
  }
  if (isObject(json.smn)) return innerMessage(json.smn);
  return typeof json.topic_urn === "string" && "type" in json ? innerMessage(json) : json;
}

/** What the envelope holds; `undefined` if that is no object, such as the prose of a confirmation. */
function innerMessage({ message }: Json): Json | undefined {
  if (typeof message !== "string") throw malformed("the envelope has no message");
  try {
    const json: unknown = JSON.parse(message);
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

function id(name: string, value: unknown): string {
  const problem = idRule(value);
  if (problem !== undefined) throw malformed(`${name} ${problem.is}`);
  return value as string;
}

/** The service writes what is not set as "", as null, or not at all. */
function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

function isObject(value: unknown): value is Json {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

function objectOf(value: unknown): Json {
  return isObject(value) ? value : {};
}

function malformed(what: string, cause?: unknown): MessageError {
  return new MessageError("malformed", `this is no message of a lifecycle hook: ${what}`, cause);
}
