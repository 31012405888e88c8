import type { Answer } from "./refusals";

/** What an interceptor sees of a request. */
export interface InterceptedRequest {
  readonly method: string;
  /** Percent-encoded as received. */
  readonly path: string;
  /** Percent-encoded as received, without the `?`; empty when there is none. */
  readonly query: string;
  /** The body as text; empty when there is none. */
  readonly body: string;
}

/**
 * What happens to a request instead of, or besides, its handling:
 * - `answer`: this is the answer, and the request has no effect;
 * - `truncate`: the request takes effect, and the connection is closed in the middle of its answer;
 * - `drop`: the connection is closed without an answer, before or after the request took effect;
 * - `delay`: the request takes effect at once, but its answer is so many milliseconds late.
 */
export type Reaction =
  | { readonly answer: Answer; readonly delay?: number }
  | { readonly truncate: true }
  | { readonly drop: "before" | "after" }
  | { readonly delay: number };

/**
 * Called with each request before anything else looks at it, its signature included. `undefined` carries on. The
 * request waits for a promise, so a test can hold it back until something else has happened.
 */
export type Interceptor = (
  request: InterceptedRequest,
) => Reaction | undefined | Promise<Reaction | undefined>;

/** The interceptors in force. They are asked in the order of their coming; the first reaction counts. */
export class Interceptors {
  readonly #interceptors = new Set<{ readonly ask: Interceptor }>();

  /** @returns a function that takes the interceptor out again */
  add(interceptor: Interceptor): () => void {
    // Wrapped, so that a function that was added twice is there twice.
    const wrapped = { ask: interceptor };
    this.#interceptors.add(wrapped);
    return () => void this.#interceptors.delete(wrapped);
  }

  get isEmpty(): boolean {
    return this.#interceptors.size === 0;
  }

  /** Takes all of them out. */
  clear(): void {
    this.#interceptors.clear();
  }

  async reactionTo(request: InterceptedRequest): Promise<Reaction | undefined> {
    for (const { ask } of this.#interceptors) {
      const reaction = await ask(request);
      if (reaction !== undefined) return reaction;
    }
    return undefined;
  }
}
