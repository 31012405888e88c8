import type { SecretCredentials } from "./credentials/secret-credentials";
import { authorization, canonicalQuery, sdkDate } from "./signer";
import type { HttpRequest } from "./transport";
import { version } from "./version";

/** What a request says, before anybody has signed it. */
export interface UnsignedRequest {
  readonly method: HttpRequest["method"];
  /** Without a slash at its end; may have a path, where a proxy serves the API below one. */
  readonly endpoint: string | Endpoint;
  /** Consists of characters that need no percent-encoding. */
  readonly path: string;
  readonly query?: ReadonlyArray<readonly [string, string]> | undefined;
  readonly projectId?: string | undefined;
  readonly body?: string | undefined;
}

/** An address taken apart, once for many requests. */
export type Endpoint = Pick<URL, "origin" | "host" | "pathname">;

export function parseEndpoint(address: string): Endpoint {
  const { origin, host, pathname } = new URL(address);
  return { origin, host, pathname };
}

const userAgent = `pulumi-huaweicloud-as/${version} node/${process.versions.node}`;

/** The request with the headers that sign it: an AK/SK signature, or an IAM token. */
export function signRequest(
  request: UnsignedRequest,
  credentials: SecretCredentials,
  now: Date,
): HttpRequest {
  const { endpoint } = request;
  const { origin, host, pathname } = typeof endpoint === "string" ? parseEndpoint(endpoint) : endpoint;
  const path = pathname === "/" ? request.path : pathname + request.path;
  const query = request.query ?? [];
  const usable = credentials.reveal();
  // An answer in JSON is asked for, and never a compressed one, so that its length is bounded by the transport.
  const headers: Record<string, string> = { "content-type": "application/json", host };
  if (request.projectId !== undefined) headers["x-project-id"] = request.projectId;
  if ("authToken" in usable) {
    headers["x-auth-token"] = usable.authToken;
  } else {
    headers["x-sdk-date"] = sdkDate(now);
    if (usable.securityToken !== undefined) headers["x-security-token"] = usable.securityToken;
    const body = request.body ?? "";
    headers.authorization = authorization({ method: request.method, path, query, headers, body }, usable.key);
  }
  headers["user-agent"] = userAgent;
  return {
    method: request.method,
    origin,
    path: query.length === 0 ? path : `${path}?${canonicalQuery(query)}`,
    headers,
    body: request.body,
  };
}
