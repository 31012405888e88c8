import { fieldsOf, type JsonBody } from "./json-body";
import { refusal } from "./refusals";
import { type ActionResult, actionResults } from "./wire";

/** Which suspension a callback means, and what it says. */
export interface Callback {
  readonly result: ActionResult;
  /** Wins over the other two. */
  readonly actionKey: string | undefined;
  readonly instanceId: string | undefined;
  readonly hookName: string | undefined;
}

const fields = {
  lifecycle_action_result: "string",
  lifecycle_action_key: "string",
  instance_id: "string",
  lifecycle_hook_name: "string",
} as const;

/** Judges the body of a callback. @throws Refusal AS.7039, AS.7034 or AS.7040 for what it lacks */
export function callback(json: JsonBody): Callback {
  if (json === null) throw refusal("AS.0002");
  const given = fieldsOf(json, fields);
  const result = given.lifecycle_action_result || undefined;
  const actionKey = given.lifecycle_action_key || undefined;
  const instanceId = given.instance_id || undefined;
  const hookName = given.lifecycle_hook_name || undefined;
  if (result === undefined) throw refusal("AS.7039");
  const known = actionResults.find((candidate) => candidate === result);
  if (known === undefined) throw refusal("AS.7034");
  if (actionKey === undefined && (instanceId === undefined || hookName === undefined)) {
    throw refusal("AS.7040");
  }
  return { result: known, actionKey, instanceId, hookName };
}
