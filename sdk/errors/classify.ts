import { type CallDescription, type Operation, operations } from "../calls/operations";
import type { AttemptResult, HttpResponse } from "../http/exchange";
import { type ErrorBody, readErrorBody } from "./body";
import { explanationOf, kindOf } from "./codes";
import { describeFailure, isLasting, isTimeout, withoutData } from "./connection";
import {
  AmbiguousError,
  type AutoScalingError,
  ConnectionError,
  isAutoScalingError,
  ServiceError,
  TimeoutError,
} from "./errors";
import { redact } from "./redaction";

/** The call that failed, and what must not be said of it. */
export interface FailedCall extends CallDescription {
  readonly secrets: readonly (string | undefined)[];
  /** Where the credentials came from. */
  readonly credentialsSource: string;
  /** By an access key, whose signatures are dated; a token's are not. */
  readonly signed: boolean;
}

/** The error in which an attempt ends, and whether another attempt may follow. */
export interface Classification {
  readonly error: AutoScalingError;
  /**
   * `soon`: after a short delay, a few times. `throttled`: whenever the rate limiter allows. `signIn`: once, with a new
   * token. `never`: the call is over.
   */
  readonly again: "soon" | "throttled" | "signIn" | "never";
  /** Whether the attempt may have taken effect, so that a refusal of the next one may come from its success. */
  readonly isInDoubt: boolean;
}

/** Classifies an attempt that was not a success. `now` is the time of day, for telling that a clock is wrong. */
export function classify(call: FailedCall, result: AttemptResult, now: number): Classification {
  const { repeatable }: Operation = operations[call.operation];
  if ("failure" in result) {
    const { failure, wasSent } = result;
    if (isAutoScalingError(failure)) return { error: failure, again: "never", isInDoubt: false };
    const isHarmless = repeatable === "always" || !wasSent;
    const mayPass = isHarmless && !isLasting(failure);
    const error = noResponseError(call, failure, isHarmless, mayPass);
    return { error, again: mayPass ? "soon" : "never", isInDoubt: wasSent };
  }
  const error = serviceError(call, result.response, now);
  const kind = kindOf(error);
  if (error.status === 401) return { error, again: "signIn", isInDoubt: false };
  if (kind === "throttled") return { error, again: "throttled", isInDoubt: false };
  if (kind !== "transient") return { error, again: "never", isInDoubt: false };
  if (wasNotServed(error)) return { error, again: "soon", isInDoubt: false };
  // A 500 without a code is a proxy's: the service's own response may have been lost behind it.
  const isServiceOwn = error.status === 500 && error.code !== undefined;
  if (repeatable === "always" || (repeatable === "afterServiceError" && isServiceOwn)) {
    return { error, again: "soon", isInDoubt: true };
  }
  return { error: ambiguous(call, error.message, error), again: "never", isInDoubt: true };
}

/** Whether the service takes fewer requests just now: the gateway says so by the status, or by its code alone. */
export function isThrottledResponse({ status, body }: HttpResponse): boolean {
  return status >= 400 && kindOf({ status, code: readErrorBody(body, (text) => text).code }) === "throttled";
}

/**
 * The error for a refusal that an earlier attempt of the same call may have caused: the service had answered it
 * with an internal error, and now the name is taken.
 */
export function ambiguous(call: FailedCall, text: string, cause: unknown): AmbiguousError {
  const told = cause instanceof ServiceError ? cause : undefined;
  return new AmbiguousError(`${text}; it may have taken effect or not, and was not sent again`, {
    operation: call.operation,
    status: told?.status,
    code: told?.code,
    requestId: told?.requestId,
    cause,
  });
}

/** The gateway could not check the credentials, and so has not passed the request on. */
function wasNotServed({ code }: ServiceError): boolean {
  return code === "APIGW.0613";
}

function serviceError(call: FailedCall, response: HttpResponse, now: number): ServiceError {
  const said = readErrorBody(response.body, (text) => redact(text, call.secrets));
  const failure = { status: response.status, code: said.code };
  const kind = kindOf(failure);
  const requestId = requestIdOf(response, call.secrets, said);
  const references = [said.code ?? `HTTP ${response.status}`, requestId && `request ${requestId}`];
  const text = `${call.doing}: ${reason(call, response, said, now)} (${references.filter(Boolean).join(", ")})`;
  return new ServiceError(redact(text, call.secrets), {
    ...failure,
    operation: call.operation,
    requestId,
    retryable: kind === "throttled" || kind === "transient",
    serviceMessage: said.message,
  });
}

/** The error when no response came; a call that must not be sent twice may have taken effect. */
function noResponseError(
  call: FailedCall,
  failure: unknown,
  harmless: boolean,
  retryable: boolean,
): AutoScalingError {
  const text = redact(`${call.doing}: no response: ${describeFailure(failure)}`, call.secrets);
  const cause = withoutData(failure);
  if (!harmless) return ambiguous(call, text, cause);
  const NoResponse = isTimeout(failure) ? TimeoutError : ConnectionError;
  return new NoResponse(text, { operation: call.operation, retryable, cause });
}

/** The service's id of the request, for its support. Any server may have put anything there. */
export function requestIdOf(
  response: HttpResponse,
  secrets: readonly (string | undefined)[],
  said?: ErrorBody,
): string | undefined {
  const header = response.headers["x-request-id"] ?? response.headers["x-iam-trace-id"];
  return typeof header === "string" ? redact(header, secrets) : said?.requestId;
}

function reason(call: FailedCall, response: HttpResponse, said: ErrorBody, now: number): string {
  const skew = response.status === 401 && call.signed ? clockSkew(response, now) : undefined;
  if (skew !== undefined) return skew;
  if (response.status >= 300 && response.status < 400) {
    return `the endpoint answered with a redirect to ${response.headers.location}, which is not followed since a signature must not travel; set the endpoint that it names, if you trust it`;
  }
  const explanation = explanationOf(said.code);
  const quote = said.message === undefined ? "" : `: "${said.message}"`;
  if (kindOf({ status: response.status, code: said.code }) === "permission") {
    const { actions }: Operation = operations[call.operation];
    const meaning = explanation?.meaning ?? "permission denied";
    const allowed =
      actions.length === 0
        ? "the trust policy must allow it"
        : `the policy must allow ${actions.join(" or ")}`;
    return `${meaning}; ${allowed}${quote}`;
  }
  const source = response.status === 401 ? ` (they come from ${call.credentialsSource})` : "";
  if (explanation === undefined) {
    return source === "" ? `the service refused it${quote}` : `the credentials were refused${source}${quote}`;
  }
  return `${explanation.meaning}; ${explanation.remedy}${source}${explanation.quote ? quote : ""}`;
}

/** A signature is refused when the clocks are more than 15 minutes apart; the server's `Date` tells. */
function clockSkew(response: HttpResponse, now: number): string | undefined {
  const header = response.headers.date;
  const minutes = (now - Date.parse(typeof header === "string" ? header : "")) / 60_000;
  if (!(Math.abs(minutes) > 15)) return undefined;
  const direction = minutes > 0 ? "ahead of" : "behind";
  return `the credentials were refused because this machine's clock is ${Math.round(Math.abs(minutes))} minutes ${direction} the service's; set the clock`;
}
