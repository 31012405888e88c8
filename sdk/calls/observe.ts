import type { AutoScalingError } from "../errors/errors";
import type { OperationName } from "./operations";

/** A request that is about to be sent. No header is among it: some of them sign. */
export interface RequestEvent {
  readonly operation: OperationName;
  readonly method: string;
  readonly url: string;
  /** 0 for the first attempt. */
  readonly attempt: number;
}

/** The response to a request, or the failure that kept it from coming. */
export interface ResponseEvent extends RequestEvent {
  readonly durationMs: number;
  /** Missing when no response came. */
  readonly status?: number | undefined;
  /** The service's id of the request, for its support. */
  readonly requestId?: string | undefined;
  /** The service's own time when it answered, from the `Date` header: whole seconds. Missing when it gave none. */
  readonly date?: Date | undefined;
  /** Why no response came. */
  readonly failure?: string | undefined;
}

/** An attempt that failed, and that another one follows. */
export interface RetryEvent extends RequestEvent {
  /** The error in which the call would have ended. */
  readonly error: AutoScalingError;
  /** Milliseconds until the next attempt; missing where the rate limiter decides, and after a new sign-in. */
  readonly delayMs?: number | undefined;
}

/**
 * Observes the requests: for logs, metrics and tests. A callback may be asynchronous; no call waits for it, and one
 * that throws or rejects changes nothing; the first time it is told as a warning of the process.
 */
export interface Observer {
  readonly onRequest?: ((event: RequestEvent) => unknown) | undefined;
  readonly onResponse?: ((event: ResponseEvent) => unknown) | undefined;
  readonly onRetry?: ((event: RetryEvent) => unknown) | undefined;
}

/** Calls the callbacks of observers, which can neither delay nor end a call. */
export class Notifier {
  #hasWarned = false;

  /** The event is made only for those that observe. */
  notify<Event>(callback: ((event: Event) => unknown) | undefined, event: () => Event): void {
    if (callback === undefined) return;
    try {
      const result = callback(Object.freeze(event()));
      if (result instanceof Object) Promise.resolve(result).catch((error) => this.#warn(error));
    } catch (error) {
      this.#warn(error);
    }
  }

  /** Once: an observer that fails mostly fails each time. */
  #warn(error: unknown): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    process.emitWarning(`an observer of the client failed: ${error}`, { code: "HUAWEICLOUD_AS_OBSERVER" });
  }
}

/** With `HW_DEBUG=1` each response is a line on stderr; the given observer hears it too. */
export function debugObserver(environment: NodeJS.ProcessEnv, given: Observer): Observer {
  if (environment.HW_DEBUG !== "1") return given;
  return {
    onRequest: given.onRequest,
    onResponse: (event) => {
      process.stderr.write(`${debugLine(event)}\n`);
      return given.onResponse?.(event);
    },
    onRetry: given.onRetry,
  };
}

/** `huaweicloud-as: PUT https://… 200 in 12 ms (request 4f…)` */
function debugLine(event: ResponseEvent): string {
  const outcome = event.status ?? event.failure ?? "no response";
  const again = event.attempt > 0 ? `, try ${event.attempt + 1}` : "";
  const requestId = event.requestId === undefined ? "" : ` (request ${event.requestId})`;
  return `huaweicloud-as: ${event.method} ${event.url} ${outcome} in ${Math.round(event.durationMs)} ms${again}${requestId}`;
}
