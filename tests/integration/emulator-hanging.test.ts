import { beforeEach, describe, expect, test } from "vitest";
import { ManualClock } from "../../sdk/emulator";
import { emulatorOfEachTest } from "../support/emulator";
import { call, pathsOf, sampleHook } from "../support/emulator-calls";

const group = "e5d27f5c-dd76-4a61-b4bc-a67c5686719a";
const instanceId = "b25c1589-c96c-465b-9fef-d06540d1945c";

let clock: ManualClock;
const emulator = emulatorOfEachTest(() => {
  clock = new ManualClock(Date.parse("2026-01-02T03:04:05Z"));
  return { clock, strict: true };
});
beforeEach(() => emulator.putHook(group, { ...sampleHook, default_timeout: 600 }));

function list(query: Record<string, string> = {}) {
  return call(emulator, "GET", pathsOf(emulator).instances, { query, date: new Date(clock.now()) });
}

function complete(body: unknown) {
  return call(emulator, "PUT", pathsOf(emulator).callback, { body, date: new Date(clock.now()) });
}

function suspend(id = instanceId) {
  return emulator.suspend(group, { instanceId: id, lifecycleHookName: "test-hook1" });
}

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
    expect(await list()).toMatchObject({ status: 200, json: { instance_hanging_info: [instance] } });
    expect(emulator.hangingInstances(group)).toEqual([instance]);
  });

  test("can be looked for by its id", async () => {
    const instance = suspend();
    suspend("other");
    expect((await list({ instance_id: instanceId })).json).toEqual({ instance_hanging_info: [instance] });
    expect((await list({ instance_id: "none" })).json).toEqual({ instance_hanging_info: [] });
  });

  test("gets its hook's default result at the deadline", async () => {
    const instance = suspend();
    clock.advance(600_000 - 1);
    expect(emulator.hangingInstances(group)).toEqual([instance]);
    clock.advance(1);
    expect((await list()).json).toEqual({
      instance_hanging_info: [{ ...instance, lifecycle_hook_status: "ABANDON" }],
    });
  });

  test("can't hang on one hook twice, but again after it ended", () => {
    suspend();
    expect(() => suspend()).toThrow("hangs on");
    clock.advance(600_000);
    suspend();
    expect(emulator.hangingInstances(group).map((one) => one.lifecycle_hook_status)).toEqual([
      "ABANDON",
      "HANGING",
    ]);
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
    expect(emulator.hangingInstances(group)).toMatchObject([{ lifecycle_hook_status: result }]);
    expect(await complete(body)).toMatchObject({
      status: 400,
      json: { error: { code: "AS.7042", message: "The lifecycle hook callback object does not exist." } },
    });
  });

  test("by instance and hook decides that suspension only", async () => {
    suspend();
    suspend("other");
    const body = {
      lifecycle_action_result: "CONTINUE",
      instance_id: "other",
      lifecycle_hook_name: "test-hook1",
    };
    expect(await complete(body)).toMatchObject({ status: 204 });
    expect(emulator.hangingInstances(group).map((one) => one.lifecycle_hook_status)).toEqual([
      "HANGING",
      "CONTINUE",
    ]);
  });

  test("prefers the key where both are given", async () => {
    const { lifecycle_action_key } = suspend();
    suspend("other");
    await complete({
      lifecycle_action_result: "CONTINUE",
      lifecycle_action_key,
      instance_id: "other",
      lifecycle_hook_name: "test-hook1",
    });
    expect(emulator.hangingInstances(group)).toMatchObject([
      { instance_id: instanceId, lifecycle_hook_status: "CONTINUE" },
      { instance_id: "other", lifecycle_hook_status: "HANGING" },
    ]);
  });

  test("of EXTEND adds an hour each time, and the instance hangs on", async () => {
    const { lifecycle_action_key } = suspend();
    const body = { lifecycle_action_result: "EXTEND", lifecycle_action_key };
    await complete(body);
    await complete(body);
    expect(emulator.hangingInstances(group)).toMatchObject([
      { lifecycle_hook_status: "HANGING", timeout: "2026-01-02T05:14:05Z" },
    ]);
  });

  test.each([
    ["AS.7039", {}],
    ["AS.7039", { lifecycle_action_result: "", lifecycle_action_key: "key" }],
    ["AS.7034", { lifecycle_action_result: "continue", lifecycle_action_key: "key" }],
    ["AS.7040", { lifecycle_action_result: "CONTINUE" }],
    ["AS.7040", { lifecycle_action_result: "CONTINUE", instance_id: instanceId }],
    ["AS.7040", { lifecycle_action_result: "CONTINUE", lifecycle_hook_name: "test-hook1" }],
    ["AS.7042", { lifecycle_action_result: "CONTINUE", lifecycle_action_key: "key" }],
    ["AS.0022", { lifecycle_action_result: "CONTINUE", lifecycle_action_key: 1 }],
    ["AS.0022", { lifecycle_action_result: "CONTINUE", lifecycle_action_key: "key", more: "" }],
    ["AS.0002", null],
  ])("is refused with %s for %j", async (code, body) => {
    suspend();
    expect(await complete(body)).toMatchObject({ status: 400, code });
    expect(emulator.hangingInstances(group)).toMatchObject([{ lifecycle_hook_status: "HANGING" }]);
  });

  test("after the deadline comes too late", async () => {
    const { lifecycle_action_key } = suspend();
    clock.advance(600_000);
    const answer = await complete({ lifecycle_action_result: "CONTINUE", lifecycle_action_key });
    expect(answer).toMatchObject({ status: 400, code: "AS.7042" });
  });

  test("is taken while the group is busy, because it ends the activity", async () => {
    const { lifecycle_action_key } = suspend();
    emulator.setBusy(group, true);
    const answer = await complete({ lifecycle_action_result: "CONTINUE", lifecycle_action_key });
    expect(answer).toMatchObject({ status: 204 });
  });
});
