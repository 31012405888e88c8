import type { LifecycleHook } from "../../sdk/api/hook-fields";
import { isBusy, isNotFound } from "../../sdk/errors/codes";
import { isAutoScalingError, isServiceError } from "../../sdk/errors/errors";
import type { Context, Scope, ScopedClient } from "./context";
import { create, put } from "./create";
import { isMissing } from "./group-hooks";
import {
  comparable,
  type HookAddress,
  type HookInputs,
  type HookOutputs,
  hiddenInputsOf,
  IncompleteError,
  inputsOf,
  isComplete,
  type KnownHook,
  mutableProperties,
  outputsOf,
  parseHookId,
} from "./properties";
import { busyGroup, retryWhile, unknownTopic } from "./wait";

/** What is done with a hook that the state has: it is read, updated, deleted. */

/** A hook as it is: what the state is to say of it, and the inputs that would make it so. */
export interface ReadHook {
  readonly outputs: HookOutputs;
  readonly inputs: HookInputs;
}

/**
 * Reads a hook; `undefined` when it is gone, or its whole group. `known` are the properties that the state has
 * of it; a hook that is only looked up has none, and it is an error when that one doesn't exist.
 */
export async function read(
  context: Context,
  id: string,
  known: Partial<HookOutputs>,
): Promise<ReadHook | undefined> {
  const { scalingGroupId, lifecycleHookName } = parseHookId(id);
  const isLookUp = known.region === undefined;
  const scope = await context.clients.at(known);
  const hook = await scope.hooks.find(scalingGroupId, lifecycleHookName);
  if (hook === undefined) {
    if (!isLookUp) return undefined;
    throw new Error(
      `reading lifecycle hook ${JSON.stringify(lifecycleHookName)} in scaling group ${scalingGroupId}: there is no such hook in region ${scope.region}; check the id ${JSON.stringify(id)}, the region and the project`,
    );
  }
  await warnIfMadeAnew(context, id, known, hook);
  const where = { scalingGroupId, region: scope.region, projectId: scope.projectId };
  const outputs = outputsOf(hook, where, known);
  return { outputs, inputs: inputsOf(outputs) };
}

/** Updates a hook in place: one PUT of the mutable properties; none when only hidden inputs changed. */
export async function update(
  context: Context,
  id: string,
  olds: KnownHook,
  news: HookInputs,
): Promise<HookOutputs> {
  const changed = mutableProperties.filter((name) => comparable(olds, name) !== comparable(news, name));
  if (changed.length === 0 && isComplete(olds)) return { ...withoutHidden(olds), ...hiddenInputsOf(news) };
  const address = parseHookId(id);
  const { scalingGroupId, lifecycleHookName } = address;
  const scope = await context.clients.at(olds);
  const where = { scalingGroupId, region: scope.region, projectId: scope.projectId };
  if (changed.length === 0) {
    // Only a create that could not find out what it had made leaves such a state.
    const found = await scope.hooks.find(scalingGroupId, lifecycleHookName);
    if (found === undefined) return create(context, news, false);
    return outputsOf(found, where, news);
  }
  const topic = changed.includes("notificationTopicUrn") ? [unknownTopic(context)] : [];
  const hook = await retryWhile(context, () => put(scope, address, news), [
    busyGroup(context, "update", scalingGroupId),
    ...topic,
  ]).finally(() => scope.hooks.forget(scalingGroupId));
  await warnIfMadeAnew(context, id, olds, hook);
  const outputs = outputsOf(hook, where, news);
  // No documentation says that an empty text clears the metadata, so the answer has to.
  if (comparable(news, "notificationMetadata") === undefined && hook.notificationMetadata !== undefined) {
    throw new IncompleteError(
      `updating lifecycle hook ${JSON.stringify(lifecycleHookName)} in scaling group ${scalingGroupId}: the service kept the notificationMetadata that was to be removed; set it to a text, or replace the hook (pulumi up --replace)`,
      outputs,
    );
  }
  return outputs;
}

/** The API has no id that would tell a hook from a later one of its name, but their times do. */
async function warnIfMadeAnew(
  { log }: Context,
  id: string,
  { createTime: was }: Partial<HookOutputs>,
  { createTime }: LifecycleHook,
): Promise<void> {
  if (was === undefined || was === createTime) return;
  await log(
    `the hook ${JSON.stringify(id)} was made at ${createTime}, and the one in the state at ${was}: that one was deleted and this one made elsewhere, and this resource manages it from now on. If another stack or person manages it, take this resource out of the state (pulumi state delete) and give it another lifecycleHookName`,
    { level: "warning" },
  );
}

function withoutHidden(outputs: HookOutputs): HookOutputs {
  const { __urn, __secrets, __timeouts, __import, ...visible } = outputs;
  return visible;
}

/** Deletes a hook: one DELETE. One that is gone already, or its whole group, is a success. */
export async function deleteHook(context: Context, id: string, where: Scope): Promise<void> {
  const address = parseHookId(id);
  const { scalingGroupId, lifecycleHookName } = address;
  const scope = await context.clients.at(where);
  try {
    await retryWhile(context, () => scope.client.lifecycleHooks.delete(scalingGroupId, lifecycleHookName), [
      busyGroup(context, "delete", scalingGroupId),
    ]);
  } catch (error) {
    if (await isGoneNow(error, scope, address)) return;
    throw await withHangingInstances(error, scope, scalingGroupId);
  } finally {
    scope.hooks.forget(scalingGroupId);
  }
}

/** Anything on the way can answer 404; when it is not the service that did, the group's list has to say it. */
async function isGoneNow(error: unknown, scope: ScopedClient, address: HookAddress): Promise<boolean> {
  if (!isNotFound(error)) return false;
  if (isMissing(error)) return true;
  try {
    scope.hooks.forget(address.scalingGroupId);
    return (await scope.hooks.find(address.scalingGroupId, address.lifecycleHookName)) === undefined;
  } catch {
    return false;
  }
}

/** What keeps a group busy is mostly an instance that hangs on the very hook: then it is named. */
async function withHangingInstances(
  error: unknown,
  scope: ScopedClient,
  scalingGroupId: string,
): Promise<unknown> {
  const refusal = error instanceof Error && isServiceError(error.cause) ? error.cause : undefined;
  if (!(error instanceof Error) || refusal === undefined || !isBusy(refusal)) return error;
  try {
    const instances = await scope.client.hangingInstances.list(scalingGroupId);
    const hanging = instances
      .filter(({ lifecycleHookStatus }) => lifecycleHookStatus === "HANGING")
      .map(
        ({ instanceId, lifecycleHookName, timeout }) =>
          `${instanceId} on ${lifecycleHookName} until ${timeout}`,
      );
    if (hanging.length === 0) return error;
    const text = `${error.message}; instances hang in the group: ${hanging.join(", ")}; complete them, or wait`;
    return new Error(text, { cause: error.cause });
  } catch (failure) {
    // The look-up is a courtesy; what matters is why the hook could not be deleted.
    if (isAutoScalingError(failure)) return error;
    throw failure;
  }
}
