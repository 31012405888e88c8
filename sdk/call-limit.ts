/** Ends a call when whoever made it gives up, or when the whole of it has taken too long. */
export class CallLimit {
  readonly #controller = new AbortController();
  readonly #given: AbortSignal | undefined;
  readonly #giveUp = () => this.#controller.abort(this.#given?.reason);
  readonly #deadlines: Deadlines;
  /** When it has taken too long. */
  readonly deadline: number;

  constructor(given: AbortSignal | undefined, deadlines: Deadlines) {
    given?.throwIfAborted();
    this.#given = given;
    given?.addEventListener("abort", this.#giveUp, { once: true });
    this.#deadlines = deadlines;
    this.deadline = deadlines.add(this);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(reason: Error): void {
    this.#controller.abort(reason);
  }

  /** Must be called once the call has ended. */
  release(): void {
    this.#deadlines.remove(this);
    this.#given?.removeEventListener("abort", this.#giveUp);
  }
}

/**
 * The deadlines of calls that may all take equally long, so that one timer serves them: where calls are made one at
 * a time, starting and clearing one for each costs as much as signing it.
 */
export class Deadlines {
  readonly #timeout: number;
  /** In the order in which they began, and so in that in which they end. */
  readonly #calls = new Set<CallLimit>();
  #timer: NodeJS.Timeout | undefined;

  /** `timeout` in milliseconds. */
  constructor(timeout: number) {
    this.#timeout = timeout;
  }

  /** Aborts the call once its time is over. The moment of that, of `performance.now`. */
  add(call: CallLimit): number {
    this.#calls.add(call);
    if (this.#timer === undefined) this.#start(this.#timeout);
    else if (this.#calls.size === 1) this.#timer.ref();
    return performance.now() + this.#timeout;
  }

  remove(call: CallLimit): void {
    // The timer goes on for the next, but keeps no process alive for nobody.
    if (this.#calls.delete(call) && this.#calls.size === 0) this.#timer?.unref();
  }

  #start(milliseconds: number): void {
    this.#timer = setTimeout(() => this.#expire(), milliseconds);
  }

  #expire(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (const call of this.#calls) {
      const left = call.deadline - now;
      // A timer may be early by the fraction of a millisecond that it leaves out.
      if (left > 1) {
        this.#start(left);
        return;
      }
      this.#calls.delete(call);
      call.abort(new Error(`the call took longer than its ${this.#timeout / 1000} s`));
    }
  }
}
