import { type Answer, codeOf } from "./refusals";
import type { ReceivedRequest } from "./request";

/** A request as the API saw it. No header is kept: some of them are credentials. */
export interface RequestLogEntry {
  /** When it had arrived, by the emulator's clock. */
  readonly time: Date;
  readonly method: string;
  /** Percent-encoded as received. */
  readonly path: string;
  /** Percent-encoded as received, without the `?`; empty when there is none. */
  readonly query: string;
  /** The body as text, at most its first 10,000 characters; empty when there is none. */
  readonly body: string;
  /** What the answer's `X-Request-Id` says. */
  readonly requestId: string;
  /** The answer's status. `undefined` until it is decided, and when the connection was dropped instead. */
  readonly status: number | undefined;
  /** The code of an error answer, such as `AS.7041`. */
  readonly code: string | undefined;
  /** The first of what newer clients send and the emulator ignores. */
  readonly warning: string | undefined;
  /** Real milliseconds from arrival to answer. `undefined` while it is under way. */
  readonly durationMs: number | undefined;
}

/** An entry that is still being written. */
export type OpenEntry = { -readonly [Field in keyof RequestLogEntry]: RequestLogEntry[Field] };

/** What the log holds at most: an emulator that runs for days must not grow for ever. */
const maxEntries = 10_000;
const maxCharacters = 8_000_000;
const maxBodyLength = 10_000;

/** The requests in the order of their arrival; the older half is forgotten when there are too many, or too long ones. */
export class RequestLog {
  readonly #entries: OpenEntry[] = [];
  #characters = 0;

  /** A live view. */
  get entries(): readonly RequestLogEntry[] {
    return this.#entries;
  }

  /** Notes a request that has arrived. `time`: milliseconds. */
  open(request: ReceivedRequest, requestId: string, time: number): OpenEntry {
    const entry: OpenEntry = {
      time: new Date(time),
      method: request.method,
      path: request.path,
      query: request.query,
      body: beginning(request.body),
      requestId,
      status: undefined,
      code: undefined,
      warning: undefined,
      durationMs: undefined,
    };
    this.#characters += lengthOf(entry);
    // Half at a time, so that forgetting costs next to nothing.
    while (
      this.#entries.length >= maxEntries ||
      (this.#characters > maxCharacters && this.#entries.length > 0)
    ) {
      const forgotten = this.#entries.splice(0, Math.ceil(this.#entries.length / 2));
      for (const one of forgotten) this.#characters -= lengthOf(one);
    }
    this.#entries.push(entry);
    return entry;
  }

  clear(): void {
    this.#entries.length = 0;
    this.#characters = 0;
  }
}

function lengthOf({ path, query, body }: OpenEntry): number {
  return path.length + query.length + body.length;
}

/** The first characters of a body, in a string of their own: a slice would keep the whole text in memory. */
function beginning(body: Buffer): string {
  const text = body.toString("utf8", 0, maxBodyLength * 4);
  return text.length <= maxBodyLength ? text : Buffer.from(text.slice(0, maxBodyLength)).toString();
}

/** Notes what the answer to a request will be. */
export function noteAnswer(entry: OpenEntry, answer: Answer): void {
  entry.status = answer.status;
  entry.code = answer.status >= 400 ? codeOf(answer.body) : undefined;
}
