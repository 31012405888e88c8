/**
 * The dynamic provider of scaling groups' activations: what `__provider` in every state loads, as
 * `pulumi-huaweicloud-as/activation-runtime`. The module itself is the provider.
 */
import type { ActivationInputs, ActivationOutputs } from "./core/activation/properties";
import { ActivationRun } from "./core/activation/run";
import { scalingGroupActivationToken } from "./core/urn";
import { providerOf } from "./host-provider";

const provider = providerOf<ActivationInputs, ActivationOutputs>({
  token: scalingGroupActivationToken,
  start: (settings, log) => new ActivationRun(settings, log),
  idOf: ({ scalingGroupId }) => scalingGroupId,
});

export const { configure, check, diff, create, read, update } = provider;
const { delete: remove } = provider;

export { remove as delete };
