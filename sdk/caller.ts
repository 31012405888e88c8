import { setTimeout as sleep } from "node:timers/promises";
import type * as z from "zod/mini";
import { CallLimit, Deadlines } from "./call-limit";
import { describeFailure } from "./connection-failures";
import type { SecretCredentials } from "./credentials/secret-credentials";
import { type CredentialsSession, verdictOn } from "./credentials/session";
import { isDuplicateName } from "./error-codes";
import { ConfigurationError, ConnectionError, InvalidResponseError, isAutoScalingError } from "./errors";
import {
  type AttemptResult,
  ambiguous,
  classify,
  type FailedCall,
  isThrottledResponse,
  requestIdOf,
} from "./failures";
import type { Observer } from "./observe";
import type { OperationName } from "./operations";
import { Pace } from "./pace";
import { parse } from "./parse";
import { redact } from "./redaction";
import { signRequest, type UnsignedRequest } from "./request";
import { parseRetryAfter, retryDelay } from "./retry";
import type { HttpResponse, Transport } from "./transport";

/** Options that every call takes last. */
export interface CallOptions {
  /** Ends the call, its waits included; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** One call of the API. */
export interface Call<T> extends UnsignedRequest, CallOptions {
  readonly operation: OperationName;
  /** What is being done, and to what; begins every error's message. */
  readonly doing: string;
  /** What a success looks like; `undefined` for calls that answer nothing. */
  readonly response: z.ZodMiniType<T>;
}

export interface CallerOptions {
  readonly transport: Transport;
  readonly credentials: CredentialsSession;
  readonly observer: Observer;
  /** How often a call is tried again after a passing fault; 0 turns off the waiting for a throttled one, too. */
  readonly maxRetries: number;
  /** Milliseconds for a whole call, its attempts and waits together. */
  readonly callTimeout: number;
  readonly random?: () => number;
  readonly now?: () => number;
}

/** Makes calls: signs, sends, tries again what may be tried again, and turns every other end into an error. */
export class Caller {
  readonly #options: CallerOptions;
  readonly #random: () => number;
  readonly #now: () => number;
  /** The service counts each kind of call by itself. */
  readonly #paces = new Map<OperationName, Pace>();
  readonly #deadlines: Deadlines;

  constructor(options: CallerOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
    this.#now = options.now ?? Date.now;
    this.#deadlines = new Deadlines(options.callTimeout);
  }

  async call<T>(call: Call<T>): Promise<T> {
    const limit = new CallLimit(call.signal, this.#deadlines);
    let last: Error | undefined;
    try {
      return await this.#attempts(call, limit.signal, (error) => {
        last = error;
      });
    } catch (error) {
      call.signal?.throwIfAborted();
      if (!limit.signal.aborted || isAutoScalingError(error)) throw error;
      // The time ran out between two attempts: the last one's error says why there was to be another.
      const { message } = limit.signal.reason;
      throw (
        last ??
        new ConnectionError(`${call.doing}: ${message}`, { operation: call.operation, retryable: true })
      );
    } finally {
      limit.release();
    }
  }

  /**
   * The credentials to use now; `toSend` those to send one request with, of which the session must hear what came of
   * it. Rejects with a `ConfigurationError` when there are none.
   */
  async signIn(
    call: { readonly operation: OperationName; readonly doing: string },
    signal?: AbortSignal,
    toSend = false,
  ): Promise<SecretCredentials> {
    const { credentials } = this.#options;
    try {
      return await (toSend ? credentials.acquire(signal) : credentials.get(signal));
    } catch (cause) {
      if (signal?.aborted || isAutoScalingError(cause)) throw cause;
      const text = cause instanceof Error ? cause.message : String(cause);
      throw new ConfigurationError(`${call.doing}: ${text}`, { operation: call.operation, cause });
    }
  }

  async #attempts<T>(call: Call<T>, signal: AbortSignal, remember: (error: Error) => void): Promise<T> {
    const { credentials: session } = this.#options;
    let retries = 0;
    let renewed = false;
    for (let attempt = 0; ; attempt++) {
      const credentials = await this.signIn(call, signal, true);
      const failed = failedCall(call, credentials);
      let outcome: AttemptResult | undefined;
      try {
        outcome = await this.#attempt(call, credentials, attempt, signal);
      } finally {
        if (outcome === undefined) session.settle(credentials, "unclear");
      }
      if ("response" in outcome && outcome.response.status >= 200 && outcome.response.status < 300) {
        session.settle(credentials, "accepted");
        return parseResponse(call, outcome.response, failed.secrets);
      }
      const { error, again } = classify(failed, outcome, this.#now());
      session.settle(credentials, "response" in outcome ? verdictOn(outcome.response.status) : "lost", error);
      remember(error);
      if (again === "signIn") {
        // Some bad signatures in a row lock the access key, so only a new token is worth a second try.
        if (renewed || failed.signed) throw error;
        renewed = true;
        if ((await this.signIn(call, signal)).isSameAs(credentials)) throw error;
      } else if (again === "throttled" && this.#options.maxRetries > 0) {
        // The pace makes it wait.
      } else if (again === "soon" && retries < this.#options.maxRetries && !signal.aborted) {
        const retryAfter = "response" in outcome ? this.#retryAfter(outcome.response) : undefined;
        await sleep(retryDelay(retries++, this.#random(), retryAfter), undefined, { signal });
      } else {
        throw retries > 0 && isDuplicateName(error) ? ambiguous(failed, error.message, error) : error;
      }
    }
  }

  /** Sends once, when the pace allows it. */
  async #attempt(
    call: Call<unknown>,
    credentials: SecretCredentials,
    attempt: number,
    signal: AbortSignal,
  ): Promise<AttemptResult> {
    const pace = this.#paceOf(call.operation);
    const turn = pace.turn(signal);
    if (turn !== undefined) await turn;
    const { onRequest, onResponse } = this.#options.observer;
    const request = signRequest(call, credentials, new Date(this.#now()));
    const event = {
      operation: call.operation,
      method: call.method,
      url: request.origin + request.path,
      attempt,
    };
    onRequest?.(event);
    const start = performance.now();
    const secrets = credentials.secrets();
    try {
      const response = await this.#options.transport.send(request, signal);
      const refused = isThrottledResponse(response);
      pace.done(refused ? "refused" : "accepted", refused ? this.#retryAfter(response) : undefined);
      onResponse?.({
        ...event,
        ...since(start),
        status: response.status,
        requestId: requestIdOf(response, secrets),
        date: dateOf(response),
      });
      return { response };
    } catch (failure) {
      pace.done("unknown");
      onResponse?.({ ...event, ...since(start), failure: redact(describeFailure(failure), secrets) });
      call.signal?.throwIfAborted();
      return { failure };
    }
  }

  #paceOf(operation: OperationName): Pace {
    let pace = this.#paces.get(operation);
    if (pace === undefined) {
      pace = new Pace();
      this.#paces.set(operation, pace);
    }
    return pace;
  }

  #retryAfter(response: HttpResponse): number | undefined {
    const header = response.headers["retry-after"];
    return parseRetryAfter(typeof header === "string" ? header : undefined, this.#now());
  }
}

function failedCall(call: Call<unknown>, credentials: SecretCredentials): FailedCall {
  return {
    operation: call.operation,
    doing: call.doing,
    secrets: credentials.secrets(),
    credentialsSource: credentials.source,
    signed: !("authToken" in credentials.reveal()),
  };
}

function parseResponse<T>(call: Call<T>, response: HttpResponse, secrets: FailedCall["secrets"]): T {
  const parsed = parse(call.response, response.status === 204 ? undefined : json(response.body));
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(
    ({ path, message }) => `${path.join(".") || "the body"}: ${message}`,
  );
  const requestId = requestIdOf(response, secrets);
  throw new InvalidResponseError(
    `${call.doing}: it succeeded, but the response is not what the API documents (${fields.join("; ")})`,
    { operation: call.operation, status: response.status, requestId },
  );
}

/** `undefined` when it is no JSON; the schema then says what it wanted. */
function json(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function dateOf({ headers: { date } }: HttpResponse): Date | undefined {
  const moment = typeof date === "string" ? new Date(date) : undefined;
  return Number.isNaN(moment?.getTime()) ? undefined : moment;
}

function since(start: number): { durationMs: number } {
  return { durationMs: performance.now() - start };
}
