/** Receives what lifecycle hooks send, does the work, and calls back. Parsing and verifying load no HTTP client. */
export { createLifecycleHandler, type FunctionGraphContext, type LifecycleHandler } from "./handler";
export { isMessageError, MessageError, type MessageProblem } from "./message-error";
export { type HookMetadata, hookMetadata, type MetadataValue, readHookMetadata } from "./metadata";
export { type LifecycleNotification, parseLifecycleNotification } from "./notification";
export type {
  HandlerClient,
  HandlerClock,
  HandlerEvent,
  HangingWork,
  LifecycleHandlerOptions,
  Work,
} from "./options";
export type { Verdict } from "./schedule";
export { confirmSubscription, type SmnMessage, type SmnVerification, verifySmnMessage } from "./smn-message";
