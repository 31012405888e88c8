const brand = Symbol.for("pulumi-huaweicloud-as/message-error");

/**
 * Why a message is refused:
 * - `malformed`: it can't be read;
 * - `foreign`: it is of a topic, or leads to a host, that is not expected;
 * - `forged`: its signature does not fit;
 * - `certificate`: there is no certificate to check it with, now: the only one for which it is worth sending again;
 * - `unknown`: it is of a type that SMN has added.
 */
export type MessageProblem = "malformed" | "foreign" | "forged" | "certificate" | "unknown";

/** A message that is not one of a lifecycle hook's, or that can't be trusted. */
export class MessageError extends Error {
  override readonly name = "MessageError";
  readonly problem: MessageProblem;

  constructor(problem: MessageProblem, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.problem = problem;
    Object.defineProperty(this, brand, { value: true });
  }
}

/** Whether a value is a `MessageError`, also one of another copy of this package. */
export function isMessageError(value: unknown): value is MessageError {
  return typeof value === "object" && value !== null && brand in value;
}
