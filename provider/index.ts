/** Huawei Cloud Auto Scaling lifecycle hooks for Pulumi. */
export {
  type DefaultResult,
  LifecycleHook,
  type LifecycleHookArgs,
  type LifecycleHookState,
  type LifecycleHookType,
} from "./lifecycle-hook";
export { Provider, type ProviderArgs } from "./provider";
