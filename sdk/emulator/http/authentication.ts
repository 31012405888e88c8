import { createHmac, hash, timingSafeEqual } from "node:crypto";
import { gatewayRefusal, keystoneRefusal, type Refusal, refusal, smnRefusal } from "./refusals";
import { decodedPath, decodedQuery, type ReceivedRequest } from "./request";
import type { Service } from "./routes";

/** The credentials that are accepted. */
export interface AcceptedCredentials {
  readonly accessKey: string;
  readonly secretKey: string;
  /** When given, the key is a temporary one and every signed request must carry this token. */
  readonly securityToken: string | undefined;
  /** When given, `X-Auth-Token` with this value is accepted instead of a signature. */
  readonly authToken: string | undefined;
}

/** How far a request's date may be from the server's clock, in milliseconds. */
const maxSkew = 15 * 60 * 1000;

const authorizationShape =
  /^SDK-HMAC-SHA256 Access=([^\s,]+), SignedHeaders=([^\s,]+), Signature=([0-9a-f]{64})$/;

/**
 * Decides who may call, as the real gateway does: by an AK/SK signature, or by an IAM token. Source: the signing
 * guide, and answers of the real gateway that users have published.
 */
export class Authentication {
  readonly #accepted: AcceptedCredentials;
  readonly #now: () => number;
  readonly #lock = new KeyLock();

  /** `now`: the server's clock, in milliseconds. */
  constructor(accepted: AcceptedCredentials, now: () => number) {
    this.#accepted = accepted;
    this.#now = now;
  }

  /** Lets a request pass. `service`: to whom it goes, because each refuses a token in its own words. @throws Refusal */
  admit(request: ReceivedRequest, service: Service): void {
    const { authorization, "x-auth-token": token } = request.headers;
    if (authorization !== undefined) this.#admitSigned(request, authorization);
    else if (token === undefined) throw unauthenticated("x-auth-token not found");
    else if (!isSame(token, this.#accepted.authToken)) throw badToken(token, service);
  }

  #admitSigned(request: ReceivedRequest, authorization: string): void {
    const [, accessKey, signedHeaders, signature] = authorizationShape.exec(authorization) ?? [];
    if (accessKey === undefined || signedHeaders === undefined || signature === undefined) {
      throw unauthenticated(
        "verify aksk signature fail, the header is not of the form SDK-HMAC-SHA256 Access=…, SignedHeaders=…, Signature=…",
      );
    }
    if (!isSame(accessKey, this.#accepted.accessKey)) throw unknownKey(accessKey);
    const now = this.#now();
    if (this.#lock.isLocked(now)) {
      throw unauthenticated("AK access failed to reach the limit,forbidden.");
    }
    const problem =
      this.#tokenProblem(request, accessKey) ??
      dateProblem(request, now) ??
      this.#signatureProblem(request, signedHeaders.split(";"), signature);
    if (problem !== undefined) {
      this.#lock.failed(now);
      throw problem;
    }
    this.#lock.succeeded();
  }

  #tokenProblem(request: ReceivedRequest, accessKey: string): Refusal | undefined {
    // SDKs sign this header, Terraform adds it after signing; both are in use, so both pass.
    const token = request.headers["x-security-token"];
    const { securityToken } = this.#accepted;
    if (token !== undefined) {
      return isSame(token, securityToken) ? undefined : unauthenticated("decrypt token fail");
    }
    // A temporary key is not known without its token.
    return securityToken === undefined ? undefined : unknownKey(accessKey);
  }

  #signatureProblem(
    request: ReceivedRequest,
    signedHeaders: readonly string[],
    signature: string,
  ): Refusal | undefined {
    if (
      signedHeaders.includes("x-sdk-date") &&
      signedHeaders.every((name) => request.headers[name] !== undefined) &&
      bodyIsAsDeclared(request) &&
      this.#isRight(signature, request, signedHeaders)
    ) {
      return undefined;
    }
    // The real gateway, too, shows what it computed, so that a client's signer can be compared with it.
    const shown = shownCanonicalRequest(request, signedHeaders);
    return unauthenticated(`verify aksk signature fail, canonicalRequest:${shown}`);
  }

  #isRight(signature: string, request: ReceivedRequest, signedHeaders: readonly string[]): boolean {
    const { secretKey } = this.#accepted;
    if (isSame(signature, expectedSignature(request, signedHeaders, secretKey))) return true;
    // The vendor's SDK for Node.js encodes a path that is percent-encoded already once more.
    return (
      request.path.includes("%") &&
      isSame(signature, expectedSignature(request, signedHeaders, secretKey, request.path))
    );
  }
}

function dateProblem(request: ReceivedRequest, now: number): Refusal | undefined {
  const date = request.headers["x-sdk-date"];
  if (date === undefined) return unauthenticated("calc aksk signature fail:x-sdk-date not found");
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? [];
  const moment = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(moment)) {
    return unauthenticated("calc aksk signature fail:x-sdk-date is not of the form YYYYMMDDTHHMMSSZ");
  }
  if (Math.abs(now - moment) <= maxSkew) return undefined;
  const server = new Date(now).toISOString().replace(/[-:]|\.\d+/g, "");
  return unauthenticated(
    `calc aksk signature fail:signature expired, signature time:${date},server time:${server}`,
  );
}

function badToken(token: string, service: Service): Refusal {
  if (service === "smn") return smnRefusal("SMN.0022");
  if (service === "iam") return keystoneRefusal();
  return refusal(token === "" ? "AS.0005" : "AS.0006");
}

function unknownKey(accessKey: string): Refusal {
  return unauthenticated(`Get secretKey failed,ak:${accessKey},err:ak not exist`);
}

function unauthenticated(reason: string): Refusal {
  return gatewayRefusal(401, "APIGW.0301", `Incorrect IAM authentication information: ${reason}`);
}

/** Compares in a time that tells nothing of where the two differ. */
function isSame(given: string, expected: string | undefined): boolean {
  if (expected === undefined) return false;
  return timingSafeEqual(hash("sha256", given, "buffer"), hash("sha256", expected, "buffer"));
}

/** With more failures in a row than these, a key is locked. Source: the signing guide's error codes. */
const failuresAllowed = 5;
/** For how long, in milliseconds. */
const lockTime = 5 * 60 * 1000;

/** Locks an access key for five minutes when it was used wrongly more than five times in a row. */
class KeyLock {
  #failures = 0;
  #lockedUntil = Number.NEGATIVE_INFINITY;

  /** Whether even a right signature is refused. `now`: milliseconds. */
  isLocked(now: number): boolean {
    return now < this.#lockedUntil;
  }

  /** The key was used wrongly. */
  failed(now: number): void {
    this.#failures++;
    if (this.#failures <= failuresAllowed) return;
    this.#failures = 0;
    this.#lockedUntil = now + lockTime;
  }

  /** The key was used rightly: failures before it no longer count. */
  succeeded(): void {
    this.#failures = 0;
  }
}

/**
 * SDK-HMAC-SHA256 from the server's side, recomputed from a request as it was received. Deliberately shares
 * nothing with the client's signer: it is here to find that signer's mistakes. Source: the vendor's signing guide.
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
function shownCanonicalRequest(request: ReceivedRequest, names: readonly string[]): string {
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
function bodyIsAsDeclared(request: ReceivedRequest): boolean {
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
