import { createHmac } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { HmacKey } from "../../sdk/http/signer";

describe("HMAC-SHA256", () => {
  test.each([1, 63, 64, 65, 131])("of a key of %d bytes is that of node:crypto", (length) => {
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
