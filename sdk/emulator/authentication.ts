import { hash, timingSafeEqual } from "node:crypto";
import { KeyLock } from "./key-lock";
import type { ReceivedRequest } from "./received-request";
import { gatewayRefusal, keystoneRefusal, type Refusal, refusal } from "./refusals";
import { bodyIsAsDeclared, expectedSignature, shownCanonicalRequest } from "./signature";

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
  admit(request: ReceivedRequest, service: "autoscaling" | "iam"): void {
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

function badToken(token: string, service: "autoscaling" | "iam"): Refusal {
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
