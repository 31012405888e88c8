/** With more failures in a row than these, a key is locked. Source: the signing guide's error codes. */
const failuresAllowed = 5;
/** For how long, in milliseconds. */
const lockTime = 5 * 60 * 1000;

/** Locks an access key for five minutes when it was used wrongly more than five times in a row. */
export class KeyLock {
  #failures = 0;
  #lockedUntil = Number.NEGATIVE_INFINITY;

  /** Whether even a right signature is refused. `now`: milliseconds. */
  isLocked(now: number): boolean {
    return now < this.#lockedUntil;
  }

  /** The key was used wrongly. */
  failed(now: number): void {
    this.#failures++;
    if (this.#failures <= failuresAllowed) return;
    this.#failures = 0;
    this.#lockedUntil = now + lockTime;
  }

  /** The key was used rightly: failures before it no longer count. */
  succeeded(): void {
    this.#failures = 0;
  }
}
