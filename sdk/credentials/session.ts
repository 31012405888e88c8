import { abortable } from "../calls/call-limit";
import type { Credentials, IdToken } from "./credentials";
import { SecretCredentials } from "./secret-credentials";

/** A `CredentialsProvider`, or one of ID tokens. */
type SessionProvider = (options: {
  readonly signal: AbortSignal;
}) => Credentials | IdToken | Promise<Credentials | IdToken>;

/** New credentials are fetched this many milliseconds before the old ones end. */
export const renewalMargin = 5 * 60_000;
/** Credentials that worked before they were refused rest this long, in milliseconds: as long as the service locks a key. */
export const refusalRest = 5 * 60_000;
/** The pause after the second fetch in a row that brought nothing new, in milliseconds; it doubles with each. */
const firstPause = 1_000;
const longestPause = 60_000;

/**
 * What an attempt showed of the credentials that signed it. `unclear`: whatever answered need not have looked at the
 * signature, as a proxy or a throttling gateway. `lost`: no answer came.
 */
export type Verdict = "accepted" | "refused" | "unclear" | "lost";

/** The verdict of a response with this status. */
export function verdictOn(status: number): Verdict {
  if (status === 401) return "refused";
  return status === 407 || status === 429 || status >= 500 ? "unclear" : "accepted";
}

/** The newest credentials, and what is known of them. */
interface Held {
  readonly credentials: SecretCredentials;
  /** Whether the service has accepted them once. */
  haveWorked: boolean;
  /** The last verdict, when it was a refusal. */
  refusal: { readonly error: Error; readonly until: number } | undefined;
  /** While the first call with them is under way, the others wait for its verdict. */
  trial: PromiseWithResolvers<Verdict> | undefined;
}

interface Fetch {
  readonly credentials: Promise<Held>;
  /** Keeps the process alive while a call waits. */
  readonly timer: NodeJS.Timeout;
  waiting: number;
}

/**
 * The credentials of one client: fetched once for all calls, and again before they end or after the service has refused
 * them. Some refusals in a row lock a key, so that a refused pair is not sent again until its provider gives another one,
 * and a new pair goes out with one call before the others follow. One that has worked before is tried again after five
 * minutes, by one call: a clock may have been set, an outage of IAM may be over.
 */
export class CredentialsSession {
  readonly #provider: SessionProvider;
  readonly #now: () => number;
  readonly #longestFetch: number;
  #held: Held | undefined;
  #fetch: Fetch | undefined;
  /** Why the last fetch failed, if it did. */
  #failure: unknown;
  /** How many fetches in a row have brought nothing new; the next one is not made before `#fetchAgainAt`. */
  #fruitless = 0;
  #fetchAgainAt = Number.NEGATIVE_INFINITY;

  /** `longestFetch`: the milliseconds a provider may take; then the waiting calls fail. */
  constructor(provider: SessionProvider, now: () => number = Date.now, longestFetch = 60_000) {
    this.#provider = provider;
    this.#now = now;
    this.#longestFetch = longestFetch;
  }

  /**
   * The newest credentials, at once when they are at hand. In their last minutes new ones are fetched meanwhile: no
   * call waits for that, or fails with it, as long as the old ones are valid. `signal` ends the caller's own wait; the
   * fetch goes on for the others.
   */
  async get(signal?: AbortSignal): Promise<SecretCredentials> {
    return (await this.#newest(signal)).credentials;
  }

  /** The credentials to send one request with; {@link settle} must be told what came of it. Throws for refused ones. */
  acquire(signal?: AbortSignal): SecretCredentials | Promise<SecretCredentials> {
    const held = this.#held;
    if (held !== undefined && isAccepted(held) && !this.#isDue(held)) return held.credentials;
    return this.#acquire(signal);
  }

  /** `refusal`: the error in which a refused request ended. */
  settle(credentials: SecretCredentials, verdict: Verdict, refusal?: Error): void {
    const held = this.#held;
    if (held?.credentials !== credentials) return;
    if (verdict === "accepted") {
      held.haveWorked = true;
      held.refusal = undefined;
    } else if (verdict === "refused" && refusal !== undefined && !this.#isRefused(held)) {
      const rest = held.haveWorked ? refusalRest : Number.POSITIVE_INFINITY;
      held.refusal = { error: refusal, until: this.#now() + rest };
      this.#fruitless = 0;
      this.#fetchAgainAt = Number.NEGATIVE_INFINITY;
    }
    held.trial?.resolve(verdict);
    held.trial = undefined;
  }

  async #acquire(signal: AbortSignal | undefined): Promise<SecretCredentials> {
    for (;;) {
      const held = await this.#newest(signal);
      if (this.#isRefused(held)) throw refusedBefore(held);
      if (isAccepted(held)) return held.credentials;
      if (held.trial === undefined) {
        held.trial = Promise.withResolvers();
        return held.credentials;
      }
      // Without an answer the other calls go together: one after the other they would each wait for a dead network.
      if ((await abortable(held.trial.promise, signal)) === "lost") return held.credentials;
    }
  }

  #newest(signal: AbortSignal | undefined): Held | Promise<Held> {
    // Checked before the fetch starts, so that its rejection is always handled.
    signal?.throwIfAborted();
    const held = this.#held;
    if (held !== undefined && !this.#isDue(held)) return held;
    const isUsable = held !== undefined && !this.#isRefused(held) && !this.#endsWithin(0, held);
    if (this.#fetch === undefined && this.#now() < this.#fetchAgainAt) {
      if (held !== undefined && (isUsable || this.#failure === undefined)) return held;
      throw this.#failure;
    }
    this.#fetch ??= this.#startFetch();
    return isUsable ? held : this.#wait(this.#fetch, signal);
  }

  async #wait(fetch: Fetch, signal: AbortSignal | undefined): Promise<Held> {
    fetch.waiting++;
    fetch.timer.ref();
    try {
      return await abortable(fetch.credentials, signal);
    } finally {
      if (--fetch.waiting === 0) fetch.timer.unref();
    }
  }

  #startFetch(): Fetch {
    // Shared by all callers, so no single caller's signal may end it.
    const controller = new AbortController();
    const seconds = this.#longestFetch / 1000;
    const timer = setTimeout(() => {
      controller.abort(new Error(`the provider of credentials gave none within ${seconds} s`));
    }, this.#longestFetch);
    timer.unref();
    const credentials = this.#fetchNew(controller.signal).finally(() => clearTimeout(timer));
    credentials.catch(() => {});
    return { credentials, timer, waiting: 0 };
  }

  async #fetchNew(signal: AbortSignal): Promise<Held> {
    try {
      const held = this.#hold(new SecretCredentials(await abortable(this.#ask(signal), signal)));
      this.#failure = undefined;
      this.#pause(this.#isDue(held));
      return held;
    } catch (error) {
      this.#failure = error;
      this.#pause(true);
      throw error;
    } finally {
      this.#fetch = undefined;
    }
  }

  /** A provider that throws at once fails like one that rejects. */
  async #ask(signal: AbortSignal) {
    return this.#provider({ signal });
  }

  /** The same pair again stays accepted or refused. */
  #hold(credentials: SecretCredentials): Held {
    const old = this.#held;
    const known = old?.credentials.isSameAs(credentials) ? old : undefined;
    this.#held = {
      credentials,
      haveWorked: known?.haveWorked ?? false,
      refusal: known?.refusal,
      trial: undefined,
    };
    // Calls that wait for the old pair look at the new one.
    old?.trial?.resolve("unclear");
    return this.#held;
  }

  #pause(isFruitless: boolean): void {
    this.#fruitless = isFruitless ? this.#fruitless + 1 : 0;
    const pause = this.#fruitless < 2 ? 0 : Math.min(firstPause * 2 ** (this.#fruitless - 2), longestPause);
    const end = this.#held?.credentials.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
    const now = this.#now();
    // Not beyond the end of the credentials at hand.
    this.#fetchAgainAt = end > now ? Math.min(now + pause, end) : now + pause;
  }

  #isDue(held: Held): boolean {
    return this.#isRefused(held) || this.#endsWithin(renewalMargin, held);
  }

  #isRefused({ refusal }: Held): boolean {
    return refusal !== undefined && this.#now() < refusal.until;
  }

  #endsWithin(milliseconds: number, { credentials: { expiresAt } }: Held): boolean {
    return expiresAt !== undefined && expiresAt.getTime() - milliseconds <= this.#now();
  }
}

function isAccepted({ haveWorked, refusal }: Held): boolean {
  return haveWorked && refusal === undefined;
}

function refusedBefore({ refusal }: Held): Error {
  return new Error(
    `not sent: the service has refused these credentials before, and repeated failures lock a key; the refusal was: ${refusal?.error.message}`,
    { cause: refusal?.error },
  );
}
