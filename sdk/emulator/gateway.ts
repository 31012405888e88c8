import type { Answer } from "./answers";
import { Authentication } from "./authentication";
import { perform, type World } from "./calls";
import type { Settings } from "./options";
import { RateLimit } from "./rate-limit";
import type { ReceivedRequest } from "./received-request";
import { gatewayRefusal, Refusal, refusal, refusalAnswer } from "./refusals";
import { routeOf } from "./routes";

/**
 * What stands in front of the services: finds the API that is meant, authenticates, limits the rate, and has the
 * rest done. Pure but for the state that it and the services keep in memory.
 */
export class Gateway {
  readonly #world: World;
  readonly #authentication: Authentication;
  readonly #limits: { readonly write: RateLimit; readonly read: RateLimit; readonly unlimited: RateLimit };

  constructor(settings: Settings, world: World) {
    this.#world = world;
    this.#authentication = new Authentication(settings, settings.now);
    this.#limits = {
      write: new RateLimit(settings.writesPerSecond),
      read: new RateLimit(settings.readsPerSecond),
      unlimited: new RateLimit(undefined),
    };
  }

  /** The answer to a request; never throws. `tooLarge`: the body was, and is not here. */
  answer(request: ReceivedRequest, tooLarge: boolean, requestId: string): Answer {
    try {
      if (tooLarge) throw gatewayRefusal(413, "APIGW.0201", "Request entity too large.");
      const route = routeOf(request);
      this.#authentication.admit(request, route.service);
      this.#limits[route.flow].pass(this.#world.now());
      return perform(route, request, this.#world);
    } catch (error) {
      return refusalAnswer(error instanceof Refusal ? error : refusal("AS.0001"), requestId);
    }
  }
}
