import { gatewayRefusal } from "./refusals";

/** The length of the gateway's window, in milliseconds. */
const window = 1000;

/**
 * Lets so many requests pass in a second and refuses the rest, as the gateway does. The second begins with the
 * first request after the one before it is over. Like the gateway it sends no `Retry-After`.
 */
export class RateLimit {
  readonly #perSecond: number | undefined;
  #windowEnd = Number.NEGATIVE_INFINITY;
  #passed = 0;

  /** `perSecond`: `undefined` lets everything pass. */
  constructor(perSecond: number | undefined) {
    this.#perSecond = perSecond;
  }

  /** Counts one request. `now`: milliseconds. @throws Refusal (429) when it is one too many */
  pass(now: number): void {
    if (this.#perSecond === undefined) return;
    if (now >= this.#windowEnd) {
      this.#windowEnd = now + window;
      this.#passed = 0;
    }
    if (this.#passed >= this.#perSecond) {
      throw gatewayRefusal(
        429,
        "APIGW.0308",
        `The throttling threshold has been reached: policy user over ratelimit,limit:${this.#perSecond},time:1 second`,
      );
    }
    this.#passed++;
  }
}
