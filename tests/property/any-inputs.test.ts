import fc from "fast-check";
import { expect, test } from "vitest";
import { check, isNew } from "../../provider/core/check";
import { diff } from "../../provider/core/diff";
import {
  type HookOutputs,
  inputProperties,
  type PlannedInputs,
  unknown,
  withoutCheckOnly,
} from "../../provider/core/properties";
import { decode, encode, encodeState } from "../../provider/host-values";
import { specificationLimits } from "../../sdk/api/limits";
import { checkedInputs, topicUrn, unknownValue } from "../support/hooks";

/** Whatever the host hands over: from programs in plain JavaScript, from states that were edited by hand. */

const settings = { limits: specificationLimits, region: "cn-north-4", regionSource: "HW_REGION_NAME" };
const nowhere = { region: undefined, regionSource: "", projectId: undefined, projectSource: "" };
const names = [
  ...inputProperties,
  "__urn",
  "__secrets",
  "__timeouts",
  "__import",
  "__replaceOnChanges",
  "__given",
  "__ignoreChanges",
  "somethingElse",
];
const value = fc.oneof(
  fc.jsonValue(),
  fc.constant(unknown),
  fc.constant(undefined),
  fc.string({ unit: "binary" }),
);
const anything = fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), value, {
  noNullPrototype: true,
});

/** A state has no unknowns. */
const kept = anything.map((properties) =>
  Object.fromEntries(Object.entries(properties).filter(([, one]) => one !== unknown)),
);

test("check answers anything, with problems that are sentences, and never changes what was given", () => {
  fc.assert(
    fc.property(kept, anything, (olds, news) => {
      const { inputs, problems, warnings } = check(olds, news, settings);
      for (const text of [...problems, ...warnings]) expect(text).toMatch(/\S/);
      for (const [name, given] of Object.entries(withoutCheckOnly(news))) {
        // Left in the program, the option changes nothing.
        if (name === "__import" && !isNew(olds)) continue;
        // An input that the class did not give counts as a secret.
        if (name === "__secrets" && news.__given !== undefined) continue;
        if (given !== undefined) expect(inputs[name]).toBe(given);
      }
    }),
  );
});

test("diff answers anything, and sees no difference between a thing and itself", () => {
  fc.assert(
    fc.property(kept, anything, (olds, news) => {
      diff(olds as unknown as HookOutputs, news as unknown as PlannedInputs, nowhere);
      const known = decode(encode(olds));
      const hasUnknown = Object.values(known).includes(unknown);
      const { changes } = diff(known as unknown as HookOutputs, known as unknown as PlannedInputs, nowhere);
      if (!hasUnknown) expect(changes).toBe(false);
    }),
  );
});

test("no message has the value of a secret, whichever input it is and whatever is wrong with it", () => {
  const secret = fc.oneof(
    fc.string({ minLength: 6, maxLength: 300, unit: "grapheme" }),
    fc.string({ minLength: 6 }).map((text) => `urn:smn:eu-west-0:${"0".repeat(32)}:${text}`),
    fc.string({ minLength: 6 }).map((text) => `${text}<{`),
  );
  fc.assert(
    fc.property(fc.constantFrom(...inputProperties), secret, (name, text) => {
      // What is no part of any sentence of ours.
      fc.pre(!JSON.stringify({ ...checkedInputs, topicUrn, specificationLimits }).includes(text));
      const news = { ...checkedInputs, [name]: text, __secrets: [name], __import: "group/drain" };
      const { problems, warnings } = check({}, news, settings);
      expect([...problems, ...warnings].join("\n")).not.toContain(text);
    }),
  );
});

test("a value with an unknown part is not known, wherever the part is; all else crosses as it is", () => {
  const nested = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.constant(unknownValue),
      fc.array(tie("tree"), { maxLength: 3 }),
      fc.dictionary(fc.string(), tie("tree"), { maxKeys: 3, noNullPrototype: true }),
      fc.jsonValue(),
    ),
  })).tree;
  fc.assert(
    fc.property(nested, (tree) => {
      const isUnknown = JSON.stringify(tree)?.includes(unknownValue);
      expect(decode({ tree }).tree).toEqual(isUnknown ? unknown : tree);
      if (!isUnknown) expect(encode(decode({ tree }))).toEqual({ tree });
    }),
  );
});

test("no output is undefined, which would fail a deployment after the hook was made", () => {
  fc.assert(
    fc.property(anything, (outputs) => {
      const { __secrets, ...visible } = outputs;
      expect(Object.values(encodeState(visible))).not.toContain(undefined);
    }),
  );
});
