import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { version } from "../../version";
import { Control } from "../control";
import type { Feed } from "../feed";
import type { Settings } from "../options";
import type { Gateway } from "./gateway";
import type { Interceptors, Reaction } from "./interception";
import { type Answer, gatewayRefusal, type Refusal, refusalAnswer } from "./refusals";
import { type ReceivedRequest, receive } from "./request";
import { noteAnswer, type OpenEntry, type RequestLog } from "./request-log";

/** What the server puts between the socket and the gateway. */
export interface ServerParts {
  readonly settings: Settings;
  readonly gateway: Gateway;
  readonly control: Control;
  readonly interceptors: Interceptors;
  readonly log: RequestLog;
  readonly feed: Feed;
}

/** An HTTP server that does not listen yet. Whatever arrives gets an answer, and nothing that arrives ends it. */
export function httpServer(parts: ServerParts): Server {
  const server = createServer((message, response) => {
    // Not caught: nothing that arrives makes it reject, only a mistake of a log listener or an interceptor.
    void exchange(parts, message, response);
  });
  // Unlike the rest these are not HTTP requests that can be served; left alone, Node would hang up in silence.
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    endRaw(socket, rawStatuses[error.code ?? ""] ?? "400 Bad Request");
  });
  server.on("connect", (_request, socket) => endRaw(socket, "405 Method Not Allowed"));
  return server;
}

/** What each answer says of itself, so that it is not taken for the cloud's. */
const emulator = `huaweicloud-as-emulator/${version}`;

async function exchange(
  parts: ServerParts,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const arrival = performance.now();
  response.setHeader("X-Emulator", emulator);
  const received = await receive(message).catch(() => undefined);
  // The client has gone before its request was whole.
  if (received === undefined) return;
  const { request, tooLarge } = received;
  const requestId = newRequestId();
  const stranger = strangerRefusal(request, message.socket.localPort);
  if (stranger !== undefined) return send(parts, response, refusalAnswer(stranger, requestId), requestId);
  if (Control.isStream(request)) return parts.control.follow(response);
  if (Control.isAddressed(request)) return send(parts, response, parts.control.answer(request), requestId);

  const entry = parts.log.open(request, requestId, parts.settings.clock.now());
  const reaction = await reactionTo(parts, entry, request);
  const answer = await answerAfter(parts, reaction, request, tooLarge, entry);
  if (answer !== undefined) noteAnswer(entry, answer);
  const delayed = reaction !== undefined && "delay" in reaction ? reaction.delay : 0;
  const early = arrival + parts.settings.latency + delayed - performance.now();
  if (answer !== undefined && early > 0) await delay(Math.ceil(early));
  entry.durationMs = performance.now() - arrival;
  parts.settings.onRequest(entry);
  parts.feed.changed();
  if (answer === undefined) message.socket.destroy();
  else if (reaction !== undefined && "truncate" in reaction) truncate(response, answer);
  else send(parts, response, answer, requestId);
}

/**
 * The refusal of what a web page of another site sends: such a page can have its own name lead to this address, so the
 * host must be a name of this machine, and it can send requests here, of which the browser says so.
 */
function strangerRefusal(request: ReceivedRequest, port = 0): Refusal | undefined {
  const { headers } = request;
  const { host = "", origin, "sec-fetch-site": site = "none" } = headers;
  const hosts = ["127.0.0.1", "localhost", "[::1]"].map((name) => `${name}:${port}`);
  if (!hosts.includes(host.toLowerCase())) {
    return gatewayRefusal(421, "APIGW.0101", `The host must be ${hosts.join(" or ")}.`);
  }
  const isOwn = origin === undefined || origin === `http://${host}`;
  if (isOwn && (["none", "same-origin"].includes(site) || Control.isPage(request))) return undefined;
  return gatewayRefusal(403, "APIGW.0306", "Web pages of other sites are refused.");
}

/** `undefined`: the connection is to be dropped. */
async function answerAfter(
  { gateway }: ServerParts,
  reaction: Reaction | undefined,
  request: ReceivedRequest,
  tooLarge: boolean,
  entry: OpenEntry,
): Promise<Answer | undefined> {
  if (reaction !== undefined && "answer" in reaction) return reaction.answer;
  const isDropped = reaction !== undefined && "drop" in reaction;
  if (isDropped && reaction.drop === "before") return undefined;
  const answer = await gateway.answer(request, tooLarge, entry);
  return isDropped ? undefined : answer;
}

/** An interceptor that throws is a mistake in a test, and says so in the answer that the test gets. */
async function reactionTo(
  { interceptors }: ServerParts,
  { method, path, query }: OpenEntry,
  { body }: ReceivedRequest,
): Promise<Reaction | undefined> {
  if (interceptors.isEmpty) return undefined;
  try {
    return await interceptors.reactionTo({ method, path, query, body: body.toString() });
  } catch (error) {
    const message = `An interceptor of the emulator threw: ${error instanceof Error ? error.message : error}`;
    return { answer: { status: 500, body: { error: { code: "AS.0001", message } } } };
  }
}

function send({ settings }: ServerParts, response: ServerResponse, answer: Answer, requestId: string): void {
  const { status, headers, body } = answer;
  const text = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
  response.setHeader("Date", new Date(settings.clock.now()).toUTCString());
  response.setHeader("X-Request-Id", requestId);
  if (text !== undefined) {
    response.setHeader("Content-Type", "application/json");
    response.setHeader("Content-Length", Buffer.byteLength(text));
  }
  response.writeHead(status, headers);
  response.end(text);
}

/** Announces the whole body, sends half of it and closes the connection. */
function truncate(response: ServerResponse, { status, body }: Answer): void {
  const text = JSON.stringify(body ?? {});
  response.writeHead(status, {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(text),
  });
  response.write(text.slice(0, text.length / 2), () => response.destroy());
}

const rawStatuses: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

function endRaw(socket: Duplex, status: string): void {
  // A client that resets the connection meanwhile makes this an error, and an error without a listener ends us.
  socket.on("error", () => {});
  if (!socket.writable) return void socket.destroy();
  const requestId = newRequestId();
  const body = JSON.stringify({
    error_msg: "API request error.",
    error_code: "APIGW.0201",
    request_id: requestId,
  });
  socket.end(
    `HTTP/1.1 ${status}\r\nX-Request-Id: ${requestId}\r\nX-Emulator: ${emulator}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    // Ending is not enough: a client that does not end its side either would keep the server from closing.
    () => socket.destroy(),
  );
}

/** Like the gateway's: 32 hexadecimal digits. */
function newRequestId(): string {
  return randomUUID().replaceAll("-", "");
}

/** Holds nothing open: while the server listens it keeps the process alive by itself. */
function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
