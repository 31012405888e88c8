import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { authorization, canonicalRequest, type SignableRequest, signingKey } from "../../sdk/http/signer";

/* The algorithm once more, by the signing guide's words and with nothing but bytes. */

/** Any text, lone surrogates included: each of its 16-bit units is drawn by itself. */
const anyText = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0xffff }),
      fc.integer({ min: 0x20, max: 0x7e }),
      fc.integer({ min: 0xd800, max: 0xdfff }),
    ),
    { maxLength: 12 },
  )
  .map((units) => String.fromCharCode(...units));

const unreserved = new Set(Buffer.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"));

function encode(text: string): string {
  return [...new TextEncoder().encode(text)]
    .map((byte) =>
      unreserved.has(byte)
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
    )
    .join("");
}

/** By code points; what is no code point counts as the replacement character, as which it is sent. */
function compare(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => [...text.toWellFormed()].map((one) => one.codePointAt(0) ?? 0));
  for (let index = 0; ; index++) {
    const [one, other] = [left?.[index] ?? -1, right?.[index] ?? -1];
    if (one !== other) return one - other;
    if (one === -1) return 0;
  }
}

/** Takes out the smallest parameter each time. */
function query(parameters: ReadonlyArray<readonly [string, string]>): string {
  const left = [...parameters];
  const lines: string[] = [];
  while (left.length > 0) {
    let least = 0;
    for (const [index, [name, value]] of left.entries()) {
      const [leastName, leastValue] = left[least] ?? ["", ""];
      if ((compare(name, leastName) || compare(value, leastValue)) < 0) least = index;
    }
    for (const [name, value] of left.splice(least, 1)) lines.push(`${encode(name)}=${encode(value)}`);
  }
  return lines.join("&");
}

const headerName = fc.stringMatching(/^[a-z][a-z0-9-]{0,15}$/);
const headerValue = fc.string({ maxLength: 30 });
const anyRequest: fc.Arbitrary<SignableRequest> = fc.record({
  method: fc.constantFrom("GET", "POST", "PUT", "DELETE"),
  path: fc.array(anyText).map((segments) => `/${segments.join("/")}`),
  query: fc.array(fc.tuple(anyText, anyText), { maxLength: 8 }),
  headers: fc
    .dictionary(headerName, headerValue)
    .map((headers) => ({ ...headers, host: "h", "x-sdk-date": "20260102T030405Z" })),
  body: anyText,
});

test("a request is signed as the guide says, for any path, query, headers and body", () => {
  const secretKey = fc.string({ minLength: 1 });
  fc.assert(
    fc.property(anyRequest, secretKey, (request, secret) => {
      const given = structuredClone(request);
      const path = request.path.split("/").map(encode).join("/");
      const names = Object.keys(request.headers).sort();
      const canonical = [
        request.method,
        path.endsWith("/") ? path : `${path}/`,
        query(request.query ?? []),
        ...names.map((name) => `${name}:${request.headers[name]?.trim()}`),
        "",
        names.join(";"),
        createHash("sha256").update(request.body).digest("hex"),
      ].join("\n");
      expect(canonicalRequest(request)).toBe(canonical);
      const hashed = createHash("sha256").update(canonical).digest("hex");
      const signature = createHmac("sha256", secret)
        .update(`SDK-HMAC-SHA256\n20260102T030405Z\n${hashed}`)
        .digest("hex");
      expect(authorization(request, signingKey("AK", secret))).toBe(
        `SDK-HMAC-SHA256 Access=AK, SignedHeaders=${names.join(";")}, Signature=${signature}`,
      );
      expect(request).toEqual(given);
    }),
    { numRuns: 700 },
  );
});
