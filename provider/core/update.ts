import type { Context } from "./context";
import { create, put } from "./create";
import {
  comparable,
  type HookInputs,
  type HookOutputs,
  hiddenInputsOf,
  IncompleteError,
  isComplete,
  type KnownHook,
  mutableProperties,
  outputsOf,
  parseHookId,
} from "./properties";
import { busyGroup, retryWhile, unknownTopic } from "./wait";

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

function withoutHidden(outputs: HookOutputs): HookOutputs {
  const { __urn, __secrets, __timeouts, __import, ...visible } = outputs;
  return visible;
}
