/** Ends a call when whoever made it gives up, or when the whole of it has taken too long. */
export class CallLimit {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #given: AbortSignal | undefined;
  readonly #giveUp = () => this.#controller.abort(this.#given?.reason);

  /** `timeout` in milliseconds. */
  constructor(given: AbortSignal | undefined, timeout: number) {
    given?.throwIfAborted();
    this.#given = given;
    given?.addEventListener("abort", this.#giveUp, { once: true });
    this.#timer = setTimeout(() => {
      this.#controller.abort(new Error(`the call took longer than its ${timeout / 1000} s`));
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
