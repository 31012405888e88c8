import { autoScalingCalls } from "../autoscaling/calls";
import { iamCalls } from "../iam";
import type { Settings } from "../options";
import { smnCalls } from "../smn/calls";
import { Authentication } from "./authentication";
import { type Answer, gatewayRefusal, Refusal, refusal, refusalAnswer } from "./refusals";
import type { ReceivedRequest } from "./request";
import type { OpenEntry } from "./request-log";
import { type Backend, findCall, perform } from "./routes";

const calls = [...autoScalingCalls, ...iamCalls, ...smnCalls];

/**
 * What stands in front of the services: finds the call, authenticates, limits the rate, and has the
 * rest done. Pure but for the state that it and the services keep in memory.
 */
export class Gateway {
  readonly #settings: Settings;
  readonly #backend: Omit<Backend, "validation" | "requestId">;
  readonly #authentication: Authentication;
  readonly #limits: { readonly write: RateLimit; readonly read: RateLimit; readonly unlimited: RateLimit };

  constructor(settings: Settings, backend: Omit<Backend, "validation" | "requestId">) {
    this.#settings = settings;
    this.#backend = backend;
    this.#authentication = new Authentication(settings, () => settings.clock.now());
    this.#limits = {
      write: new RateLimit(settings.writesPerSecond),
      read: new RateLimit(settings.readsPerSecond),
      unlimited: new RateLimit(undefined),
    };
  }

  /** The answer to a request; never rejects. `tooLarge`: the body was, and is not here. `entry`: takes the warnings. */
  async answer(request: ReceivedRequest, tooLarge: boolean, entry: OpenEntry): Promise<Answer> {
    try {
      if (tooLarge) throw gatewayRefusal(413, "APIGW.0201", "Request entity too large.");
      const found = findCall(calls, request);
      if (found.call.isOpen !== true) this.#authentication.admit(request, found.call.service);
      this.#limits[found.call.flow].pass(this.#settings.clock.now());
      const { limits, strict } = this.#settings;
      const warn = (warning: string) => {
        entry.warning ??= warning;
      };
      const validation = { limits, strict, warn };
      return await perform(found, request, { ...this.#backend, validation, requestId: entry.requestId });
    } catch (error) {
      return refusalAnswer(error instanceof Refusal ? error : refusal("AS.0001"), entry.requestId);
    }
  }
}

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
