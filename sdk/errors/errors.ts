/**
 * One family of errors for everything a call can end in. Guards look at a brand rather than at the class, so
 * that they work when two copies of the package are loaded.
 */
const brand = Symbol.for("pulumi-huaweicloud-as/error");

interface AutoScalingErrorDetails {
  /** The client's method: `lifecycleHooks.create`. */
  readonly operation: string;
  /** The HTTP status, if there was a response. */
  readonly status?: number | undefined;
  /** The service's or the gateway's code, such as `AS.7038`. */
  readonly code?: string | undefined;
  readonly requestId?: string | undefined;
  /** Whether the same call may succeed later, unchanged. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/** The base of all errors of this package. */
export class AutoScalingError extends Error {
  override readonly name: string = "AutoScalingError";
  readonly operation: string;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly requestId: string | undefined;
  readonly retryable: boolean;

  constructor(message: string, details: AutoScalingErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.operation = details.operation;
    this.status = details.status;
    this.code = details.code;
    this.requestId = details.requestId;
    this.retryable = details.retryable ?? false;
    Object.defineProperty(this, brand, { value: true });
  }
}

/** The input breaks a rule; nothing was sent. `problems` names each property with what is wrong. */
export class InvalidInputError extends AutoScalingError {
  override readonly name = "InvalidInputError";
  readonly problems: readonly string[];

  constructor(message: string, details: AutoScalingErrorDetails & { readonly problems: readonly string[] }) {
    super(message, details);
    this.problems = details.problems;
  }
}

/** The service, the gateway or a proxy answered with an error status. */
export class ServiceError extends AutoScalingError {
  override readonly name = "ServiceError";
  /** The response's own words. */
  readonly serviceMessage: string | undefined;

  constructor(
    message: string,
    details: AutoScalingErrorDetails & {
      readonly status: number;
      readonly serviceMessage?: string | undefined;
    },
  ) {
    super(message, details);
    this.serviceMessage = details.serviceMessage;
  }
}

/** The status said success, but the body is not what the API documents. */
export class InvalidResponseError extends AutoScalingError {
  override readonly name = "InvalidResponseError";
}

/** No response came: the connection failed, or the client was closed. A `TimeoutError` is one, too. */
export class ConnectionError extends AutoScalingError {
  override readonly name: "ConnectionError" | "TimeoutError" = "ConnectionError";
}

/** Time ran out: for connecting, for the response, for the whole call, or for a wait. */
export class TimeoutError extends ConnectionError {
  override readonly name = "TimeoutError";
}

/**
 * A create or a callback was sent, but its response was lost, or was an error behind which it may have taken effect. It
 * was not sent again. Get the hook, or list the hanging instances, to decide.
 */
export class AmbiguousError extends AutoScalingError {
  override readonly name = "AmbiguousError";
}

/** Credentials, region, project or an option can't be used; nothing was sent to the service. */
export class ConfigurationError extends AutoScalingError {
  override readonly name = "ConfigurationError";
}

/** Whether a value is an error of this package, whichever copy of it threw. */
export function isAutoScalingError(value: unknown): value is AutoScalingError {
  return typeof value === "object" && value !== null && brand in value;
}

/** Whether a value is the error that says: an input broke a rule, and nothing was sent. */
export const isInvalidInputError = guard<InvalidInputError>("InvalidInputError");
/** Whether a value is the error that says: the service, its gateway or a proxy answered with an error status. */
export const isServiceError = guard<ServiceError>("ServiceError");
/** Whether a value is the error that says: a success had a body that the API does not document. */
export const isInvalidResponseError = guard<InvalidResponseError>("InvalidResponseError");
/** Whether a value is the error that says: no response came. True of a `TimeoutError` as well. */
export const isConnectionError = guard<ConnectionError>("ConnectionError", "TimeoutError");
/** Whether a value is the error that says: time ran out. */
export const isTimeoutError = guard<TimeoutError>("TimeoutError");
/** Whether a value is the error that says: a call that must not be sent twice may have taken effect. */
export const isAmbiguousError = guard<AmbiguousError>("AmbiguousError");
/** Whether a value is the error that says: credentials, region, project or an option can't be used. */
export const isConfigurationError = guard<ConfigurationError>("ConfigurationError");

function guard<T extends AutoScalingError>(...names: readonly string[]) {
  return (value: unknown): value is T => isAutoScalingError(value) && names.includes(value.name);
}
