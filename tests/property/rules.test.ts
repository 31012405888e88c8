import fc from "fast-check";
import { expect, test } from "vitest";
import {
  defaultResultRule,
  defaultTimeoutRule,
  lifecycleHookNameRule,
  lifecycleHookTypeRule,
  notificationMetadataRule,
  notificationTopicUrnRule,
} from "../../sdk/api/rules";

/* The rules, against the specification's text restated without regular expressions. */

const urn = fc
  .stringMatching(/^[0-9A-Za-z_-]{1,64}$/)
  .map((topic) => `urn:smn:cn-north-4:0123456789abcdef0123456789abcdef:${topic}`);
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

/** Values near the rules' edges, and anything else at all. */
const anyValue = fc.oneof(
  fc.string({ unit: fc.constantFrom(...letters), maxLength: 40 }),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: fc.constantFrom("a", "é", "💡", "<", "'"), minLength: 250, maxLength: 260 }),
  fc.constantFrom("ABANDON", "CONTINUE", "EXTEND", "abandon", "list"),
  fc.constantFrom("INSTANCE_LAUNCHING", "INSTANCE_TERMINATING"),
  urn,
  urn.chain((text) => fc.nat({ max: text.length - 1 }).map((at) => text.slice(0, at) + text.slice(at + 1))),
  fc.integer({ min: 290, max: 310 }),
  fc.integer({ min: 86_390, max: 86_410 }),
  fc.double(),
  fc.anything(),
);

const specification: ReadonlyArray<
  readonly [string, (value: unknown) => unknown, (value: unknown) => boolean]
> = [
  [
    "a name has 1 to 32 letters, digits, underscores and hyphens (and is not the one that can't be addressed)",
    lifecycleHookNameRule,
    (value) =>
      typeof value === "string" &&
      value.length >= 1 &&
      value.length <= 32 &&
      [...value].every((character) => letters.includes(character)) &&
      value !== "list",
  ],
  [
    "a type is one of two",
    lifecycleHookTypeRule,
    (value) => value === "INSTANCE_LAUNCHING" || value === "INSTANCE_TERMINATING",
  ],
  [
    "a default result is one of two",
    defaultResultRule,
    (value) => value === "ABANDON" || value === "CONTINUE",
  ],
  [
    "a time-out is a whole number of seconds, 300 to 86400",
    defaultTimeoutRule,
    (value) => typeof value === "number" && value >= 300 && value <= 86_400 && value % 1 === 0,
  ],
  [
    "metadata has at most 256 characters, and none of six",
    notificationMetadataRule,
    (value) =>
      typeof value === "string" &&
      [...value].length <= 256 &&
      ["<", ">", "&", "'", "(", ")"].every((character) => !value.includes(character)),
  ],
  [
    "a topic's URN has six parts: urn, smn, a region, a project of 32 characters, a topic",
    notificationTopicUrnRule,
    (value) => {
      if (typeof value !== "string") return false;
      const [scheme, service, region = "", project = "", name = "", ...rest] = value.split(":");
      const isPlain = (text: string) =>
        text !== "" && [...text].every((character) => letters.includes(character));
      const isProject =
        project.length === 32 &&
        [...project].every((c) => "0123456789abcdefghijklmnopqrstuvwxyz".includes(c));
      return (
        scheme === "urn" &&
        service === "smn" &&
        isPlain(region) &&
        isProject &&
        isPlain(name) &&
        name.length <= 255 &&
        rest.length === 0
      );
    },
  ],
];

test.each(specification)("the rule and the specification agree: %s", (_, rule, isAllowed) => {
  fc.assert(
    fc.property(anyValue, (value) => {
      expect(rule(value) === undefined).toBe(isAllowed(value));
    }),
    { numRuns: 1_000 },
  );
});
