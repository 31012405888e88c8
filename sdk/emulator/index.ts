export type { WireInstance } from "./autoscaling/group-wire";
export type {
  ActionResult,
  HookPatch,
  HookType,
  Result,
  WireHangingInstance,
  WireLifecycleHook,
} from "./autoscaling/hooks";
export { type Clock, ManualClock } from "./clock";
export { type Emulator, startEmulator } from "./emulator";
export type { LifecycleEvent } from "./feed";
export type { Fault } from "./http/faults";
export type { InterceptedRequest, Interceptor, Reaction } from "./http/interception";
export type { Answer } from "./http/refusals";
export type { RequestLogEntry } from "./http/request-log";
export type { EmulatorOptions, Unknowns } from "./options";
export type { Delivery } from "./smn/delivery";
export type { PublishedMessage } from "./smn/topics";
