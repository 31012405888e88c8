import { hash } from "node:crypto";
import { expect, test } from "vitest";
import { SecretCredentials } from "../../sdk/credentials/secret-credentials";
import { signRequest } from "../../sdk/http/request";
import {
  authorization,
  canonicalQuery,
  canonicalRequest,
  type SignableRequest,
  sdkDate,
  signature,
  signingKey,
  stringToSign,
} from "../../sdk/http/signer";
import published from "../fixtures/signing-vectors.json";

/** The request of a vector: which headers were signed stands in its canonical request. */
function requestOf(vector: (typeof published.vectors)["V1_create"]): SignableRequest {
  const url = new URL(vector.url);
  const [, , , ...rest] = vector.canonicalRequest.split("\n");
  const headers = rest.slice(0, rest.indexOf("")).map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1)] as const;
  });
  return {
    method: vector.method,
    path: url.pathname,
    query: Object.entries(vector.query),
    headers: Object.fromEntries(headers),
    body: vector.body,
  };
}

test.each(Object.entries(published.vectors))(
  "the vendor's vector %s has the canonical request, the string to sign and the signature of the vendor's signer",
  (_, vector) => {
    const request = requestOf(vector as (typeof published.vectors)["V1_create"]);
    const key = signingKey(published.accessKey, published.secretKey);
    expect(canonicalRequest(request)).toBe(vector.canonicalRequest);
    expect(hash("sha256", canonicalRequest(request))).toBe(vector.canonicalRequestHash);
    expect(stringToSign(vector.canonicalRequest, published.sdkDate)).toBe(vector.stringToSign);
    expect(vector.authorization).toContain(`Signature=${signature(vector.stringToSign, key.key)}`);
    expect(authorization(request, key)).toBe(vector.authorization);
  },
);

test("a date is written in UTC without fractions", () => {
  expect(sdkDate(new Date("2026-01-02T03:04:05.678Z"))).toBe(published.sdkDate);
});

test("the query is sorted by code point, values of one name too, and an empty value keeps its =", () => {
  const query = [
    ["a", "2"],
    ["Z", "ä +/"],
    ["a", "1"],
    ["empty", ""],
  ] as const;
  expect(canonicalQuery(query)).toBe("Z=%C3%A4%20%2B%2F&a=1&a=2&empty=");
});

test("a request without the date is refused rather than signed wrongly", () => {
  const request = { method: "GET", path: "/", headers: { host: "h" }, body: "" };
  expect(() => authorization(request, signingKey("AK", "SK"))).toThrow("x-sdk-date");
});

test.each([
  ["https://as.example.com/a%20b", "/a%20b/hooks", "/a b/hooks"],
  ["https://as.example.com/%e4%b8%ad", "/%e4%b8%ad/hooks", "/中/hooks"],
  ["https://as.example.com/100%", "/100%/hooks", "/100%/hooks"],
])(
  "an endpoint with a percent-encoded path is signed decoded, and sent as it is: %s",
  (endpoint, sent, signed) => {
    const credentials = new SecretCredentials({ accessKey: "AK", secretKey: "SK" });
    const unsigned = { method: "GET", endpoint, path: "/hooks" } as const;
    const request = signRequest(unsigned, credentials, new Date("2026-01-02T03:04:05Z"));
    expect(request.path).toBe(sent);
    const { authorization: header, "user-agent": _, ...headers } = request.headers;
    const signable = { method: "GET", path: signed, headers, body: "" };
    expect(header).toBe(authorization(signable, signingKey("AK", "SK")));
  },
);
