import { describeFailure } from "../connection-failures";
import type { HttpRequest, HttpResponse } from "../exchange";
import { temporaryKeyResponse } from "../schemas";
import { Transport } from "../transport";
import { concealed } from "./concealed";
import type { Finding } from "./finding";

/** How the metadata service is reached. */
export interface MetadataOptions {
  /** Its address. @default "http://169.254.169.254", the same on every server */
  readonly endpoint?: string | undefined;
  /** Milliseconds for each of its two requests. @default 3000 */
  readonly timeout?: number | undefined;
}

/** How long the service's token is to be valid, in seconds: the most it takes. */
const tokenLifetime = 21_600;
/** What the service answers where it knows no tokens; it is then asked without one. */
const knowsNoTokens = [404, 405, 503];

/**
 * Asks the metadata service of an ECS for the temporary keys of the agency that is bound to the server: first for a
 * token of its own (as a protection against requests that a server is tricked into), then for the keys. One try
 * each, and never through a proxy, which would ask on behalf of its own machine. On a machine that is no ECS there
 * is nobody to answer, which is known after 3 s at the most.
 */
export async function findInMetadata(options: MetadataOptions, signal: AbortSignal): Promise<Finding> {
  const { endpoint = "http://169.254.169.254", timeout = 3_000 } = options;
  const timeouts = { connect: timeout, headers: timeout, body: timeout, call: timeout };
  const transport = new Transport({ timeouts, environment: {} });
  const send = (method: HttpRequest["method"], path: string, headers: Record<string, string>) =>
    transport.send(
      { method, origin: endpoint, path, headers },
      AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
    );
  try {
    return await ask(endpoint, send);
  } catch (failure) {
    signal.throwIfAborted();
    const isLate = failure instanceof Error && failure.name === "TimeoutError";
    const why = isLate ? `nothing for ${timeout / 1000} s` : describeFailure(failure);
    return { nothing: `${endpoint}: no answer, so this is not an ECS (${why})` };
  } finally {
    await transport.close();
  }
}

async function ask(
  endpoint: string,
  send: (
    method: HttpRequest["method"],
    path: string,
    headers: Record<string, string>,
  ) => Promise<HttpResponse>,
): Promise<Finding> {
  const token = await send("PUT", "/meta-data/latest/api/token", {
    "x-metadata-token-ttl-seconds": String(tokenLifetime),
  });
  if (token.status !== 200 && !knowsNoTokens.includes(token.status)) {
    return { nothing: `${endpoint}: it refused a token (HTTP ${token.status})` };
  }
  const headers: Record<string, string> =
    token.status === 200 ? { "x-metadata-token": token.body.trim() } : {};
  const answer = await send("GET", "/openstack/latest/securitykey", headers);
  if (answer.status === 401) {
    return {
      nothing: `${endpoint}: no agency is bound to this ECS (HTTP 401): create an agency for ECS with the permissions that are needed, and choose it in the server's settings`,
    };
  }
  if (answer.status !== 200) {
    return { nothing: `${endpoint}: it has no keys, so this may not be an ECS (HTTP ${answer.status})` };
  }
  const key = temporaryKeyResponse.safeParse(parseJson(answer.body));
  if (!key.success) return { nothing: `${endpoint}: its answer has no keys of the documented form` };
  return { credentials: concealed({ ...key.data, source: `the agency of this ECS (${endpoint})` }) };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
