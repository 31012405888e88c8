import { beforeEach, describe, expect, test } from "vitest";
import { pathsOf, sampleHook } from "../support/emulator-calls";
import { emulatorInTestTime } from "../support/emulator-time";
import { groupId as group } from "../support/hooks";

const instanceId = "b25c1589-c96c-465b-9fef-d06540d1945c";
const hook = { lifecycle_hook_name: "test-hook1" };
const goOn = { lifecycle_action_result: "CONTINUE" };

const { emulator, advance, ask } = emulatorInTestTime({ strict: true });
beforeEach(() => emulator.putHook(group, { ...sampleHook, default_timeout: 600 }));

const list = (query: Record<string, string> = {}) => ask("GET", pathsOf(emulator).instances, { query });
const complete = (body: unknown) => ask("PUT", pathsOf(emulator).callback, { body });
const suspend = (id = instanceId) =>
  emulator.suspend(group, { instanceId: id, lifecycleHookName: hook.lifecycle_hook_name });
const statuses = () => emulator.hangingInstances(group).map((one) => one.lifecycle_hook_status);

describe("a suspended instance", () => {
  test("is listed with its key, its deadline and what becomes of it by default", async () => {
    const instance = suspend();
    expect(instance).toEqual({
      instance_id: instanceId,
      scaling_group_id: group,
      lifecycle_hook_name: "test-hook1",
      lifecycle_action_key: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      default_result: "ABANDON",
      timeout: "2026-01-02T03:14:05Z",
      lifecycle_hook_status: "HANGING",
    });
    const other = suspend("other");
    expect(await list()).toMatchObject({ status: 200, json: { instance_hanging_info: [instance, other] } });
    expect(emulator.hangingInstances(group)).toEqual([instance, other]);
    const idOnly = await list({ instance_id: instanceId });
    expect(idOnly.json).toEqual({ instance_hanging_info: [instance] });
    expect((await list({ instance_id: "none" })).json).toEqual({ instance_hanging_info: [] });
  });

  test("gets its hook's default result at the deadline", async () => {
    const instance = suspend();
    advance(600_000 - 1);
    expect(emulator.hangingInstances(group)).toEqual([instance]);
    advance(1);
    const abandoned = { ...instance, lifecycle_hook_status: "ABANDON" };
    expect((await list()).json).toEqual({ instance_hanging_info: [abandoned] });
  });

  test("can't hang on one hook twice, but again after it ended", () => {
    suspend();
    expect(() => suspend()).toThrow("hangs on");
    advance(600_000);
    suspend();
    expect(statuses()).toEqual(["ABANDON", "HANGING"]);
  });

  test("needs a hook that is there", () => {
    expect(() => emulator.suspend(group, { instanceId, lifecycleHookName: "none" })).toThrow("[none]");
  });
});

describe("a callback", () => {
  test.each(["CONTINUE", "ABANDON"])("by key decides %s, once", async (result) => {
    const { lifecycle_action_key } = suspend();
    const body = { lifecycle_action_result: result, lifecycle_action_key };
    expect(await complete(body)).toMatchObject({ status: 204, text: "" });
    expect(statuses()).toEqual([result]);
    expect(await complete(body)).toMatchObject({
      status: 400,
      json: { error: { code: "AS.7042", message: "The lifecycle hook callback object does not exist." } },
    });
  });

  test("by instance and hook decides that suspension only", async () => {
    suspend();
    suspend("other");
    expect(await complete({ ...goOn, instance_id: "other", ...hook })).toMatchObject({ status: 204 });
    expect(statuses()).toEqual(["HANGING", "CONTINUE"]);
  });

  test("prefers the key where both are given", async () => {
    const { lifecycle_action_key } = suspend();
    suspend("other");
    await complete({ ...goOn, lifecycle_action_key, instance_id: "other", ...hook });
    expect(statuses()).toEqual(["CONTINUE", "HANGING"]);
  });

  test("of EXTEND adds an hour to the deadline each time, at which the default result comes", async () => {
    const { lifecycle_action_key } = suspend();
    const body = { lifecycle_action_result: "EXTEND", lifecycle_action_key };
    await complete(body);
    await complete(body);
    expect(emulator.hangingInstances(group)).toMatchObject([
      { lifecycle_hook_status: "HANGING", timeout: "2026-01-02T05:14:05Z" },
    ]);
    advance(130 * 60_000 - 1);
    expect(statuses()).toEqual(["HANGING"]);
    advance(1);
    expect(statuses()).toEqual(["ABANDON"]);
  });

  test.each([
    ["AS.7039", {}],
    ["AS.7039", { lifecycle_action_result: "", lifecycle_action_key: "key" }],
    ["AS.7034", { lifecycle_action_result: "continue", lifecycle_action_key: "key" }],
    ["AS.7040", goOn],
    ["AS.7040", { ...goOn, instance_id: instanceId }],
    ["AS.7040", { ...goOn, ...hook }],
    ["AS.7042", { ...goOn, lifecycle_action_key: "key" }],
    ["AS.0022", { ...goOn, lifecycle_action_key: 1 }],
    ["AS.0022", { ...goOn, lifecycle_action_key: "key", more: "" }],
    ["AS.0002", null],
  ])("is refused with %s for %j", async (code, body) => {
    suspend();
    expect(await complete(body)).toMatchObject({ status: 400, code });
    expect(statuses()).toEqual(["HANGING"]);
  });

  test("after the deadline comes too late", async () => {
    const { lifecycle_action_key } = suspend();
    advance(600_000);
    expect(await complete({ ...goOn, lifecycle_action_key })).toMatchObject({ status: 400, code: "AS.7042" });
  });

  test("is taken while the group is busy, because it ends the activity", async () => {
    const { lifecycle_action_key } = suspend();
    emulator.setBusy(group, true);
    expect(await complete({ ...goOn, lifecycle_action_key })).toMatchObject({ status: 204 });
  });
});
