import { createHmac, createSecretKey, hash, type KeyObject } from "node:crypto";

/**
 * Huawei Cloud's request signing, SDK-HMAC-SHA256. Pure: the date is an argument, and each step of the
 * algorithm is a function of its own, so that the vendor's vectors check every one of them.
 *
 * canonical request -> its hash -> string to sign -> signature -> Authorization header
 */

/** The name of the algorithm, as it stands in the header and in the string to sign. */
const algorithm = "SDK-HMAC-SHA256";

/** What is signed of a request. Header names are lower case; `host` and `x-sdk-date` are among them. */
export interface SignableRequest {
  readonly method: string;
  /** The path of the URL, not percent-encoded. */
  readonly path: string;
  /** The query's parameters, not percent-encoded. */
  readonly query?: ReadonlyArray<readonly [name: string, value: string]>;
  readonly headers: Readonly<Record<string, string>>;
  /** The exact body; empty when there is none. */
  readonly body: string;
}

/** An AK with its SK, prepared once so that each signature costs less. */
export interface SigningKey {
  readonly accessKey: string;
  readonly key: KeyObject;
}

/** Prepares an AK/SK pair. A KeyObject is never printed, unlike a string. */
export function signingKey(accessKey: string, secretKey: string): SigningKey {
  return { accessKey, key: createSecretKey(secretKey, "utf8") };
}

/** The value of the `Authorization` header. */
export function authorization(request: SignableRequest, key: SigningKey): string {
  const names = signedHeaderNames(request.headers);
  const signed = signature(stringToSign(canonicalRequest(request, names), dateOf(request)), key.key);
  return `${algorithm} Access=${key.accessKey}, SignedHeaders=${names.join(";")}, Signature=${signed}`;
}

/** A moment as the `X-Sdk-Date` header wants it: UTC, `YYYYMMDDTHHMMSSZ`. */
export function sdkDate(moment: Date): string {
  return moment.toISOString().replace(/[-:]|\.\d+/g, "");
}

/** Step 1: the request in its one canonical form. */
export function canonicalRequest(
  request: SignableRequest,
  names = signedHeaderNames(request.headers),
): string {
  const headers = names.map((name) => `${name}:${request.headers[name]?.trim()}\n`).join("");
  return [
    request.method,
    canonicalPath(request.path),
    canonicalQuery(request.query ?? []),
    headers,
    names.join(";"),
    hash("sha256", request.body, "hex"),
  ].join("\n");
}

/** Step 2: what the key signs: the algorithm, the date, and the canonical request's hash. */
export function stringToSign(canonical: string, date: string): string {
  return `${algorithm}\n${date}\n${hash("sha256", canonical, "hex")}`;
}

/** Step 3: the signature, in lower-case hexadecimal. */
export function signature(text: string, key: KeyObject): string {
  return createHmac("sha256", key).update(text).digest("hex");
}

/** Each segment percent-encoded, and a `/` at the end that the real path does not have. */
export function canonicalPath(path: string): string {
  const encoded = nothingToEncode.test(path) ? path : path.split("/").map(percentEncode).join("/");
  return encoded.endsWith("/") ? encoded : `${encoded}/`;
}

/** Parameters in code-point order of name, then of value; always `name=value`. */
export function canonicalQuery(query: ReadonlyArray<readonly [string, string]>): string {
  return [...query]
    .sort(([nameA, valueA], [nameB, valueB]) => byCodePoint(nameA, nameB) || byCodePoint(valueA, valueB))
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join("&");
}

/** RFC 3986: all but letters, digits and `- _ . ~`, as the bytes of UTF-8. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

const nothingToEncode = /^[0-9A-Za-z/_.~-]*$/;

function signedHeaderNames(headers: Readonly<Record<string, string>>): string[] {
  return Object.keys(headers).sort();
}

function dateOf(request: SignableRequest): string {
  const date = request.headers["x-sdk-date"];
  if (date === undefined) throw new TypeError("a request to sign needs the header x-sdk-date");
  return date;
}

function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
