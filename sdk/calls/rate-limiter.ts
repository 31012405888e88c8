/**
 * The rate limiter of one kind of call, shared by all that a client has under way: a token bucket. A call takes a
 * token; the bucket fills at the documented rate and holds a second's worth.
 *
 * Until the service refuses calls (429), each one that it accepts gives its token back and a little more, so that a
 * service that takes more gets more. One refusal while the bucket is half full is a stray: the documented rate was not
 * used up, and everything pauses for a moment. Any other says that the rate is too high: from then on tokens come at
 * the rate alone, a little below the documented one at first, halved by each refusal, and growing with what is accepted.
 */
export interface Timers {
  /** Milliseconds that never go back. */
  now(): number;
  /** Calls back once, after so many milliseconds; the result is a function that cancels it. */
  after(milliseconds: number, callback: () => void): () => void;
}

const systemTimers: Timers = {
  now: () => performance.now(),
  after: (milliseconds, callback) => {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** What an accepted call gives back to an unlimited bucket: calls in flight grow by a tenth with each round trip. */
const reward = 1.1;
/** The window of the documented rate, and a limit to what a service may ask for; in milliseconds. */
const usualPause = 1_000;
const longestPause = 60_000;
/** One call a minute, so that a service that counts over many minutes is asked a few times in vain, not hundreds. */
const slowest = 1 / 60;

export class RateLimiter {
  /** Calls a second that the service documents, and the most that the bucket holds. */
  readonly #documented: number;
  /** The rate after refusals: a little below the documented one, so that jitter does not cause more. */
  readonly #cruising: number;
  readonly #timers: Timers;
  /** Calls that may leave now. */
  #tokens: number;
  /** Calls a second; `undefined` until the service has refused too many. */
  #rate: number | undefined;
  /** Until when tokens have been filled in; in the future while everything pauses. */
  #filledUntil: number;
  readonly #waiting = new Set<() => void>();
  #cancelWake: (() => void) | undefined;

  constructor(documentedRate: number, timers: Timers = systemTimers) {
    this.#documented = documentedRate;
    this.#cruising = documentedRate * 0.94;
    this.#timers = timers;
    this.#tokens = documentedRate;
    this.#filledUntil = timers.now();
  }

  /** Takes a token: `undefined` where there is one, else a promise of it. Each ends with `release`. */
  acquire(signal: AbortSignal): Promise<void> | undefined {
    if (this.#waiting.size === 0 && this.#take()) return undefined;
    return new Promise((resolve, reject) => {
      const go = () => {
        signal.removeEventListener("abort", giveUp);
        resolve();
      };
      const giveUp = () => {
        this.#waiting.delete(go);
        this.#wakeWaiting();
        reject(signal.reason);
      };
      if (signal.aborted) return reject(signal.reason);
      signal.addEventListener("abort", giveUp, { once: true });
      this.#waiting.add(go);
      this.#wakeWaiting();
    });
  }

  /** The call has ended. `retryAfter`: the milliseconds that a refusal asks to wait. */
  release(outcome: "accepted" | "refused" | "unknown", retryAfter?: number): void {
    if (outcome === "refused") this.#refuse(retryAfter ?? usualPause);
    else if (this.#rate === undefined) this.#add(outcome === "accepted" ? reward : 1);
    else if (outcome === "accepted") this.#rate = this.#grown(this.#rate);
    if (this.#waiting.size > 0) this.#wakeWaiting();
  }

  #refuse(pause: number): void {
    const now = this.#timers.now();
    // Calls that were under way together are refused together: that is one refusal, and the latest pause counts.
    if (now >= this.#filledUntil) {
      this.#fill(now);
      const isStray = this.#rate === undefined && this.#tokens >= this.#documented / 2;
      this.#tokens = isStray ? this.#tokens - this.#documented / 2 : 0;
      if (!isStray) this.#rate = this.#reduced(this.#rate ?? Number.POSITIVE_INFINITY);
    }
    this.#filledUntil = Math.max(this.#filledUntil, now + Math.min(pause, longestPause));
  }

  #reduced(rate: number): number {
    return rate > this.#cruising ? this.#cruising : Math.max(slowest, rate / 2);
  }

  /** Up to the cruising rate with some accepted calls; beyond it by three thousandths each second. */
  #grown(rate: number): number {
    return Math.max(1, rate * (rate < this.#cruising ? 1.06 : 1 + 0.003 / rate));
  }

  #take(): boolean {
    const now = this.#timers.now();
    this.#fill(now);
    const isAllowed = this.#tokens >= 1 && now >= this.#filledUntil;
    if (isAllowed) this.#tokens--;
    return isAllowed;
  }

  #fill(now: number): void {
    const seconds = (now - this.#filledUntil) / 1000;
    if (seconds <= 0) return;
    this.#filledUntil = now;
    this.#add(seconds * (this.#rate ?? this.#documented));
  }

  /** A limited bucket holds a twentieth of a second's worth: calls leave evenly, and a timer that is late costs nothing. */
  #add(tokens: number): void {
    const most = this.#rate === undefined ? this.#documented : Math.max(1, this.#rate / 20);
    this.#tokens = Math.min(this.#tokens + tokens, most);
  }

  /** Lets those go for whom there are tokens, and comes back when there is another. */
  #wakeWaiting(): void {
    this.#cancelWake?.();
    this.#cancelWake = undefined;
    for (const go of this.#waiting) {
      if (!this.#take()) break;
      this.#waiting.delete(go);
      go();
    }
    if (this.#waiting.size === 0) return;
    const missing = Math.max(0, 1 - this.#tokens) / (this.#rate ?? this.#documented);
    const wait = Math.max(0, this.#filledUntil - this.#timers.now()) + missing * 1000;
    this.#cancelWake = this.#timers.after(Math.ceil(wait), () => this.#wakeWaiting());
  }
}
