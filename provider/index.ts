/** Huawei Cloud Auto Scaling lifecycle hooks for Pulumi. */
export {
  type DefaultResult,
  LifecycleHook,
  type LifecycleHookArgs,
  type LifecycleHookState,
  type LifecycleHookType,
} from "./lifecycle-hook";
export {
  LifecycleHooks,
  type LifecycleHooksActivation,
  type LifecycleHooksArgs,
  type LifecycleHooksItem,
  type Topic,
} from "./lifecycle-hooks";
export {
  type GetHangingInstancesArgs,
  type GetLifecycleHookArgs,
  type GetLifecycleHookResult,
  type GetLifecycleHooksArgs,
  getHangingInstances,
  getHangingInstancesOutput,
  getLifecycleHook,
  getLifecycleHookOutput,
  getLifecycleHooks,
  getLifecycleHooksOutput,
  type Inputs,
  type LookUpOptions,
} from "./look-ups";
export { Provider, type ProviderArgs } from "./provider";
export {
  ScalingGroupActivation,
  type ScalingGroupActivationArgs,
  type ScalingGroupActivationState,
} from "./scaling-group-activation";
