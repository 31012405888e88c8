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

/** What became of one attempt: a response, or the failure that kept it from coming, and whether anything was sent. */
export type AttemptResult =
  | { readonly response: HttpResponse }
  | { readonly failure: unknown; readonly wasSent: boolean };

/**
 * One request and its response, collected as it comes. undici's own `request` makes a stream of each body, which costs
 * as much time as a signature does, and looks at a signal only once the connection stands.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  /** Never rejects. Where no whole response came: undici's error, or at once the signal's reason. */
  readonly result: Promise<AttemptResult>;
  readonly #signal: AbortSignal;
  readonly #resolve: (result: AttemptResult) => void;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: HttpResponse["headers"] = {};

  constructor(signal: AbortSignal) {
    const { promise, resolve } = Promise.withResolvers<AttemptResult>();
    this.result = promise;
    this.#signal = signal;
    this.#resolve = resolve;
    if (signal.aborted) this.handleEvent();
    else signal.addEventListener("abort", this);
  }

  /** The signal has been aborted. */
  handleEvent(): void {
    this.fail(this.#signal.reason);
    this.#controller?.abort(this.#signal.reason);
  }

  fail(failure: unknown): void {
    this.#signal.removeEventListener("abort", this);
    // Once a connection stands, some of the request may have left.
    this.#resolve({ failure, wasSent: this.#controller !== undefined });
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
    const response = { status: this.#status, headers: this.#headers, body: textOf(bytes) };
    this.#resolve({ response });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
  }
}

/** The text, without a byte order mark. */
function textOf(bytes: Buffer): string {
  const text = bytes.toString();
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}
