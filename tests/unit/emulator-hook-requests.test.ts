import { describe, expect, test } from "vitest";
import { specificationLimits } from "../../sdk/api/limits";
import { hookChanges as changesWithin, newHook as newWithin } from "../../sdk/emulator/autoscaling/hooks";
import { Refusal } from "../../sdk/emulator/http/refusals";
import type { JsonBody } from "../../sdk/emulator/http/request";

const project = "0123456789abcdef0123456789abcdef";
const urn = `urn:smn:cn-north-4:${project}:topic`;
const smallest = {
  lifecycle_hook_name: "h",
  lifecycle_hook_type: "INSTANCE_LAUNCHING",
  notification_topic_urn: urn,
};

const validation = { limits: specificationLimits, strict: true, warn: () => {} };
const newHook = (json: JsonBody) => newWithin(json, validation);
const hookChanges = (json: JsonBody) => changesWithin(json, validation);

function codeOf(judge: () => unknown): string | undefined {
  try {
    judge();
    return undefined;
  } catch (error) {
    return error instanceof Refusal ? error.code : String(error);
  }
}

test("a new hook has the specification's defaults for what it leaves out", () => {
  expect(newHook(smallest)).toEqual({
    ...smallest,
    default_result: "ABANDON",
    default_timeout: 3600,
    notification_metadata: null,
  });
});

test("an update has only what it gives", () => {
  expect(hookChanges({})).toEqual({});
  expect(hookChanges({ default_timeout: 300, default_result: null })).toEqual({ default_timeout: 300 });
  expect(hookChanges({ notification_metadata: null })).toEqual({ notification_metadata: null });
  expect(hookChanges({ notification_metadata: "" })).toEqual({ notification_metadata: null });
});

test("what describes no hook is AS.7036", () => {
  expect(codeOf(() => newHook(null))).toBe("AS.7036");
  expect(codeOf(() => hookChanges(null))).toBe("AS.7036");
});

describe("a field of a new hook", () => {
  test.each([
    ["lifecycle_hook_name", undefined, "AS.7032"],
    ["lifecycle_hook_name", null, "AS.7032"],
    ["lifecycle_hook_name", "", "AS.7032"],
    ["lifecycle_hook_name", 1, "AS.0022"],
    ["lifecycle_hook_name", "a".repeat(32), undefined],
    ["lifecycle_hook_name", "a".repeat(33), "AS.7031"],
    ["lifecycle_hook_name", "Az09_-", undefined],
    ["lifecycle_hook_name", "a.b", "AS.7031"],
    ["lifecycle_hook_name", "ä", "AS.7031"],
    ["lifecycle_hook_name", "a\n", "AS.7031"],
    ["lifecycle_hook_type", undefined, "AS.7037"],
    ["lifecycle_hook_type", null, "AS.7037"],
    ["lifecycle_hook_type", "", "AS.7037"],
    ["notification_topic_urn", undefined, "AS.7025"],
    ["notification_topic_urn", null, "AS.7025"],
  ])("%s of %j is judged %s", (field, value, code) => {
    const json = JSON.stringify({ ...smallest, [field]: value });
    expect(codeOf(() => newHook(JSON.parse(json) as JsonBody))).toBe(code);
  });
});

describe.each([
  ["new hook", (fields: object) => newHook({ ...smallest, ...fields })],
  ["update", (fields: object) => hookChanges({ ...fields })],
])("a field of either: %s", (_, judge) => {
  test.each([
    ["lifecycle_hook_type", "INSTANCE_TERMINATING", undefined],
    ["lifecycle_hook_type", "", "AS.7037"],
    ["lifecycle_hook_type", "instance_launching", "AS.7033"],
    ["lifecycle_hook_type", "ADD", "AS.7033"],
    ["lifecycle_hook_type", [], "AS.0022"],
    ["default_result", "CONTINUE", undefined],
    ["default_result", "", "AS.7034"],
    ["default_result", "EXTEND", "AS.7034"],
    ["default_result", false, "AS.0022"],
    ["default_timeout", 300, undefined],
    ["default_timeout", 86_400, undefined],
    ["default_timeout", 299, "AS.7030"],
    ["default_timeout", 86_401, "AS.7030"],
    ["default_timeout", 0, "AS.7030"],
    ["default_timeout", -300, "AS.7030"],
    ["default_timeout", 1e300, "AS.7030"],
    ["default_timeout", 300.5, "AS.0022"],
    ["default_timeout", "3600", "AS.0022"],
    ["notification_topic_urn", `urn:smn:regionId:${project}:gsh`, undefined],
    ["notification_topic_urn", `urn:smn:cn-north-4:${project}:${"t".repeat(255)}`, undefined],
    ["notification_topic_urn", `urn:smn:cn-north-4:${project}:${"t".repeat(256)}`, "AS.7025"],
    ["notification_topic_urn", `urn:smn:cn-north-4:${project}:`, "AS.7025"],
    ["notification_topic_urn", `urn:smn:cn-north-4:${project.slice(1)}:t`, "AS.7025"],
    ["notification_topic_urn", "topic", "AS.7025"],
    ["notification_topic_urn", "", "AS.7025"],
    ["notification_topic_urn", {}, "AS.0022"],
    ["notification_metadata", "x".repeat(256), undefined],
    ["notification_metadata", "😀".repeat(256), undefined],
    ["notification_metadata", "x".repeat(257), "AS.7035"],
    ["notification_metadata", '{"a": [1]}', undefined],
    ["notification_metadata", "a<b", "AS.7055"],
    ["notification_metadata", "a>b", "AS.7055"],
    ["notification_metadata", "a&b", "AS.7055"],
    ["notification_metadata", "a'b", "AS.7055"],
    ["notification_metadata", "a(b", "AS.7055"],
    ["notification_metadata", "a)b", "AS.7055"],
    ["notification_metadata", 7, "AS.0022"],
    ["more", "x", "AS.0022"],
    ["more", null, "AS.0022"],
  ])("%s of %j is judged %s", (field, value, code) => {
    expect(codeOf(() => judge({ [field]: value }))).toBe(code);
  });
});

test("a field that is not known is ignored and named in a warning, unless the validation is strict", () => {
  const warnings: string[] = [];
  const lenient = { ...validation, strict: false, warn: (warning: string) => warnings.push(warning) };
  expect(newWithin({ ...smallest, more: "x" }, lenient)).toEqual(newHook(smallest));
  expect(changesWithin({ more: null, default_timeout: 300 }, lenient)).toEqual({ default_timeout: 300 });
  expect(warnings).toEqual(Array(2).fill('the field "more" is not known, and ignored'));
});
