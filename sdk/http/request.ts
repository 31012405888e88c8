import type { SecretCredentials } from "../credentials/secret-credentials";
import { version } from "../version";
import type { HttpRequest } from "./exchange";
import { authorization, canonicalQuery, sdkDate } from "./signer";

/** A request before it is signed. */
export interface UnsignedRequest {
  readonly method: HttpRequest["method"];
  /** Without a slash at its end; may have a path, where a proxy serves the API below one. */
  readonly endpoint: string | Endpoint;
  /** Consists of characters that need no percent-encoding. */
  readonly path: string;
  readonly query?: ReadonlyArray<readonly [string, string]> | undefined;
  readonly projectId?: string | undefined;
  /** Further headers, in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
}

/** An address taken apart, once for many requests. */
export interface Endpoint extends Pick<URL, "origin" | "host"> {
  /** The path below which the API is, percent-encoded; "" when there is none. */
  readonly path: string;
  /** The same, decoded: the service signs what it has decoded. */
  readonly decodedPath: string;
}

export function parseEndpoint(address: string): Endpoint {
  const { origin, host, pathname } = new URL(address);
  const path = pathname === "/" ? "" : pathname;
  return { origin, host, path, decodedPath: decoded(path) };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // A % that encodes nothing stands for itself.
    return path;
  }
}

const userAgent = `pulumi-huaweicloud-as/${version} node/${process.versions.node}`;

/** The request with the headers that sign it: an AK/SK signature, an IAM token, or none for an ID token in the body. */
export function signRequest(
  request: UnsignedRequest,
  credentials: SecretCredentials,
  now: Date,
  userAgentSuffix?: string,
): HttpRequest {
  const endpoint = typeof request.endpoint === "string" ? parseEndpoint(request.endpoint) : request.endpoint;
  const { origin, host } = endpoint;
  const query = request.query ?? [];
  const usable = credentials.reveal();
  // No compression is asked for, so that the transport bounds the length of a response.
  const headers: Record<string, string> = { "content-type": "application/json", host, ...request.headers };
  if (request.projectId !== undefined) headers["x-project-id"] = request.projectId;
  if ("authToken" in usable) {
    headers["x-auth-token"] = usable.authToken;
  } else if ("key" in usable) {
    headers["x-sdk-date"] = dateHeader(now);
    if (usable.securityToken !== undefined) headers["x-security-token"] = usable.securityToken;
    const path = endpoint.decodedPath + request.path;
    const body = request.body ?? "";
    headers.authorization = authorization({ method: request.method, path, query, headers, body }, usable.key);
  }
  headers["user-agent"] = userAgentSuffix === undefined ? userAgent : `${userAgent} ${userAgentSuffix}`;
  const path = endpoint.path + request.path;
  return {
    method: request.method,
    origin,
    path: query.length === 0 ? path : `${path}?${canonicalQuery(query)}`,
    headers,
    body: request.body,
  };
}

/** Requests of the same second have the same date: to write it takes as long as half a signature. */
let second = Number.NaN;
let secondsDate = "";

function dateHeader(now: Date): string {
  const current = Math.floor(now.getTime() / 1000);
  if (current !== second) {
    secondsDate = sdkDate(now);
    second = current;
  }
  return secondsDate;
}
