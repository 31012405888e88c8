import { isLoopback } from "../configuration/endpoints";
import { milliseconds, numberProblem } from "../configuration/options";
import { describeFailure } from "../errors/connection";
import type { HttpRequest, HttpResponse } from "../http/exchange";
import { Transport } from "../http/transport";
import { concealed, type SourceResult } from "./credentials";
import type { PodIdentity } from "./environment";
import { readTokenFile } from "./files";
import type { MetadataOptions } from "./search";
import { podKeyResponse, temporaryKeyResponse } from "./temporary-keys";

/**
 * The services that give a machine its keys without any of its own: the metadata service of an ECS, and CCE's agent for
 * the identity of a pod. One try each, and never through a proxy, which would ask on behalf of its own machine.
 */

/** How long the metadata service's token is to be valid, in seconds: the most it takes. */
const tokenLifetime = 21_600;
/** What the metadata service answers where it knows no tokens; it is then asked without one. */
const knowsNoTokens = [404, 405, 503];

type Send = (
  method: HttpRequest["method"],
  url: string,
  headers: Record<string, string>,
  body?: string,
) => Promise<HttpResponse>;

/**
 * Asks the metadata service of an ECS for the temporary keys of the agency that is bound to the server: first for a
 * token of its own (as a protection against requests that a server is tricked into), then for the keys. A machine
 * that is no ECS gives no response, which is known after 3 s at the most.
 */
export async function findInMetadata(options: MetadataOptions, signal: AbortSignal): Promise<SourceResult> {
  const { endpoint = "http://169.254.169.254", timeout = 3_000 } = options;
  const problem = numberProblem("metadata.timeout", timeout, milliseconds);
  if (problem !== undefined) throw new Error(problem);
  const noResponse = (why: string) => `${endpoint}: no response, so this is not an ECS (${why})`;
  return asking({ timeout, signal, noResponse }, async (send) => {
    const token = await send("PUT", `${endpoint}/meta-data/latest/api/token`, {
      "x-metadata-token-ttl-seconds": String(tokenLifetime),
    });
    if (token.status !== 200 && !knowsNoTokens.includes(token.status)) {
      return { nothing: `${endpoint}: it refused a token (HTTP ${token.status})` };
    }
    const headers: Record<string, string> =
      token.status === 200 ? { "x-metadata-token": token.body.trim() } : {};
    const response = await send("GET", `${endpoint}/openstack/latest/securitykey`, headers);
    if (response.status === 401) {
      return {
        nothing: `${endpoint}: no agency is bound to this ECS (HTTP 401): create an agency for ECS with the permissions that are needed, and choose it in the server's settings`,
      };
    }
    if (response.status !== 200) {
      return { nothing: `${endpoint}: it has no keys, so this may not be an ECS (HTTP ${response.status})` };
    }
    const key = temporaryKeyResponse.safeParse(parseJson(response.body));
    if (!key.success) return { nothing: `${endpoint}: its response has no keys of the documented form` };
    return { credentials: concealed({ ...key.data, source: `the agency of this ECS (${endpoint})` }) };
  });
}

/** Asks CCE's agent for the temporary keys of this pod: one POST with the token that the cluster gives the pod. */
export async function findPodIdentity(
  { uri, tokenFile }: PodIdentity,
  signal: AbortSignal,
): Promise<SourceResult> {
  const place = "the pod identity of CCE";
  const url = URL.parse(uri);
  const isLinkLocal = /^169\.254\.\d{1,3}\.\d{1,3}$/.test(url?.hostname ?? "");
  if (
    url?.protocol !== "https:" &&
    !(url?.protocol === "http:" && (isLinkLocal || isLoopback(url.hostname)))
  ) {
    throw new Error(
      `${place}: HC_CONTAINER_CREDENTIALS_FULL_URI is neither https nor plain http on this machine (127.0.0.1, 169.254.…)`,
    );
  }
  const token = await readTokenFile(tokenFile, "HC_CONTAINER_AUTHORIZATION_TOKEN_FILE", signal);
  const noResponse = (why: string) => `${place}: no response from ${url.origin} (${why})`;
  return asking({ timeout: 5_000, signal, noResponse }, async (send) => {
    const headers = { authorization: token, "content-type": "application/json" };
    const response = await send("POST", url.href, headers, "{}");
    if (response.status !== 200)
      return { nothing: `${place}: ${url.origin} refused it (HTTP ${response.status})` };
    const key = podKeyResponse.safeParse(parseJson(response.body));
    if (!key.success)
      return { nothing: `${place}: the response of ${url.origin} has no keys of the known form` };
    return { credentials: concealed({ ...key.data, source: `${place} (${url.origin})` }) };
  });
}

interface Asking {
  /** Milliseconds for each request. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  /** The text for no response, for a reason. */
  readonly noResponse: (why: string) => string;
}

/** Asks on connections of its own. */
async function asking(
  { timeout, signal, noResponse }: Asking,
  ask: (send: Send) => Promise<SourceResult>,
): Promise<SourceResult> {
  const timeouts = { connect: timeout, headers: timeout, body: timeout, call: timeout };
  const transport = new Transport({ timeouts, environment: {} });
  const send: Send = (method, url, headers, body) => {
    const { origin, pathname, search } = new URL(url);
    const request = { method, origin, path: pathname + search, headers, body };
    return transport.send(request, AbortSignal.any([signal, AbortSignal.timeout(timeout)]));
  };
  try {
    return await ask(send);
  } catch (failure) {
    signal.throwIfAborted();
    const isLate = failure instanceof Error && failure.name === "TimeoutError";
    return { nothing: noResponse(isLate ? `nothing for ${timeout / 1000} s` : describeFailure(failure)) };
  } finally {
    await transport.close();
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
