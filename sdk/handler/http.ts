import type { X509Certificate } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { WatchedGroup } from "./group";
import { isMessageError, MessageError } from "./message-error";
import type { Metrics } from "./metrics";
import { parseLifecycleNotification } from "./notification";
import type { LifecycleHandlerOptions, Settings } from "./options";
import { confirmSubscription, type SmnVerification, verifySmnMessage } from "./smn-message";

/** A message has at most 256 KB before it is put into the envelope. */
const longestBody = 1024 * 1024;
/** How many messages are looked at side by side; more are told to come again. */
const mostAtOnce = 100;
/** How long an answer waits for SMN's certificate, milliseconds. */
const timeToAnswer = 800;
/** A group that was not looked at for so many intervals, or as many seconds at least, is not well. */
const unwellAfter = 4;
const leastUnwell = 120_000;

/** What the answers depend on. */
export interface HttpWorld {
  readonly options: LifecycleHandlerOptions;
  readonly settings: Settings;
  readonly groups: readonly WatchedGroup[];
  readonly metrics: Metrics;
  readonly isEnding: () => boolean;
}

/** Answers SMN: 2xx for what is taken, 4xx for what never will be, 503 for what is to be sent again. */
export class HttpInterface {
  readonly #world: HttpWorld;
  readonly #cache = new Map<string, Promise<X509Certificate>>();
  #underWay = 0;

  constructor(world: HttpWorld) {
    this.#world = world;
  }

  async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (this.#world.options.monitoring && request.method === "GET") {
      if (pathname === "/healthz") return this.#health();
      if (pathname === "/metrics") return this.#metricsText();
    }
    if (request.method !== "POST")
      return answer(request.method === "GET" ? 404 : 405, "POST a message of SMN");
    if (this.#world.isEnding() || this.#underWay >= mostAtOnce) return answer(503, "not now");
    this.#underWay++;
    try {
      await this.#receive(await textOf(request.body));
      this.#world.metrics.messages.accepted++;
      return answer(200, "taken");
    } catch (error) {
      return this.#refuse(error);
    } finally {
      this.#underWay--;
    }
  }

  /** Serves a request of `node:http`. Never rejects. */
  async listen(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url = "/" } = incoming;
    // Only the path counts: Host is the sender's to choose.
    const address = new URL(url.startsWith("/") ? `http://localhost${url}` : "http://localhost/");
    const hasBody = method !== "GET" && method !== "HEAD";
    const body = hasBody ? (Readable.toWeb(incoming) as ReadableStream<Uint8Array>) : null;
    const answered = await this.fetch(new Request(address, { method, body, duplex: "half" })).catch(() =>
      answer(500, "failed"),
    );
    response.writeHead(answered.status, Object.fromEntries(answered.headers));
    response.end(await answered.text());
  }

  async #receive(text: string): Promise<void> {
    const { topics = [], certificate, hosts } = this.#world.options;
    const now = () => this.#world.settings.clock.now();
    const verification: SmnVerification = { topics, certificate, hosts, cache: this.#cache, now };
    const message = await inTime(verifySmnMessage(text, verification));
    if (message.type === "SubscriptionConfirmation") return inTime(confirmSubscription(message));
    if (message.type !== "Notification") return;
    const notification = parseLifecycleNotification(message.message.startsWith("{") ? message.message : {});
    if (notification === undefined) return;
    this.#world.groups
      .find(({ id }) => id === notification.scalingGroupId)
      ?.expect(notification.lifecycleActionKey);
  }

  #refuse(error: unknown): Response {
    if (!isMessageError(error)) throw error;
    // Types that SMN adds are no reason to be shut out.
    if (error.problem === "unknown") return answer(200, "ignored");
    this.#world.metrics.messages.refused++;
    this.#world.settings.log({ kind: "refused", text: `a message was refused: ${error.message}`, error });
    const status = { malformed: 400, foreign: 403, forged: 403, certificate: 503 }[error.problem];
    return answer(status, error.problem);
  }

  #health(): Response {
    const limit = Math.max(unwellAfter * this.#world.settings.sweepInterval, leastUnwell);
    const isWell =
      this.#world.settings.sweepInterval === 0 || this.#world.groups.every(({ age }) => age < limit);
    if (this.#world.isEnding()) return answer(503, "ending");
    return isWell ? answer(200, "ok") : answer(503, "a group could not be looked at");
  }

  #metricsText(): Response {
    const counts = this.#world.groups.map((group) => group.counts);
    const sum = (name: "hanging" | "working") => counts.reduce((total, one) => total + one[name], 0);
    const text = this.#world.metrics.text({ hanging: sum("hanging"), working: sum("working") });
    return new Response(text, { headers: { "content-type": "text/plain; version=0.0.4" } });
  }
}

/** Gives up on what takes too long for SMN; it goes on, and its result serves the next time. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  const ended = new AbortController();
  const late = sleep(timeToAnswer, undefined, { signal: ended.signal, ref: false }).then(() => {
    throw new MessageError("certificate", "SMN did not answer in time");
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    late.catch(() => {});
    work.catch(() => {});
    ended.abort();
  }
}

async function textOf(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > longestBody) throw new MessageError("malformed", "the message is too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function answer(status: number, text: string): Response {
  return new Response(`${text}\n`, { status, headers: { "content-type": "text/plain" } });
}
