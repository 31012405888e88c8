import { isDuplicateName, isGone, isUnknownTopic } from "../../sdk/error-codes";
import { isAmbiguousError, isServiceError } from "../../sdk/errors";
import type { LifecycleHook } from "../../sdk/schemas";
import { autoName } from "./auto-name";
import type { Context, PlacedClient } from "./context";
import { formatHookId } from "./hook-id";
import { comparable, type HookInputs, type HookOutputs, mutableProperties, outputsOf } from "./properties";
import { busyGroup, patiently } from "./wait";

/** A topic made in the same run is known to the service after some seconds. In milliseconds. */
const topicPatience = 30_000;
/** How often a create whose answer was lost, and which left no hook, is sent again. */
const resends = 2;

/** Creates a hook: one POST, whose answer holds every output. */
export async function create(context: Context, inputs: HookInputs): Promise<HookOutputs> {
  const place = await context.clients.at();
  const hook = await patiently(context, () => createOrFind(place, inputs), [
    busyGroup(context, "create", inputs.scalingGroupId),
    {
      with: isUnknownTopic,
      timeout: Math.min(topicPatience, context.timeout),
      waiting: "waiting until Auto Scaling knows the notification topic",
      advice: "is the topic in the group's region and project?",
    },
  ]);
  place.hooks.forget(inputs.scalingGroupId);
  return outputsOf(
    hook,
    { scalingGroupId: inputs.scalingGroupId, region: place.region, projectId: place.projectId },
    inputs,
  );
}

/** Creates the hook, or finds it where an earlier request of ours has made it already. */
async function createOrFind(place: PlacedClient, inputs: HookInputs): Promise<LifecycleHook> {
  const { scalingGroupId } = inputs;
  for (let lost = 0; ; lost++) {
    try {
      return await place.client.lifecycleHooks.create(scalingGroupId, settingsOf(inputs));
    } catch (error) {
      if (isAmbiguousError(error)) {
        const found = await find(place, inputs);
        if (found !== undefined) return sameOrRefuse(found, inputs);
        if (lost < resends) continue;
      }
      // A hook that was named automatically carries the hash of our URN: an interrupted run of ours left it.
      if (isServiceError(error) && isDuplicateName(error)) {
        const found = await find(place, inputs);
        if (found !== undefined)
          return isAutoNamed(inputs) ? sameOrRefuse(found, inputs) : refuse(found, inputs);
      }
      throw error;
    }
  }
}

async function find(place: PlacedClient, inputs: HookInputs): Promise<LifecycleHook | undefined> {
  try {
    return await place.client.lifecycleHooks.get(inputs.scalingGroupId, inputs.lifecycleHookName);
  } catch (error) {
    if (isServiceError(error) && isGone(error)) return undefined;
    throw error;
  }
}

function sameOrRefuse(found: LifecycleHook, inputs: HookInputs): LifecycleHook {
  const same = mutableProperties.every((name) => comparable(found, name) === comparable(inputs, name));
  return same ? found : refuse(found, inputs);
}

function refuse(found: LifecycleHook, inputs: HookInputs): never {
  const { scalingGroupId, lifecycleHookName: name } = inputs;
  const differing = mutableProperties.filter(
    (property) => comparable(found, property) !== comparable(inputs, property),
  );
  const comparison =
    differing.length === 0 ? "with the same settings" : `that differs in ${differing.join(", ")}`;
  throw new Error(
    `creating lifecycle hook ${JSON.stringify(name)} in scaling group ${scalingGroupId}: the group already has a hook of this name, ${comparison} (AS.7041); choose another name, or take that hook over with the option import: ${JSON.stringify(formatHookId(inputs))}`,
  );
}

function isAutoNamed({ __urn: urn, lifecycleHookName }: HookInputs): boolean {
  return urn !== undefined && autoName(urn) === lifecycleHookName;
}

function settingsOf(inputs: HookInputs) {
  const { notificationMetadata } = inputs;
  return {
    lifecycleHookName: inputs.lifecycleHookName,
    lifecycleHookType: inputs.lifecycleHookType,
    notificationTopicUrn: inputs.notificationTopicUrn,
    defaultResult: inputs.defaultResult,
    defaultTimeout: inputs.defaultTimeout,
    ...(notificationMetadata ? { notificationMetadata } : {}),
  };
}
