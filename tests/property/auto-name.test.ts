import fc from "fast-check";
import { expect, test } from "vitest";
import { autoName } from "../../provider/core/urn";
import { specificationLimits } from "../../sdk/api/limits";
import { lifecycleHookNameRule } from "../../sdk/api/rules";

const anyName = fc.string({ unit: "binary", minLength: 1, maxLength: 200 });
const anyUrn = fc
  .tuple(anyName, fc.constantFrom("", "my:index:Fleet$"))
  .map(([name, parents]) => `dev::shop::${parents}::${name}`);

test("an automatic name is valid and never too long, whatever the resource is called and the site's limit is", () => {
  fc.assert(
    fc.property(anyUrn, fc.integer({ min: 1, max: 64 }), (urn, maxNameLength) => {
      const limits = { ...specificationLimits, maxNameLength };
      expect(lifecycleHookNameRule(autoName(urn, limits), limits)).toBeUndefined();
      expect(autoName(urn, limits).length).toBeLessThanOrEqual(32);
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
