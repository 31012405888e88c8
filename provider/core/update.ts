import { isNotFound } from "../../sdk/error-codes";
import type { LifecycleHook } from "../../sdk/schemas";
import type { Context, PlacedClient } from "./context";
import { create } from "./create";
import { parseHookId } from "./hook-id";
import { IncompleteError, type KnownHook } from "./incomplete";
import {
  comparable,
  type HookInputs,
  type HookOutputs,
  hiddenInputsOf,
  mutableProperties,
  outputsOf,
} from "./properties";
import { busyGroup, patiently, unknownTopic } from "./wait";

/** Updates a hook in place: one PUT of the five mutable properties; none when only hidden inputs changed. */
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
  const place = await context.clients.at(olds);
  const where = { scalingGroupId, region: place.region, projectId: place.projectId };
  if (changed.length === 0) {
    // Only a create that could not find out what it had made leaves such a state.
    const found = await place.hooks.find(scalingGroupId, lifecycleHookName);
    if (found === undefined) return (await create(context, news, undefined)).outputs;
    return outputsOf(found, where, news);
  }
  const topic = changed.includes("notificationTopicUrn") ? [unknownTopic(context)] : [];
  const hook = await patiently(context, () => put(place, address, news), [
    busyGroup(context, "update", scalingGroupId),
    ...topic,
  ]).finally(() => place.hooks.forget(scalingGroupId));
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

async function put(
  place: PlacedClient,
  { scalingGroupId, lifecycleHookName }: ReturnType<typeof parseHookId>,
  news: HookInputs,
): Promise<LifecycleHook> {
  const settings = {
    lifecycleHookType: news.lifecycleHookType,
    notificationTopicUrn: news.notificationTopicUrn,
    defaultResult: news.defaultResult,
    defaultTimeout: news.defaultTimeout,
    // Left out it would stay as it is.
    notificationMetadata: news.notificationMetadata ?? "",
  };
  try {
    return await place.client.lifecycleHooks.update(scalingGroupId, lifecycleHookName, settings);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const text = `${error.message}; if somebody has deleted it, pulumi up --refresh makes it again`;
    throw new Error(text, { cause: error });
  }
}

function isComplete(olds: KnownHook): olds is HookOutputs {
  return olds.createTime !== undefined && olds.notificationTopicName !== undefined;
}

function withoutHidden(outputs: HookOutputs): HookOutputs {
  const { __urn, __secrets, __timeouts, __import, ...visible } = outputs;
  return visible;
}
