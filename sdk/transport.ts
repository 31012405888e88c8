import type { Dispatcher } from "undici";
import { isLoopback } from "./endpoints";
import { Exchange } from "./exchange";
import { proxySettings } from "./proxy";
import { loadPool, loadUndici } from "./undici";

const Pool = loadPool();

/** One exchange over HTTP: the only place that touches the network. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly origin: string;
  /** With the query, percent-encoded. */
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string | undefined;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Time-outs, in milliseconds. */
export interface Timeouts {
  /** Until the connection stands, TLS included. @default 10000 */
  readonly connect: number;
  /** From the request's end until the answer's headers. @default 30000 */
  readonly headers: number;
  /** Between two parts of the answer's body. @default 30000 */
  readonly body: number;
  /** The whole call: all its attempts and the waits between them. @default 600000 */
  readonly call: number;
}

export const defaultTimeouts: Timeouts = { connect: 10_000, headers: 30_000, body: 30_000, call: 600_000 };

/** The most bytes of an response. Five hooks are 3 KB; nothing that the API sends comes near. */
export const maxResponseBytes = 4 * 1024 * 1024;

export interface TransportOptions {
  readonly timeouts: Timeouts;
  /** Replaces the transport's own connections, for tests and for special networks. The caller closes it. */
  readonly dispatcher?: Dispatcher | undefined;
  /** Where `HTTPS_PROXY` and `NO_PROXY` are looked up. */
  readonly environment: NodeJS.ProcessEnv;
}

export class Transport {
  readonly #options: TransportOptions;
  /** By origin: those of Auto Scaling and of IAM. */
  readonly #dispatchers = new Map<string, Dispatcher>();
  #inFlight = 0;
  #closing: Promise<void> | undefined;
  /** Called when the last call in flight has ended; there once no other can begin. */
  #whenIdle: (() => void) | undefined;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /**
   * Sends a request. Rejects when no answer came: with undici's error, or with the signal's reason, and with that at
   * once even while the connection is still being made.
   */
  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    if (this.#closing !== undefined) throw new (loadUndici().errors.ClientClosedError)();
    const { headers, body } = this.#options.timeouts;
    const exchange = new Exchange(signal);
    this.#inFlight++;
    try {
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
      return await exchange.response;
    } finally {
      if (--this.#inFlight === 0) this.#whenIdle?.();
    }
  }

  /** Closes the connections. Calls in flight end first; others are not sent any more. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#inFlight > 0) {
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve;
      });
    }
    // Rather than close: that would wait for connections in the making, for which nobody waits any more.
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
      maxResponseSize: maxResponseBytes,
      keepAliveTimeout: 20_000,
    };
  }
}
