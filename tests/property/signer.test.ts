import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  authorization,
  canonicalPath,
  canonicalQuery,
  canonicalRequest,
  percentEncode,
  type SignableRequest,
  signingKey,
} from "../../sdk/http/signer";

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
const anyQuery = fc.array(fc.tuple(anyText, anyText), { maxLength: 8 });

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

function query(parameters: ReadonlyArray<readonly [string, string]>): string {
  const left = [...parameters];
  const lines: string[] = [];
  // Takes out the smallest each time.
  while (left.length > 0) {
    let least = 0;
    for (const [index, [name, value]] of left.entries()) {
      const [leastName, leastValue] = left[least] ?? ["", ""];
      if (
        compare(name, leastName) < 0 ||
        (compare(name, leastName) === 0 && compare(value, leastValue) < 0)
      ) {
        least = index;
      }
    }
    for (const [name, value] of left.splice(least, 1)) lines.push(`${encode(name)}=${encode(value)}`);
  }
  return lines.join("&");
}

test("percent-encoding is that of the bytes, for any characters", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(percentEncode(text)).toBe(encode(text));
    }),
  );
});

test("what is encoded decodes to what it was, apart from what is no character", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(decodeURIComponent(percentEncode(text))).toBe(text.toWellFormed());
    }),
  );
});

test("a canonical query is the encoded parameters in order, for any characters", () => {
  fc.assert(
    fc.property(anyQuery, (parameters) => {
      expect(canonicalQuery(parameters)).toBe(query(parameters));
    }),
  );
});

test("it does not depend on the order in which they were given, and changes nothing that was given", () => {
  const shuffled = anyQuery.chain((parameters) =>
    fc.tuple(
      fc.constant(parameters),
      fc.shuffledSubarray(parameters, { minLength: parameters.length, maxLength: parameters.length }),
    ),
  );
  fc.assert(
    fc.property(shuffled, ([parameters, others]) => {
      const before = structuredClone(parameters);
      expect(canonicalQuery(others)).toBe(canonicalQuery(parameters));
      expect(parameters).toEqual(before);
    }),
  );
});

test("a canonical path is its encoded segments, and ends with a slash", () => {
  fc.assert(
    fc.property(fc.array(anyText), fc.boolean(), (segments, slash) => {
      const path = `/${segments.join("/")}${slash ? "/" : ""}`;
      const encoded = path.split("/").map(encode).join("/");
      expect(canonicalPath(path)).toBe(encoded.endsWith("/") ? encoded : `${encoded}/`);
    }),
  );
});

test("a canonical path keeps a path of plain characters as it is", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^(\/[0-9A-Za-z_.~-]{1,20}){1,5}$/), (path) => {
      expect(canonicalPath(path)).toBe(`${path}/`);
    }),
  );
});

const headerName = fc.stringMatching(/^[a-z][a-z0-9-]{0,15}$/);
const headerValue = fc.string({ maxLength: 30 });
const anyRequest: fc.Arbitrary<SignableRequest> = fc.record({
  method: fc.constantFrom("GET", "POST", "PUT", "DELETE"),
  path: anyText.map((text) => `/${text}`),
  query: anyQuery,
  headers: fc
    .dictionary(headerName, headerValue)
    .map((headers) => ({ ...headers, host: "h", "x-sdk-date": "20260102T030405Z" })),
  body: anyText,
});

test("a request is signed as the guide says, for any headers and body", () => {
  const secretKey = fc.string({ minLength: 1 });
  fc.assert(
    fc.property(anyRequest, secretKey, (request, secret) => {
      const names = Object.keys(request.headers).sort();
      const canonical = [
        request.method,
        canonicalPath(request.path),
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
    }),
  );
});
