/**
 * The pace of one kind of call, shared by all that a client has under way.
 *
 * Until the service refuses one, calls go out as they come, only not too many at once before the first answers
 * have come. A refusal (429) tells how much the service takes: what it took in the second before. From then on
 * calls leave evenly at a little less than that, a little faster with each second without a refusal. Refusals in
 * a row mean a long window: then one call at a time feels its way, after pauses that double.
 */
export interface Clock {
  /** Milliseconds that never go back. */
  now(): number;
  /** Calls back once, after so many milliseconds; the answer is a function that cancels it. */
  after(milliseconds: number, callback: () => void): () => void;
}

const systemClock: Clock = {
  now: () => performance.now(),
  after: (milliseconds, callback) => {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** How a call ended, as far as the pace is concerned. */
export type Outcome = "accepted" | "refused" | "unknown";

/** Calls in flight before any was accepted; each two accepted ones allow one more. */
const firstInFlight = 8;
/** The window over which the service's rate is read, in milliseconds. */
const window = 1000;
/** The share of the observed rate at which to go on, so that jitter doesn't cause refusals. */
const margin = 0.95;
/** How much faster to go with each second without a refusal. */
const growth = 1.01;
const longestPause = 60_000;
const firstRecentLimit = 1024;

export class Pace {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  #inFlight = 0;
  #accepted = 0;
  /** When the calls of the last second were accepted; needed only until the first refusal. */
  #recent: number[] = [];
  #recentLimit = firstRecentLimit;
  /** Calls a second, once the service has refused one. */
  #rate: number | undefined;
  /** The rate before the last row of refusals. */
  #rateBefore = 0;
  /** No call leaves before this moment. */
  #nextAt = 0;
  #refusalsInARow = 0;
  #lastRefusal = 0;
  #wake: (() => void) | undefined;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** A turn to send one call: `undefined` when it is at once, else a promise. Each turn ends with `done`. */
  turn(signal: AbortSignal): Promise<void> | undefined {
    if (this.#waiting.size === 0 && this.#mayLeave()) {
      this.#leave();
      return undefined;
    }
    return new Promise((resolve, reject) => {
      const go = () => {
        signal.removeEventListener("abort", giveUp);
        resolve();
      };
      const giveUp = () => {
        this.#waiting.delete(go);
        this.#schedule();
        reject(signal.reason);
      };
      if (signal.aborted) return reject(signal.reason);
      signal.addEventListener("abort", giveUp, { once: true });
      this.#waiting.add(go);
      this.#schedule();
    });
  }

  /** The call has ended. `retryAfter`: the milliseconds that a refusal asked to wait. */
  done(outcome: Outcome, retryAfter?: number): void {
    this.#inFlight--;
    if (outcome === "accepted") this.#accept();
    if (outcome === "refused") this.#refuse(retryAfter);
    if (this.#waiting.size > 0) this.#schedule();
  }

  #accept(): void {
    this.#refusalsInARow = 0;
    this.#accepted++;
    if (this.#rate !== undefined) {
      // What the service took before a row of refusals it will mostly take after it.
      if (this.#rate < this.#rateBefore * margin) this.#rate *= 2;
      return;
    }
    const now = this.#clock.now();
    this.#recent.push(now);
    // Only the last second counts when it is read. What is left of it must double before it is trimmed again: at each
    // call it would cost a client that makes thousands a second more than all the rest.
    if (this.#recent.length <= this.#recentLimit) return;
    this.#recent = this.#recent.filter((at) => at > now - window);
    this.#recentLimit = Math.max(firstRecentLimit, 2 * this.#recent.length);
  }

  #refuse(retryAfter: number | undefined): void {
    const now = this.#clock.now();
    // Calls that were under way together are refused together; that is one refusal.
    const oneOfMany = now - this.#lastRefusal < this.#pauseLength() && this.#nextAt > now;
    if (oneOfMany && retryAfter === undefined) return;
    this.#lastRefusal = now;
    if (this.#rate === undefined) {
      const lastSecond = this.#recent.filter((at) => at > now - window);
      this.#rate = Math.max(1, lastSecond.length) * margin;
      // Nothing is known of a service that refuses the very first: the rate doubles until it refuses again.
      if (lastSecond.length === 0) this.#rateBefore = Number.POSITIVE_INFINITY;
      const first = lastSecond[0] ?? now;
      this.#recent = [];
      // The service counts by the second: what it took is forgotten a second after it took the first.
      this.#pause(retryAfter ?? first + window - now);
    } else {
      this.#refusalsInARow++;
      if (this.#refusalsInARow === 1) this.#rateBefore = this.#rate;
      this.#rate = Math.max(this.#rate * (this.#refusalsInARow > 1 ? 0.5 : margin), 1);
      this.#pause(retryAfter ?? this.#pauseLength());
    }
  }

  #pauseLength(): number {
    return Math.min((window / 4) * 2 ** Math.max(0, this.#refusalsInARow - 1), longestPause);
  }

  #pause(milliseconds: number): void {
    this.#nextAt = Math.max(this.#nextAt, this.#clock.now() + Math.min(milliseconds, longestPause));
  }

  #mayLeave(): boolean {
    if (this.#rate === undefined) return this.#inFlight < firstInFlight + this.#accepted / 2;
    if (this.#refusalsInARow > 1 && this.#inFlight > 0) return false;
    return this.#clock.now() >= this.#nextAt;
  }

  #leave(): void {
    this.#inFlight++;
    if (this.#rate === undefined) return;
    const now = this.#clock.now();
    this.#rate *= growth ** Math.min(1, 1 / this.#rate);
    this.#nextAt = Math.max(this.#nextAt, now - 1000 / this.#rate) + 1000 / this.#rate;
  }

  /** Lets those go whose turn it is, and comes back when the next one's is. */
  #schedule(): void {
    this.#wake?.();
    this.#wake = undefined;
    for (const go of this.#waiting) {
      if (!this.#mayLeave()) break;
      this.#waiting.delete(go);
      this.#leave();
      go();
    }
    // What waits for an answer goes on with `done`. The others wait for a moment that may have come just now.
    const waitsForAnswer = this.#inFlight > 0 && (this.#rate === undefined || this.#refusalsInARow > 1);
    if (this.#waiting.size === 0 || waitsForAnswer) return;
    const wait = Math.max(0, this.#nextAt - this.#clock.now());
    this.#wake = this.#clock.after(wait, () => this.#schedule());
  }
}
