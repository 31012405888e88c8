import type { OperationName } from "./operations";

/** A request that is about to be sent. No header is among it: some of them sign. */
export interface RequestEvent {
  readonly operation: OperationName;
  readonly method: string;
  readonly url: string;
  /** 0 for the first try. */
  readonly attempt: number;
}

/** What became of it. */
export interface ResponseEvent extends RequestEvent {
  readonly durationMs: number;
  /** Missing when no answer came. */
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  /** The service's own time when it answered, from the `Date` header: whole seconds. Missing when it gave none. */
  readonly date?: Date | undefined;
  /** Why no answer came. */
  readonly failure?: string | undefined;
}

/** Whoever wants to watch the requests: for logs, metrics and tests. Must not throw. */
export interface Observer {
  readonly onRequest?: ((event: RequestEvent) => void) | undefined;
  readonly onResponse?: ((event: ResponseEvent) => void) | undefined;
}

/** With `HW_DEBUG=1` each answer is a line on stderr; a watcher that the caller gave hears it too. */
export function debugObserver(environment: NodeJS.ProcessEnv, given: Observer): Observer {
  if (environment.HW_DEBUG !== "1") return given;
  return {
    onRequest: given.onRequest,
    onResponse: (event) => {
      process.stderr.write(`${debugLine(event)}\n`);
      given.onResponse?.(event);
    },
  };
}

/** `huaweicloud-as: PUT https://… 200 in 12 ms (request 4f…)` */
function debugLine(event: ResponseEvent): string {
  const outcome = event.status ?? event.failure ?? "no response";
  const again = event.attempt > 0 ? `, try ${event.attempt + 1}` : "";
  const requestId = event.requestId === undefined ? "" : ` (request ${event.requestId})`;
  return `huaweicloud-as: ${event.method} ${event.url} ${outcome} in ${Math.round(event.durationMs)} ms${again}${requestId}`;
}
