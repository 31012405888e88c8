import { setTimeout as sleep } from "node:timers/promises";
import { milliseconds, numberProblem, retries } from "../configuration/options";
import type { SecretCredentials } from "../credentials/secret-credentials";
import { type CredentialsSession, type Verdict, verdictOn } from "../credentials/session";
import { ambiguous, classify, type FailedCall, isThrottledResponse, requestIdOf } from "../errors/classify";
import { isDuplicateName, isNotFound } from "../errors/codes";
import { describeFailure } from "../errors/connection";
import {
  type AutoScalingError,
  ConfigurationError,
  ConnectionError,
  InvalidInputError,
  isAutoScalingError,
  TimeoutError,
} from "../errors/errors";
import { redact } from "../errors/redaction";
import type { AttemptResult } from "../http/exchange";
import { signRequest, type UnsignedRequest } from "../http/request";
import type { Transport } from "../http/transport";
import { CallLimit } from "./call-limit";
import { Notifier, type Observer, type RequestEvent, type ResponseEvent } from "./observe";
import { type CallDescription, type OperationName, operations } from "./operations";
import { RateLimiter } from "./rate-limiter";
import { dateOf, type ExpectingCall, isSuccess, parse, parseResponse } from "./response";
import { parseRetryAfter, retryDelay } from "./retry";

/** Options that every call takes last. */
export interface CallOptions {
  /** Ends the call, its waits included; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the whole call. @default the client's `timeouts.call` */
  readonly timeout?: number | undefined;
  /** How often the call is tried again after a transient fault. @default the client's `maxRetries` */
  readonly maxRetries?: number | undefined;
  /**
   * Observes the responses to this call alone, with their request ids:
   * `list(groupId, { onResponse: ({ requestId }) => console.log(requestId) })`.
   */
  readonly onResponse?: Observer["onResponse"];
}

/** One call of the API. */
export interface Call<T> extends UnsignedRequest, ExpectingCall<T> {}

export interface CallerOptions {
  readonly transport: Transport;
  readonly credentials: CredentialsSession;
  readonly observer: Observer;
  /** How often a call is tried again after a transient fault; 0 turns off the waiting for a throttled one, too. */
  readonly maxRetries: number;
  /** Milliseconds for a whole call, its attempts and waits together. */
  readonly callTimeout: number;
  readonly userAgentSuffix?: string | undefined;
  readonly random?: () => number;
  readonly now?: () => number;
}

/** The limits of a call under way. */
export interface CallScope {
  readonly options: CallOptions;
  /** Aborts when the caller gives up, and when the time of the call is over. */
  readonly signal: AbortSignal;
  /** The error of the last attempt: why there was to be another. */
  lastError?: AutoScalingError;
}

/** Makes calls: signs, sends, tries again what may be tried again, and turns every other end into an error. */
export class Caller {
  readonly #options: CallerOptions;
  readonly #random: () => number;
  readonly #now: () => number;
  /** The service counts each kind of call by itself. */
  readonly #limiters = new Map<OperationName, RateLimiter>();
  readonly #notifier = new Notifier();
  #underWay = 0;
  /** There once the caller is closed. */
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(options: CallerOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
    this.#now = options.now ?? Date.now;
  }

  /** Makes a call on behalf of others, such as a look-up: `close` does not wait for it. */
  call<T>(call: Call<T>, options: CallOptions = {}): Promise<T> {
    return this.#within(call, options, (scope) => this.attempts(call, scope), false);
  }

  /** Does all the work of one call of a program: signing in, look-ups, attempts. Refused once the caller is closed. */
  async run<T>(
    about: CallDescription,
    options: CallOptions,
    work: (scope: CallScope) => Promise<T>,
  ): Promise<T> {
    if (this.#idle !== undefined) {
      throw new ConnectionError(`${about.doing}: no response: the client was closed`, about);
    }
    return this.#within(about, options, work, true);
  }

  /** Works until the caller gives up or the time of the call is over. */
  async #within<T>(
    about: CallDescription,
    options: CallOptions,
    work: (scope: CallScope) => Promise<T>,
    closeWaits: boolean,
  ): Promise<T> {
    refuseUnusable(about, options);
    const timeout = options.timeout ?? this.#options.callTimeout;
    const limit = new CallLimit(timeout, options.signal);
    const scope: CallScope = { options, signal: limit.signal };
    if (closeWaits) this.#underWay++;
    try {
      return await work(scope);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!limit.signal.aborted || isAutoScalingError(error)) throw error;
      const text = `${about.doing}: ${limit.signal.reason.message}`;
      const { operation } = about;
      throw scope.lastError ?? new TimeoutError(text, { operation, retryable: true });
    } finally {
      limit.release();
      if (closeWaits) this.#underWay--;
      this.#settleIdle();
    }
  }

  /** No call begins any more. Resolves when all that {@link run} has begun have ended. */
  async close(): Promise<void> {
    this.#idle ??= Promise.withResolvers();
    this.#settleIdle();
    await this.#idle.promise;
  }

  #settleIdle(): void {
    if (this.#underWay === 0) this.#idle?.resolve();
  }

  /** The credentials to use now. Rejects with a `ConfigurationError` when there are none. */
  async signIn(about: CallDescription, signal?: AbortSignal): Promise<SecretCredentials> {
    return this.#signedIn(about, this.#options.credentials.get(signal), signal);
  }

  async #signedIn(
    about: CallDescription,
    signingIn: Promise<SecretCredentials>,
    signal: AbortSignal | undefined,
  ): Promise<SecretCredentials> {
    try {
      return await signingIn;
    } catch (cause) {
      if (signal?.aborted || isAutoScalingError(cause)) throw cause;
      const text = cause instanceof Error ? cause.message : String(cause);
      throw new ConfigurationError(`${about.doing}: ${text}`, { operation: about.operation, cause });
    }
  }

  /** Sends a call, and again while that may help. */
  async attempts<T>(call: Call<T>, scope: CallScope): Promise<T> {
    const { options, signal } = scope;
    const { credentials: session, observer, transport, userAgentSuffix } = this.#options;
    const maxRetries = options.maxRetries ?? this.#options.maxRetries;
    let retried = 0;
    let isRenewed = false;
    let isInDoubt = false;
    for (let attempt = 0; ; attempt++) {
      const acquired = session.acquire(signal);
      const credentials =
        acquired instanceof Promise ? await this.#signedIn(call, acquired, signal) : acquired;
      const acquiring = this.#limiterOf(call.operation).acquire(signal);
      if (acquiring !== undefined) await this.#untilAcquired(acquiring, credentials);
      const request = signRequest(call, credentials, new Date(this.#now()), userAgentSuffix);
      const event = (): RequestEvent => {
        const { operation, method } = call;
        return { operation, method, url: request.origin + request.path, attempt };
      };
      this.#notifier.notify(observer.onRequest, event);
      const start = performance.now();
      const result = await transport.attempt(request, signal);
      this.#release(call.operation, result);
      const ended = (): ResponseEvent => {
        const durationMs = performance.now() - start;
        return { ...event(), durationMs, ...outcomeOf(result, credentials.secrets()) };
      };
      this.#notifier.notify(observer.onResponse, ended);
      this.#notifier.notify(options.onResponse, ended);
      if ("response" in result && isSuccess(result.response)) {
        session.settle(credentials, "accepted");
        return parseResponse(call, result.response, credentials.secrets());
      }
      const failed = failedCall(call, credentials);
      const classified = classify(failed, result, this.#now());
      const { error, again } = classified;
      session.settle(credentials, verdictOf(result, signal), error);
      options.signal?.throwIfAborted();
      // Nothing was sent, so that an earlier attempt tells more.
      if ("failure" in result && !result.wasSent) signal.throwIfAborted();
      scope.lastError = error;
      if (isInDoubt && call.method === "DELETE" && isNotFound(error) && error.code !== undefined) {
        // The service says that it is gone, and not something on the way.
        return parse(call.response, undefined).data as T;
      }
      if (isInDoubt && isDuplicateName(error)) throw ambiguous(failed, error.message, error);
      isInDoubt ||= classified.isInDoubt;
      let delayMs: number | undefined;
      if (again === "signIn") {
        // Some bad signatures in a row lock the access key, so only a new token is worth a second try.
        if (isRenewed || failed.signed) throw error;
        isRenewed = true;
        if ((await this.signIn(call, signal)).isSameAs(credentials)) throw error;
      } else if (again === "soon" && retried < maxRetries && !signal.aborted) {
        delayMs = retryDelay(retried++, this.#random(), this.#retryAfter(result));
      } else if (again !== "throttled" || maxRetries === 0) {
        throw error;
      }
      this.#notifier.notify(observer.onRetry, () => ({ ...event(), error, delayMs }));
      if (delayMs !== undefined) await sleep(delayMs, undefined, { signal });
    }
  }

  /** Waits for the rate limiter. A call that gives up meanwhile shows nothing of its credentials. */
  async #untilAcquired(acquiring: Promise<void>, credentials: SecretCredentials): Promise<void> {
    try {
      await acquiring;
    } catch (reason) {
      this.#options.credentials.settle(credentials, "unclear");
      throw reason;
    }
  }

  /** Tells the rate limiter what became of an attempt. */
  #release(operation: OperationName, result: AttemptResult): void {
    const limiter = this.#limiterOf(operation);
    if ("failure" in result) limiter.release("unknown");
    else if (isThrottledResponse(result.response)) limiter.release("refused", this.#retryAfter(result));
    else limiter.release(result.response.status < 500 ? "accepted" : "unknown");
  }

  #limiterOf(operation: OperationName): RateLimiter {
    let limiter = this.#limiters.get(operation);
    if (limiter === undefined) {
      limiter = new RateLimiter(operations[operation].rate);
      this.#limiters.set(operation, limiter);
    }
    return limiter;
  }

  /** The milliseconds that the response to an attempt asks to wait. */
  #retryAfter(result: AttemptResult): number | undefined {
    const header = "response" in result ? result.response.headers["retry-after"] : undefined;
    return parseRetryAfter(typeof header === "string" ? header : undefined, this.#now());
  }
}

function refuseUnusable(about: CallDescription, { timeout, maxRetries }: CallOptions): void {
  if (timeout === undefined && maxRetries === undefined) return;
  const problems = [
    timeout !== undefined && numberProblem("timeout", timeout, milliseconds),
    maxRetries !== undefined && numberProblem("maxRetries", maxRetries, retries),
  ].filter((problem) => typeof problem === "string");
  if (problems.length === 0) return;
  throw new InvalidInputError(`${about.doing}: ${problems.join("; ")}`, {
    operation: about.operation,
    problems,
  });
}

/** What an attempt that was no success shows of its credentials. */
function verdictOf(result: AttemptResult, signal: AbortSignal): Verdict {
  if ("response" in result) return verdictOn(result.response.status);
  return signal.aborted && !result.wasSent ? "unclear" : "lost";
}

function outcomeOf(result: AttemptResult, secrets: FailedCall["secrets"]) {
  if ("failure" in result) return { failure: redact(describeFailure(result.failure), secrets) };
  const { response } = result;
  return { status: response.status, requestId: requestIdOf(response, secrets), date: dateOf(response) };
}

function failedCall(call: CallDescription, credentials: SecretCredentials): FailedCall {
  return {
    operation: call.operation,
    doing: call.doing,
    secrets: credentials.secrets(),
    credentialsSource: credentials.source,
    signed: "key" in credentials.reveal(),
  };
}
