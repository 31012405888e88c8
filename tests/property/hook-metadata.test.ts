import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { notificationMetadataRule } from "../../sdk/api/rules";
import { type HookMetadata, hookMetadata, readHookMetadata } from "../../sdk/handler";

const json = fc.dictionary(fc.string(), fc.jsonValue()).map((object) => JSON.parse(JSON.stringify(object)));

describe("metadata", () => {
  test("of any object that is short enough is valid, and read back as the same object", () => {
    fc.assert(
      fc.property(json, (object: HookMetadata) => {
        let text: string;
        try {
          text = hookMetadata(object);
        } catch (error) {
          expect((error as Error).message).toMatch(/takes (\d+) characters/);
          return;
        }
        expect(notificationMetadataRule(text)).toBeUndefined();
        expect(readHookMetadata(text)).toEqual(object);
      }),
    );
  });

  test("that the service forbids is escaped, and costs its length", () => {
    expect(hookMetadata({ a: "<(&)>'" })).toBe('{"a":"\\u003c\\u0028\\u0026\\u0029\\u003e\\u0027"}');
    expect(hookMetadata({ a: "x".repeat(248) })).toHaveLength(256);
    expect(() => hookMetadata({ a: "x".repeat(249) })).toThrow(
      "takes 257 characters, and a hook's metadata can have 256",
    );
  });

  test.each<[string, unknown]>([
    ["a date", { at: new Date(0) }],
    ["what is undefined", { a: undefined }],
    ["a number that JSON lacks", { a: Number.NaN }],
    ["a list at the top", [1]],
    ["nothing", undefined],
  ])("can't be written of %s", (_, value) => {
    expect(() => hookMetadata(value as HookMetadata)).toThrow(TypeError);
  });

  test("that something else wrote is the text itself, or nothing", () => {
    expect(["team-a", "[1]", "7", "", undefined].map(readHookMetadata)).toEqual([
      "team-a",
      "[1]",
      "7",
      undefined,
      undefined,
    ]);
  });
});
