import fc from "fast-check";
import { expect, test } from "vitest";
import { autoName } from "../../provider/core/auto-name";
import { lifecycleHookNameRule } from "../../sdk/rules";

const anyName = fc.string({ unit: "binary", minLength: 1, maxLength: 200 });
const anyUrn = fc
  .tuple(anyName, fc.constantFrom("", "my:index:Fleet$"))
  .map(([name, parents]) => `dev::shop::${parents}::${name}`);

test("an automatic name is valid and never too long, whatever the resource is called", () => {
  fc.assert(
    fc.property(anyUrn, (urn) => {
      expect(lifecycleHookNameRule(autoName(urn))).toBeUndefined();
    }),
  );
});

test("it is the same each time, and another for another URN", () => {
  fc.assert(
    fc.property(anyUrn, anyUrn, (a, b) => {
      expect(autoName(a)).toBe(autoName(a));
      if (a !== b) expect(autoName(a)).not.toBe(autoName(b));
    }),
  );
});
