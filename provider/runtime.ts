/**
 * The dynamic provider of lifecycle hooks: what `__provider` in every state loads, as `pulumi-huaweicloud-as/runtime`. The
 * module itself is the provider; there is one for each of the engine's plugin processes.
 */
import { formatHookId, type HookInputs, type HookOutputs } from "./core/properties";
import { Run } from "./core/run";
import { lifecycleHookToken } from "./core/urn";
import { providerOf } from "./host-provider";

const provider = providerOf<HookInputs, HookOutputs>({
  token: lifecycleHookToken,
  start: (settings, log) => new Run(settings, log),
  idOf: formatHookId,
});

export const { configure, check, diff, create, read, update } = provider;
const { delete: remove } = provider;

export { remove as delete };
