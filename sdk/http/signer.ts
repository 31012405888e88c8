import { hash } from "node:crypto";

/**
 * Huawei Cloud's request signing, SDK-HMAC-SHA256. Pure: the date is a header, and each step of the algorithm is a
 * function of its own, so that the vendor's vectors check every one of them.
 *
 * canonical request -> its hash -> string to sign -> signature -> Authorization header
 */

/** The name of the algorithm, as it stands in the header and in the string to sign. */
const algorithm = "SDK-HMAC-SHA256";

/** The signed parts of a request. Header names are lower case; `host` and `x-sdk-date` are among them. */
export interface SignableRequest {
  readonly method: string;
  /** The path of the URL, percent-decoded. */
  readonly path: string;
  /** The query's parameters, not percent-encoded. */
  readonly query?: ReadonlyArray<readonly [name: string, value: string]>;
  readonly headers: Readonly<Record<string, string>>;
  /** The exact body; empty when there is none. */
  readonly body: string;
}

/** An AK with its SK, prepared once so that each signature costs less. Printing it shows no secret. */
export interface SigningKey {
  readonly accessKey: string;
  readonly key: HmacKey;
}

/** Prepares an AK/SK pair. */
export function signingKey(accessKey: string, secretKey: string): SigningKey {
  return { accessKey, key: new HmacKey(secretKey) };
}

/** The value of the `Authorization` header. */
export function authorization(request: SignableRequest, { accessKey, key }: SigningKey): string {
  const date = request.headers["x-sdk-date"];
  if (date === undefined) throw new TypeError("a request to sign needs the header x-sdk-date");
  const names = Object.keys(request.headers).sort();
  const signedHeaders = names.join(";");
  const signed = signature(stringToSign(canonicalRequest(request, names, signedHeaders), date), key);
  return `${algorithm} Access=${accessKey}, SignedHeaders=${signedHeaders}, Signature=${signed}`;
}

/** A moment as the `X-Sdk-Date` header wants it: UTC, `YYYYMMDDTHHMMSSZ`. */
export function sdkDate(moment: Date): string {
  return moment.toISOString().replaceAll(/[-:]|\.\d+/g, "");
}

/** Step 1: the request in its one canonical form. */
export function canonicalRequest(
  { method, path, query = [], headers, body }: SignableRequest,
  names = Object.keys(headers).sort(),
  signedHeaders = names.join(";"),
): string {
  let lines = `${method}\n${canonicalPath(path)}\n${canonicalQuery(query)}\n`;
  for (const name of names) lines += `${name}:${headers[name]?.trim()}\n`;
  return `${lines}\n${signedHeaders}\n${hash("sha256", body, "hex")}`;
}

/** Step 2: the text that the key signs: the algorithm, the date, and the canonical request's hash. */
export function stringToSign(canonical: string, date: string): string {
  return `${algorithm}\n${date}\n${hash("sha256", canonical, "hex")}`;
}

/** Step 3: the signature, in lower-case hexadecimal. */
export function signature(text: string, key: HmacKey): string {
  return key.sign(text);
}

/**
 * A key of HMAC-SHA256, which is `hash(outer + hash(inner + text))` (RFC 2104), with the two blocks that depend on the
 * key alone made once. `createHmac` with a `KeyObject` takes twice as long, and with it a whole signature as long as
 * the bare hashing that it consists of, where this takes three quarters of that.
 */
export class HmacKey {
  /** The block, followed by the text. */
  #inner: Buffer;
  /** The block, followed by the inner hash. */
  readonly #outer: Buffer;

  constructor(secretKey: string) {
    const bytes = Buffer.from(secretKey);
    const key = bytes.length > blockLength ? hash("sha256", bytes, "buffer") : bytes;
    const block = Buffer.concat([key], blockLength);
    this.#inner = Buffer.from(block.map((byte) => byte ^ 0x36));
    this.#outer = Buffer.concat([block.map((byte) => byte ^ 0x5c)], blockLength + hashLength);
  }

  /** `text`: a string to sign, of ASCII characters. Those are all equally long, so that room is made once. */
  sign(text: string): string {
    const length = blockLength + text.length;
    if (this.#inner.length !== length)
      this.#inner = Buffer.concat([this.#inner.subarray(0, blockLength)], length);
    this.#inner.write(text, blockLength, "latin1");
    this.#outer.write(hash("sha256", this.#inner, "binary"), blockLength, "binary");
    return hash("sha256", this.#outer, "hex");
  }
}

/** SHA-256's, in bytes. */
const blockLength = 64;
const hashLength = 32;

/** Each segment percent-encoded, and a `/` at the end that the real path does not have. */
function canonicalPath(path: string): string {
  const encoded = nothingToEncode.test(path) ? path : path.split("/").map(percentEncode).join("/");
  return encoded.endsWith("/") ? encoded : `${encoded}/`;
}

/** Parameters in code-point order of name, then of value; always `name=value`. */
export function canonicalQuery(query: ReadonlyArray<readonly [string, string]>): string {
  if (query.length === 0) return "";
  return [...query]
    .sort(([nameA, valueA], [nameB, valueB]) => byCodePoint(nameA, nameB) || byCodePoint(valueA, valueB))
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join("&");
}

/** RFC 3986: all but letters, digits and `- _ . ~`, as the bytes of UTF-8. */
function percentEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

const nothingToEncode = /^[0-9A-Za-z/_.~-]*$/;

function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
