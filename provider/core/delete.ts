import { isBusy, isNotFound } from "../../sdk/error-codes";
import { isAutoScalingError, isServiceError } from "../../sdk/errors";
import type { Context, Place, PlacedClient } from "./context";
import { isCertainlyGone } from "./gone";
import { type HookAddress, parseHookId } from "./hook-id";
import { busyGroup, patiently } from "./wait";

/** Deletes a hook: one DELETE. One that is gone already, or its whole group, is a success. */
export async function deleteHook(context: Context, id: string, where: Place): Promise<void> {
  const address = parseHookId(id);
  const { scalingGroupId, lifecycleHookName } = address;
  const place = await context.clients.at(where);
  try {
    await patiently(context, () => place.client.lifecycleHooks.delete(scalingGroupId, lifecycleHookName), [
      busyGroup(context, "delete", scalingGroupId),
    ]);
  } catch (error) {
    if (await isGoneNow(error, place, address)) return;
    throw await withHangingInstances(error, place, scalingGroupId);
  } finally {
    place.hooks.forget(scalingGroupId);
  }
}

/** Anything on the way can answer 404; when it is not the service that did, the group's list has to say it. */
async function isGoneNow(error: unknown, place: PlacedClient, address: HookAddress): Promise<boolean> {
  if (!isNotFound(error)) return false;
  if (isCertainlyGone(error)) return true;
  try {
    place.hooks.forget(address.scalingGroupId);
    return (await place.hooks.find(address.scalingGroupId, address.lifecycleHookName)) === undefined;
  } catch {
    return false;
  }
}

/** What keeps a group busy is mostly an instance that hangs on the very hook: then it is named. */
async function withHangingInstances(
  error: unknown,
  place: PlacedClient,
  scalingGroupId: string,
): Promise<unknown> {
  const refusal = error instanceof Error && isServiceError(error.cause) ? error.cause : undefined;
  if (!(error instanceof Error) || refusal === undefined || !isBusy(refusal)) return error;
  try {
    const instances = await place.client.hangingInstances.list(scalingGroupId);
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
