import type { Dispatcher } from "undici";

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

/**
 * One request and its response, collected as it comes. undici's own `request` makes a stream of each body, which costs
 * as much time as a signature does, and looks at a signal only once the connection stands.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  /** Rejects when no whole response came: with undici's error, or at once with the signal's reason. */
  readonly response: Promise<HttpResponse>;
  readonly #signal: AbortSignal;
  readonly #resolve: (response: HttpResponse) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: HttpResponse["headers"] = {};

  constructor(signal: AbortSignal) {
    const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
    this.response = promise;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
    if (signal.aborted) this.handleEvent();
    else signal.addEventListener("abort", this);
  }

  /** Whether a connection stood, so that some of the request may have left. */
  get wasSent(): boolean {
    return this.#controller !== undefined;
  }

  /** The signal has been aborted. */
  handleEvent(): void {
    this.fail(this.#signal.reason);
    this.#controller?.abort(this.#signal.reason);
  }

  fail(reason: unknown): void {
    this.#signal.removeEventListener("abort", this);
    this.#reject(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#signal.aborted) controller.abort(this.#signal.reason);
    else this.#controller = controller;
  }

  /** Comes again after an interim response (1xx). */
  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: HttpResponse["headers"],
  ): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#signal.removeEventListener("abort", this);
    const [first, ...others] = this.#chunks;
    const bytes = first !== undefined && others.length === 0 ? first : Buffer.concat(this.#chunks);
    this.#resolve({ status: this.#status, headers: this.#headers, body: utf8.decode(bytes) });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
  }
}

/** Strips a byte order mark. */
const utf8 = new TextDecoder();
