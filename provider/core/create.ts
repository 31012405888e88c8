import { isDuplicateName, isNotFound } from "../../sdk/error-codes";
import { isAmbiguousError, isInvalidResponseError } from "../../sdk/errors";
import type { LifecycleHook } from "../../sdk/schemas";
import { findToAdopt } from "./adopt";
import { isAutoNamed } from "./auto-name";
import type { Context, PlacedClient } from "./context";
import { formatHookId } from "./hook-id";
import { IncompleteError } from "./incomplete";
import { comparable, type HookInputs, type HookOutputs, mutableProperties, outputsOf } from "./properties";
import { busyGroup, patiently, unknownTopic } from "./wait";

/** How often a create whose answer was lost, and which left no hook, is sent again. */
const resends = 2;

/** A hook that is there now. */
export interface Created {
  readonly outputs: HookOutputs;
  /** Whether this operation has made it, or found it there. */
  readonly made: boolean;
}

interface Found {
  readonly hook: LifecycleHook;
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
  try {
    const { hook, made } = await patiently(context, () => createOrFind(place, inputs), [
      busyGroup(context, "create", inputs.scalingGroupId),
      unknownTopic(context),
    ]);
    return { outputs: outputsOf(hook, where, inputs), made };
  } finally {
    place.hooks.forget(inputs.scalingGroupId);
  }
}

/** Creates the hook, or finds it where an earlier request of ours has made it already. */
async function createOrFind(place: PlacedClient, inputs: HookInputs): Promise<Found> {
  const { scalingGroupId } = inputs;
  for (let lost = 0; ; lost++) {
    try {
      const hook = await place.client.lifecycleHooks.create(scalingGroupId, settingsOf(inputs));
      return { hook, made: true };
    } catch (error) {
      if (isAmbiguousError(error)) {
        const found = await find(place, inputs, error);
        if (found !== undefined) return { hook: sameOrRefuse(found, inputs), made: true };
        if (lost < resends) continue;
      }
      // A hook that was named automatically carries the hash of our URN: an interrupted run of ours left it.
      if (isDuplicateName(error)) {
        const found = await find(place, inputs, error);
        if (found !== undefined && !isAutoNamed(inputs)) refuse(found, inputs);
        if (found !== undefined) return { hook: sameOrRefuse(found, inputs), made: false };
      }
      if (isInvalidResponseError(error)) return readInstead(place, inputs, error);
      throw error;
    }
  }
}

/** The hook was made, but the answer does not describe it: it is read, or kept with what is known of it. */
async function readInstead(place: PlacedClient, inputs: HookInputs, error: Error): Promise<Found> {
  const { region, projectId } = place;
  const found = await find(place, inputs, error).catch((failure: Error) => {
    throw new IncompleteError(failure.message, { ...inputs, region, projectId });
  });
  if (found === undefined) throw error;
  return { hook: sameOrRefuse(found, inputs), made: true };
}

/** Looks whether the hook is there, after a failure that leaves it open. */
async function find(
  place: PlacedClient,
  inputs: HookInputs,
  failure: Error,
): Promise<LifecycleHook | undefined> {
  try {
    return await place.client.lifecycleHooks.get(inputs.scalingGroupId, inputs.lifecycleHookName);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    const text = error instanceof Error ? error.message : String(error);
    throw new Error(`${failure.message}; looking for it failed, too: ${text}; run pulumi up again`, {
      cause: failure,
    });
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
