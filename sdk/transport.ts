import { Agent, type Dispatcher, EnvHttpProxyAgent } from "undici";
import { isLoopback } from "./endpoints";

/** One exchange over HTTP: the only place that touches the network. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly origin: string;
  /** With the query, percent-encoded. */
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string | undefined;
}

export interface HttpAnswer {
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

/** The most bytes of an answer. Five hooks are 3 KB; nothing that the API sends comes near. */
export const maxAnswerBytes = 4 * 1024 * 1024;

export interface TransportOptions {
  readonly timeouts: Timeouts;
  /** Replaces the transport's own connections, for tests and for special networks. The caller closes it. */
  readonly dispatcher?: Dispatcher | undefined;
  /** Where `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` are looked up. */
  readonly environment: NodeJS.ProcessEnv;
}

export class Transport {
  readonly #options: TransportOptions;
  #direct: Dispatcher | undefined;
  #proxied: Dispatcher | undefined;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /** Sends a request. Rejects when no answer came: with undici's error, or with the signal's reason. */
  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const { headers, body } = this.#options.timeouts;
    const answer = await this.#dispatcherFor(request.origin).request({
      method: request.method,
      origin: request.origin,
      path: request.path,
      headers: request.headers,
      body: request.body ?? null,
      signal,
      headersTimeout: headers,
      bodyTimeout: body,
    });
    return { status: answer.statusCode, headers: answer.headers, body: await answer.body.text() };
  }

  /** Closes the connections; calls in flight end first. */
  async close(): Promise<void> {
    await Promise.all([this.#direct?.close(), this.#proxied?.close()]);
  }

  #dispatcherFor(origin: string): Dispatcher {
    const { dispatcher, environment, timeouts } = this.#options;
    if (dispatcher !== undefined) return dispatcher;
    const settings = {
      connect: { timeout: timeouts.connect },
      maxResponseSize: maxAnswerBytes,
      keepAliveTimeout: 20_000,
    };
    // A proxy elsewhere could not reach this machine's own addresses.
    if (!hasProxy(environment) || isLoopback(new URL(origin).hostname)) {
      this.#direct ??= new Agent(settings);
      return this.#direct;
    }
    this.#proxied ??= new EnvHttpProxyAgent(settings);
    return this.#proxied;
  }
}

function hasProxy(environment: NodeJS.ProcessEnv): boolean {
  return ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"].some((name) => environment[name]);
}
