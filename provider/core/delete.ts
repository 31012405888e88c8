import { isBusyGroup, isGone } from "../../sdk/error-codes";
import { isAutoScalingError, isServiceError } from "../../sdk/errors";
import type { Context, PlacedClient } from "./context";
import type { HookOutputs } from "./properties";
import { busyGroup, patiently } from "./wait";

/** Deletes a hook: one DELETE. One that is gone already, or its whole group, is a success. */
export async function deleteHook(context: Context, hook: HookOutputs): Promise<void> {
  const { scalingGroupId, lifecycleHookName } = hook;
  const place = await context.clients.at(hook);
  try {
    await patiently(context, () => place.client.lifecycleHooks.delete(scalingGroupId, lifecycleHookName), [
      busyGroup(context, "delete", scalingGroupId),
    ]);
  } catch (error) {
    if (isServiceError(error) && isGone(error)) return;
    throw await withHangingInstances(error, place, hook);
  } finally {
    place.hooks.forget(scalingGroupId);
  }
}

/** What keeps a group busy is mostly an instance that hangs on the very hook: then it is named. */
async function withHangingInstances(
  error: unknown,
  place: PlacedClient,
  hook: HookOutputs,
): Promise<unknown> {
  const refusal = error instanceof Error && isServiceError(error.cause) ? error.cause : undefined;
  if (!(error instanceof Error) || refusal === undefined || !isBusyGroup(refusal)) return error;
  try {
    const instances = await place.client.hangingInstances.list(hook.scalingGroupId);
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
