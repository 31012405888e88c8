import { createHmac, hash } from "node:crypto";
import { decodedPath, decodedQuery, type ReceivedRequest } from "./received-request";

/**
 * SDK-HMAC-SHA256 from the server's side, recomputed from a request as it was received. Deliberately shares
 * nothing with the client's signer: it is here to find that signer's mistakes. Source: the vendor's signing guide
 * (3.1 of our reference).
 */

/** Header names whose values are secrets and never shown. */
const secretHeaders = ["authorization", "x-auth-token", "x-security-token"];

/** A body hash of this value means that the body is not signed. */
const unsignedPayload = "UNSIGNED-PAYLOAD";

/**
 * The request in its canonical form. `names`: the headers that the client says it signed. `path`: what the path's
 * segments are before they are encoded: the vendor's SDKs for Go and Python decode those of the URL first, as the
 * signing guide says, its SDK for Node.js does not.
 */
export function canonicalRequest(
  request: ReceivedRequest,
  names: readonly string[],
  path: string = decodedPath(request),
): string {
  return canonicalText(request, names, path, (name) => request.headers[name] ?? "");
}

/** The same, fit for an error message: on one line as the gateway writes it, with `******` for secrets. */
export function shownCanonicalRequest(request: ReceivedRequest, names: readonly string[]): string {
  return canonicalText(request, names, decodedPath(request), (name) =>
    secretHeaders.includes(name) ? "******" : (request.headers[name] ?? ""),
  ).replaceAll("\n", "|");
}

/** The signature that a request must carry, in lower-case hexadecimal. `path`: as for the canonical request. */
export function expectedSignature(
  request: ReceivedRequest,
  names: readonly string[],
  secretKey: string,
  path?: string,
): string {
  const date = request.headers["x-sdk-date"] ?? "";
  const stringToSign = `SDK-HMAC-SHA256\n${date}\n${sha256(canonicalRequest(request, names, path))}`;
  return createHmac("sha256", secretKey).update(stringToSign, "utf8").digest("hex");
}

/** Whether a declared hash of the body, if there is one, is that of the body received. */
export function bodyIsAsDeclared(request: ReceivedRequest): boolean {
  const declared = request.headers["x-sdk-content-sha256"];
  return declared === undefined || declared === unsignedPayload || declared === sha256(request.body);
}

function canonicalText(
  request: ReceivedRequest,
  names: readonly string[],
  unencodedPath: string,
  shown: (name: string) => string,
): string {
  const sorted = names.map((name) => name.toLowerCase()).sort();
  const path = unencodedPath.split("/").map(encode).join("/");
  const lines = [
    request.method,
    path.endsWith("/") ? path : `${path}/`,
    canonicalQuery(request),
    ...sorted.map((name) => `${name}:${shown(name).trim()}`),
    "",
    sorted.join(";"),
    request.headers["x-sdk-content-sha256"] ?? sha256(request.body),
  ];
  return lines.join("\n");
}

function canonicalQuery(request: ReceivedRequest): string {
  return decodedQuery(request)
    .sort((a, b) => byCodePoint(a[0], b[0]) || byCodePoint(a[1], b[1]))
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join("&");
}

/** Everything but letters, digits and `-_.~` as `%XX`, byte by byte. */
function encode(text: string): string {
  let encoded = "";
  for (const byte of Buffer.from(text, "utf8")) {
    const character = String.fromCharCode(byte);
    encoded += /[0-9A-Za-z\-_.~]/.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}

/** The order of UTF-8's bytes is that of the code points; that of JavaScript's strings is not. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, "utf8"), Buffer.from(b, "utf8"));
}

function sha256(content: string | Buffer): string {
  return hash("sha256", content);
}
