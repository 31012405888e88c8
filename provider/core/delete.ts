import { isBusy, isNotFound } from "../../sdk/errors/codes";
import { isAutoScalingError, isServiceError } from "../../sdk/errors/errors";
import type { Context, Scope, ScopedClient } from "./context";
import { isMissing } from "./group-hooks";
import { type HookAddress, parseHookId } from "./properties";
import { busyGroup, retryWhile } from "./wait";

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
