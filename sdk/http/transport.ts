import type * as Undici from "undici";
import type { Dispatcher } from "undici";
import { isLoopback } from "../configuration/endpoints";
import { type AttemptResult, Exchange, type HttpRequest, type HttpResponse } from "./exchange";
import { proxySettings } from "./proxy";

const Pool = loadPool();

/** Time-outs, in milliseconds. */
export interface Timeouts {
  /** Until the connection stands, TLS included. @default 10000 */
  readonly connect: number;
  /** From the request's end until the response's headers. @default 30000 */
  readonly headers: number;
  /** Between two parts of the response's body. @default 30000 */
  readonly body: number;
  /** The whole call: signing in, the look-up of the project, all attempts and the waits between. @default 600000 */
  readonly call: number;
}

export const defaultTimeouts: Timeouts = Object.freeze({
  connect: 10_000,
  headers: 30_000,
  body: 30_000,
  call: 600_000,
});

/** The most bytes of a response. All hooks of a group are 3 KB; nothing that the API sends comes near. */
export const maxResponseBytes = 4 * 1024 * 1024;

/** The most connections to one origin; further calls wait for one. */
export const maxConnections = 100;

export interface TransportOptions {
  readonly timeouts: Timeouts;
  /** Replaces the transport's own connections, for tests and for special networks. The caller closes it. */
  readonly dispatcher?: Dispatcher | undefined;
  /** Where `HTTPS_PROXY` and `NO_PROXY` are looked up. */
  readonly environment: NodeJS.ProcessEnv;
}

/** The only place that touches the network. */
export class Transport {
  readonly #options: TransportOptions;
  /** By origin: those of Auto Scaling and of IAM. */
  readonly #dispatchers = new Map<string, Dispatcher>();
  #isClosed = false;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /**
   * Sends a request; never rejects. A failure is undici's error, or the signal's reason; that comes at once even while the connection
   * is still being made.
   */
  attempt(request: HttpRequest, signal: AbortSignal): Promise<AttemptResult> {
    const { headers, body } = this.#options.timeouts;
    const exchange = new Exchange(signal);
    try {
      if (this.#isClosed) throw new (loadUndici().errors.ClientClosedError)();
      this.#dispatcherFor(request.origin).dispatch(
        {
          method: request.method,
          origin: request.origin,
          path: request.path,
          headers: request.headers,
          body: request.body ?? null,
          headersTimeout: headers,
          bodyTimeout: body,
        },
        exchange,
      );
    } catch (error) {
      exchange.fail(error);
    }
    return exchange.result;
  }

  /** The response. Rejects with the failure of the attempt. */
  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    const result = await this.attempt(request, signal);
    if ("failure" in result) throw result.failure;
    return result.response;
  }

  /** Ends the connections, and with them what is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#dispatchers.values()].map((dispatcher) => dispatcher.destroy()));
  }

  #dispatcherFor(origin: string): Dispatcher {
    const { dispatcher } = this.#options;
    if (dispatcher !== undefined) return dispatcher;
    let own = this.#dispatchers.get(origin);
    if (own === undefined) {
      own = this.#newDispatcher(origin);
      this.#dispatchers.set(origin, own);
    }
    return own;
  }

  #newDispatcher(origin: string): Dispatcher {
    const { environment, timeouts } = this.#options;
    // A proxy elsewhere could not reach this machine's own addresses.
    const proxies = isLoopback(new URL(origin).hostname) ? undefined : proxySettings(environment);
    if (proxies === undefined) return new Pool(origin, this.#settings());
    const { EnvHttpProxyAgent } = loadUndici();
    return new EnvHttpProxyAgent({
      ...this.#settings(),
      ...proxies,
      connectTimeout: timeouts.connect,
      // A proxy may take the connection and then never say whether it has made the tunnel.
      clientFactory: (proxy, options) => new Pool(proxy, { ...options, headersTimeout: timeouts.connect }),
    });
  }

  #settings() {
    return {
      connect: { timeout: this.#options.timeouts.connect },
      connections: maxConnections,
      maxResponseSize: maxResponseBytes,
      keepAliveTimeout: 20_000,
    };
  }
}

/**
 * undici, less what is not used of it: its web APIs, mocks and caches take three times as long to load as the rest,
 * and every `pulumi up` would wait for them. Where a file lies is no promise of undici's; when one has moved, all of
 * it is loaded.
 */
function loadPool(): typeof Undici.Pool {
  try {
    return require("undici/lib/dispatcher/pool.js");
  } catch {
    return loadUndici().Pool;
  }
}

/** All of it, for what few need. */
function loadUndici(): typeof Undici {
  return require("undici");
}
