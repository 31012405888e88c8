import { isDuplicateName, isGone, isUnknownTopic } from "../../sdk/error-codes";
import { isAmbiguousError, isServiceError } from "../../sdk/errors";
import type { LifecycleHook } from "../../sdk/schemas";
import { findToAdopt } from "./adopt";
import { autoName } from "./auto-name";
import type { Context, PlacedClient } from "./context";
import { formatHookId } from "./hook-id";
import { comparable, type HookInputs, type HookOutputs, mutableProperties, outputsOf } from "./properties";
import { busyGroup, patiently } from "./wait";

/** A topic made in the same run is known to the service after some seconds. In milliseconds. */
const topicPatience = 30_000;
/** How often a create whose answer was lost, and which left no hook, is sent again. */
const resends = 2;

/** A hook that is there now. */
export interface Created {
  readonly outputs: HookOutputs;
  /** Whether this operation has made it, or found it there. */
  readonly made: boolean;
}

/**
 * Creates a hook: one POST, whose answer holds every output. A hook that is to be imported is taken over instead,
 * unless it is gone by now (a replacement deletes it first).
 */
export async function create(
  context: Context,
  inputs: HookInputs,
  adopt: string | undefined,
): Promise<Created> {
  const place = await context.clients.at();
  const where = { scalingGroupId: inputs.scalingGroupId, region: place.region, projectId: place.projectId };
  const adopted = adopt === undefined ? undefined : await findToAdopt(context, adopt, inputs);
  if (adopted !== undefined) return { outputs: outputsOf(adopted, where, inputs), made: false };
  const { hook, made } = await patiently(context, () => createOrFind(place, inputs), [
    busyGroup(context, "create", inputs.scalingGroupId),
    {
      with: isUnknownTopic,
      timeout: Math.min(topicPatience, context.timeout),
      waiting: "waiting until Auto Scaling knows the notification topic",
      advice: "is the topic in the group's region and project?",
    },
  ]);
  place.hooks.forget(inputs.scalingGroupId);
  return { outputs: outputsOf(hook, where, inputs), made };
}

/** Creates the hook, or finds it where an earlier request of ours has made it already. */
async function createOrFind(
  place: PlacedClient,
  inputs: HookInputs,
): Promise<{ hook: LifecycleHook; made: boolean }> {
  const { scalingGroupId } = inputs;
  for (let lost = 0; ; lost++) {
    try {
      const hook = await place.client.lifecycleHooks.create(scalingGroupId, settingsOf(inputs));
      return { hook, made: true };
    } catch (error) {
      if (isAmbiguousError(error)) {
        const found = await find(place, inputs);
        if (found !== undefined) return { hook: sameOrRefuse(found, inputs), made: true };
        if (lost < resends) continue;
      }
      // A hook that was named automatically carries the hash of our URN: an interrupted run of ours left it.
      if (isServiceError(error) && isDuplicateName(error)) {
        const found = await find(place, inputs);
        if (found !== undefined && !isAutoNamed(inputs)) refuse(found, inputs);
        if (found !== undefined) return { hook: sameOrRefuse(found, inputs), made: false };
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
