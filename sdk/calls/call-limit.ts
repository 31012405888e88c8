/**
 * Ends a call when its caller gives up, or when the whole of it has taken too long.
 *
 * `AbortSignal.any([given, AbortSignal.timeout(…)])` would take 2.6 µs a call, as long as a signature, where this takes
 * 0.4 µs; and the timer of `AbortSignal.timeout` lets the process end in the middle of a call.
 */
export class CallLimit {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #given: AbortSignal | undefined;
  readonly #giveUp = () => this.#controller.abort(this.#given?.reason);

  /** `timeout` in milliseconds. Throws the reason of a signal that was aborted before. */
  constructor(timeout: number, given: AbortSignal | undefined) {
    given?.throwIfAborted();
    given?.addEventListener("abort", this.#giveUp, { once: true });
    this.#given = given;
    this.#timer = setTimeout(() => {
      const text = `the call took longer than its ${timeout / 1000} s`;
      this.#controller.abort(new DOMException(text, "TimeoutError"));
    }, timeout);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Must be called once the call has ended. */
  release(): void {
    clearTimeout(this.#timer);
    this.#given?.removeEventListener("abort", this.#giveUp);
  }
}

/** The promise's outcome, or the signal's reason if that comes first. The work itself goes on, for others. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(signal.reason);
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}
