import type { Context } from "./context";
import {
  comparable,
  type HookInputs,
  type HookOutputs,
  hiddenInputsOf,
  mutableProperties,
  outputsOf,
} from "./properties";
import { busyGroup, patiently } from "./wait";

/** The hook was changed, but not into what was asked for. */
export class IncompleteUpdateError extends Error {
  override readonly name = "IncompleteUpdateError";
  /** The hook as it is now. */
  readonly outputs: HookOutputs;

  constructor(message: string, outputs: HookOutputs) {
    super(message);
    this.outputs = outputs;
  }
}

/** Updates a hook in place: one PUT of the five mutable properties; none when only hidden inputs changed. */
export async function update(context: Context, olds: HookOutputs, news: HookInputs): Promise<HookOutputs> {
  const changed = mutableProperties.filter((name) => comparable(olds, name) !== comparable(news, name));
  if (changed.length === 0) return { ...withoutHidden(olds), ...hiddenInputsOf(news) };
  const { scalingGroupId, lifecycleHookName } = olds;
  const place = await context.clients.at(olds);
  const settings = {
    lifecycleHookType: news.lifecycleHookType,
    notificationTopicUrn: news.notificationTopicUrn,
    defaultResult: news.defaultResult,
    defaultTimeout: news.defaultTimeout,
    // Left out it would stay as it is.
    notificationMetadata: news.notificationMetadata ?? "",
  };
  const hook = await patiently(
    context,
    () => place.client.lifecycleHooks.update(scalingGroupId, lifecycleHookName, settings),
    [busyGroup(context, "update", scalingGroupId)],
  );
  place.hooks.forget(scalingGroupId);
  const where = { scalingGroupId, region: place.region, projectId: place.projectId };
  const outputs = outputsOf(hook, where, news);
  // No documentation says that an empty text clears the metadata, so the answer has to.
  if (comparable(news, "notificationMetadata") === undefined && hook.notificationMetadata !== undefined) {
    throw new IncompleteUpdateError(
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
