import type { Context } from "./context";
import { type HookInputs, type HookOutputs, inputsOf, outputsOf, parseHookId } from "./properties";

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
  const where = { scalingGroupId, region: scope.region, projectId: scope.projectId };
  const outputs = outputsOf(hook, where, known);
  return { outputs, inputs: inputsOf(outputs) };
}
