export type { Answer } from "./answers";
export { type Emulator, startEmulator } from "./emulator";
export type { InterceptedRequest, Interceptor, Reaction } from "./interception";
export type { EmulatorOptions } from "./options";
export type { RequestLogEntry } from "./request-log";
export type { HookPatch } from "./scaling-group";
export type { ActionResult, HookType, Result, WireHangingInstance, WireLifecycleHook } from "./wire";
