import { createHmac } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { HmacKey } from "../../sdk/http/signer";

/* RFC 4231, the test cases whose texts are ASCII. */
describe("HMAC-SHA256", () => {
  test.each([
    [
      "Jefe",
      "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ],
    [
      // 0x0b in the RFC's first case, 20 times.
      "\u000b".repeat(20),
      "Hi There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    ],
  ])("of the key %j is that of the RFC", (key, text, signature) => {
    expect(new HmacKey(key).sign(text)).toBe(signature);
  });

  test.each([63, 64, 65, 131])("of a key of %d bytes is that of node:crypto", (length) => {
    const secret = "k".repeat(length);
    const text = "SDK-HMAC-SHA256";
    expect(new HmacKey(secret).sign(text)).toBe(createHmac("sha256", secret).update(text).digest("hex"));
  });

  test("is the same after texts of other lengths", () => {
    const key = new HmacKey("Jefe");
    const signature = key.sign("what do ya want for nothing?");
    for (const text of ["", "short", "x".repeat(1_000)]) key.sign(text);
    expect(key.sign("what do ya want for nothing?")).toBe(signature);
  });
});

test("a key is not printed", () => {
  expect(inspect(new HmacKey("secret"), { showHidden: true, depth: 5 })).toBe("HmacKey {}");
  expect(JSON.stringify(new HmacKey("secret"))).toBe("{}");
});
