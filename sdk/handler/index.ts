/** Receives what lifecycle hooks send, does the work, and calls back. Parsing and verifying load no HTTP client. */
export { isMessageError, MessageError, type MessageProblem } from "./message-error";
export { type HookMetadata, hookMetadata, type MetadataValue, readHookMetadata } from "./metadata";
export { type LifecycleNotification, parseLifecycleNotification } from "./notification";
export {
  confirmSubscription,
  type SmnMessage,
  type SmnVerification,
  verifySmnMessage,
} from "./smn-message";
