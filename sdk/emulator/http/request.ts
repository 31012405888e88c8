import type { IncomingMessage } from "node:http";
import { gatewayRefusal, refusal } from "./refusals";

/** A request exactly as it arrived: nothing decoded, nothing normalised, because signatures are over this. */
export interface ReceivedRequest {
  readonly method: string;
  /** Percent-encoded as received, without the query. */
  readonly path: string;
  /** Percent-encoded as received, without the `?`; empty when there is none. */
  readonly query: string;
  /** Names in lower case; the values of a header that came several times are joined with a comma. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** The most bytes of a request's body: the limit of the real gateway. */
const maxBodyBytes = 12 * 1024 * 1024;

/**
 * Reads a request to its end. A body that is too large is read too, but not kept: a server that answers before that
 * resets the connection under a client that is still sending, and the answer is lost.
 *
 * @returns the request, and whether its body was too large (it is empty then)
 */
export async function receive(
  message: IncomingMessage,
): Promise<{ request: ReceivedRequest; tooLarge: boolean }> {
  const { body, tooLarge } = await readBody(message);
  // The target may be a whole URL, as a proxy is addressed.
  const target = (message.url ?? "/").replace(/^https?:\/\/[^/?]*/i, "");
  const mark = target.indexOf("?");
  const request = {
    method: message.method ?? "GET",
    path: mark === -1 ? target : target.slice(0, mark),
    query: mark === -1 ? "" : target.slice(mark + 1),
    headers: joined(message.headersDistinct),
    body,
  };
  return { request, tooLarge };
}

/** The path without its percent-encoding. @throws Refusal (400) when it can't be decoded */
export function decodedPath(request: ReceivedRequest): string {
  return decoded(request.path);
}

/** The query's parameters without their percent-encoding, in the order received. @throws Refusal (400) */
export function decodedQuery(request: ReceivedRequest): Array<readonly [name: string, value: string]> {
  return request.query
    .split("&")
    .filter((parameter) => parameter !== "")
    .map((parameter) => {
      const equals = parameter.indexOf("=");
      if (equals === -1) return [decodedParameter(parameter), ""];
      return [decodedParameter(parameter.slice(0, equals)), decodedParameter(parameter.slice(equals + 1))];
    });
}

/** A parameter of the query; an empty one counts as absent. */
export function parameter(request: ReceivedRequest, name: string): string | undefined {
  return decodedQuery(request).find(([candidate]) => candidate === name)?.[1] || undefined;
}

function readBody(message: IncomingMessage): Promise<{ body: Buffer; tooLarge: boolean }> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let size = 0;
    message.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBodyBytes) chunks.push(chunk);
      else chunks = [];
    });
    message.on("end", () => {
      resolve({ body: Buffer.concat(chunks), tooLarge: size > maxBodyBytes });
    });
    message.on("error", reject);
  });
}

function joined(distinct: NodeJS.Dict<string[]>): Record<string, string> {
  const headers: Record<string, string> = Object.create(null);
  for (const [name, values] of Object.entries(distinct)) headers[name] = values?.join(",") ?? "";
  return headers;
}

/** In a query a plus is a space: forms write it so, and servers read it so. */
function decodedParameter(text: string): string {
  return decoded(text.replaceAll("+", " "));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw gatewayRefusal(400, "APIGW.0201", "API request error.");
  }
}

/** What a JSON request says: an object, or `null`. */
export type JsonBody = Readonly<Record<string, unknown>> | null;

/** Reads a request's body. @throws Refusal AS.0002 without one, AS.0022 when it is not a JSON object or null */
export function jsonBody(body: Buffer): JsonBody {
  const json = parsed(body);
  if (typeof json !== "object" || Array.isArray(json)) throw refusal("AS.0022");
  return json as JsonBody;
}

function parsed(body: Buffer): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    throw refusal("AS.0022");
  }
  if (text.trim() === "") throw refusal("AS.0002");
  try {
    return JSON.parse(text);
  } catch {
    throw refusal("AS.0022");
  }
}
