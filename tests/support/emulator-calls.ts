import { once } from "node:events";
import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { text as textOf } from "node:stream/consumers";
import type { Emulator } from "../../sdk/emulator";
import { defaultGroup } from "../../sdk/emulator/options";
import { authorization, sdkDate, signingKey } from "../../sdk/http/signer";

/** What is out of the ordinary about a request. */
export interface CallOptions {
  /** The body; anything but a string is sent as JSON. */
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string>>;
  /** Signed unless `unsigned` names them. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly unsigned?: Readonly<Record<string, string>>;
  readonly secretKey?: string;
  readonly date?: Date;
  /** Sends no signature. */
  readonly anonymous?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface CallAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: unknown;
  /** The code of an error of Auto Scaling or of the gateway. */
  readonly code: string | undefined;
  readonly message: string;
}

/**
 * Sends one request on a connection of its own, signed by the SDK's signer. Rejects when no answer comes.
 * `path`: not percent-encoded.
 */
export async function call(
  emulator: Pick<Emulator, "port" | "accessKey" | "secretKey">,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<CallAnswer> {
  const { body: given = "", secretKey = emulator.secretKey, date = new Date() } = options;
  const body = typeof given === "string" ? given : JSON.stringify(given);
  const query = Object.entries(options.query ?? {});
  const host = `127.0.0.1:${emulator.port}`;
  const signed = { host, "x-sdk-date": sdkDate(date), ...options.headers };
  const key = signingKey(emulator.accessKey, secretKey);
  const signature = authorization({ method, path, query, headers: signed, body }, key);
  const search = query.length === 0 ? "" : `?${new URLSearchParams(query)}`;
  return send(emulator, {
    method,
    target: path.toWellFormed().split("/").map(encodeURIComponent).join("/") + search,
    headers: { ...signed, ...options.unsigned, ...(options.anonymous ? {} : { authorization: signature }) },
    body,
    signal: options.signal,
  });
}

/** A request as it is sent. */
interface Sent {
  readonly method: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly signal?: AbortSignal | undefined;
}

/** Sends a request as it is. */
export async function send({ port }: Pick<Emulator, "port">, sent: Sent): Promise<CallAnswer> {
  const { method, target: path, body = "", signal } = sent;
  // Node frames the body of a GET only when it is told its length.
  const headers = { ...sent.headers, "content-length": Buffer.byteLength(body) };
  const to = { host: "127.0.0.1", port, agent: false, ...(signal ? { signal } : {}) };
  const outgoing = request({ ...to, method, path, headers });
  // Once there is an answer, what goes wrong is an error of its.
  outgoing.on("error", () => {});
  outgoing.end(body);
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  const text = await textOf(incoming);
  const json: unknown = text.startsWith("{") ? JSON.parse(text) : undefined;
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, text, json, ...errorOf(json) };
}

/** The paths of the API on a group of an emulator. */
export function pathsOf({ projectId }: Pick<Emulator, "projectId">, groupId = defaultGroup) {
  const base = `/autoscaling-api/v1/${projectId}`;
  return {
    hooks: `${base}/scaling_lifecycle_hook/${groupId}`,
    hook: (name: string) => `${base}/scaling_lifecycle_hook/${groupId}/${name}`,
    hookList: `${base}/scaling_lifecycle_hook/${groupId}/list`,
    instances: `${base}/scaling_instance_hook/${groupId}/list`,
    callback: `${base}/scaling_instance_hook/${groupId}/callback`,
    projects: "/v3/projects",
  };
}

export const topicUrn = "urn:smn:cn-north-4:0123456789abcdef0123456789abcdef:gsh";

/** The body of the specification's sample. */
export const sampleHook = {
  lifecycle_hook_name: "test-hook1",
  default_result: "ABANDON",
  default_timeout: 3600,
  notification_topic_urn: topicUrn,
  lifecycle_hook_type: "INSTANCE_LAUNCHING",
} as const;

function errorOf(json: unknown): { code: string | undefined; message: string } {
  const body = (json ?? {}) as Record<string, unknown>;
  const error = (body.error ?? body) as Record<string, unknown>;
  const code = error.code ?? error.error_code;
  const message = error.message ?? error.error_msg;
  return {
    code: code === undefined ? undefined : String(code),
    message: typeof message === "string" ? message : "",
  };
}
