export type { HookPatch } from "./autoscaling/groups";
export type {
  ActionResult,
  HookType,
  Result,
  WireHangingInstance,
  WireLifecycleHook,
} from "./autoscaling/hooks";
export { type Emulator, startEmulator } from "./emulator";
export type { InterceptedRequest, Interceptor, Reaction } from "./http/interception";
export type { Answer } from "./http/refusals";
export type { RequestLogEntry } from "./http/request-log";
export type { EmulatorOptions } from "./options";
