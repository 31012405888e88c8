import { afterAll, beforeAll, expect, test } from "vitest";
import { LifecycleHook, type LifecycleHookArgs } from "../../provider";
import { type Emulator, startEmulator } from "../../sdk/emulator";
import { EngineStack } from "../support/engine";
import { groupId, topicUrn } from "../support/hooks";

/** A hook's whole life under the real engine; after each step the API is asked what is there. */

const hookCount = 2;
let emulator: Emulator;
let stack: EngineStack;
let drain: Partial<LifecycleHookArgs> = {};

beforeAll(async () => {
  emulator = await startEmulator();
  stack = await EngineStack.create(
    async () => {
      const boot = new LifecycleHook("boot", {
        scalingGroupId: groupId,
        lifecycleHookType: "INSTANCE_LAUNCHING",
        notificationTopicUrn: topicUrn,
      });
      new LifecycleHook("drain", {
        scalingGroupId: groupId,
        lifecycleHookType: "INSTANCE_TERMINATING",
        notificationTopicUrn: topicUrn,
        ...drain,
      });
      return { name: boot.lifecycleHookName, topic: boot.notificationTopicName, created: boot.createTime };
    },
    {
      env: { HW_REGION_NAME: emulator.region, HW_ENDPOINTS: emulator.env.HW_ENDPOINTS ?? "" },
      config: {
        "huaweicloud:accessKey": emulator.accessKey,
        "huaweicloud:secretKey": { secret: emulator.secretKey },
      },
    },
  );
});
afterAll(async () => {
  await stack[Symbol.asyncDispose]();
  await emulator.close();
});

function sent(): string[] {
  const methods = emulator.requests.filter(({ path }) => path.includes("hook")).map(({ method }) => method);
  emulator.clearRequests();
  return methods;
}

test("preview shows the hooks and sends nothing", async () => {
  const run = await stack.preview();
  expect(run.diagnostics).toEqual([]);
  expect(run.steps.toSorted()).toEqual(["create boot", "create drain"]);
  expect(emulator.requests).toHaveLength(0);
});

test("up creates each with one request", async () => {
  const run = await stack.up();
  expect(run.diagnostics).toEqual([]);
  expect(sent()).toEqual(Array(hookCount).fill("POST"));
  const names = emulator.hooks(groupId).map((hook) => hook.lifecycle_hook_name);
  const outputs = await stack.outputs();
  expect(names).toContain(outputs.name?.value);
  expect(outputs.name?.value).toMatch(/^boot-[0-9a-f]{7}$/);
  expect(outputs.topic?.value).toBe("scaling");
  expect(outputs.created?.value).toBe(emulator.hooks(groupId)[0]?.create_time);
});

test("the state holds the constant provider text and no credential", async () => {
  const state = await stack.state();
  const hooks = state.filter(({ type }) => type.includes("LifecycleHook"));
  expect(hooks).toHaveLength(hookCount);
  for (const { inputs, outputs } of hooks) {
    expect(inputs?.__provider).toBe(outputs?.__provider);
    expect(String(inputs?.__provider).length).toBeLessThanOrEqual(120);
    expect(inputs?.__provider).toContain("pulumi-huaweicloud-as/runtime");
  }
  expect(await stack.stateText()).not.toContain(emulator.secretKey);
});

test("up again changes nothing and sends nothing", async () => {
  expect((await stack.up()).steps).toEqual([]);
  expect(sent()).toEqual([]);
});

test("refresh reads the group once and finds nothing changed", async () => {
  expect((await stack.refresh()).steps).toEqual([]);
  expect(sent()).toEqual(["GET"]);
});

test("refresh finds exactly what somebody has changed, and up puts it back", async () => {
  const [boot] = emulator.hooks(groupId).filter(({ lifecycle_hook_name: name }) => name.startsWith("boot"));
  emulator.putHook(groupId, { lifecycle_hook_name: boot?.lifecycle_hook_name ?? "", default_timeout: 4800 });
  const refreshed = await stack.refresh();
  expect(refreshed.steps).toEqual(["update boot"]);
  const up = await stack.up();
  expect(up.steps).toEqual(["update boot"]);
  expect(up.changed).toEqual({ boot: ["defaultTimeout"] });
  expect(sent()).toEqual(["GET", "PUT"]);
  expect(emulator.hooks(groupId).map((hook) => hook.default_timeout)).toEqual([3600, 3600]);
});

test("a changed setting is updated in place", async () => {
  drain = { defaultTimeout: 600, notificationMetadata: "drain it" };
  const run = await stack.up();
  expect(run.steps).toEqual(["update drain"]);
  expect(sent()).toEqual(["PUT"]);
});

test("removed metadata is cleared", async () => {
  drain = { defaultTimeout: 600 };
  expect((await stack.up()).steps).toEqual(["update drain"]);
  expect(sent()).toEqual(["PUT"]);
  expect(emulator.hooks(groupId).map((hook) => hook.notification_metadata)).toEqual([null, null]);
});

test("a given name replaces the hook, the old one going first", async () => {
  drain = { lifecycleHookName: "drain" };
  const run = await stack.up();
  expect(run.steps).toEqual(["delete-replaced drain", "replace drain", "create-replacement drain"]);
  expect(sent()).toEqual(["DELETE", "POST"]);
  expect(emulator.hooks(groupId)).toHaveLength(hookCount);
});

test("an invalid program is refused at preview with every problem, and nothing is sent", async () => {
  drain = { lifecycleHookName: "dr ain", defaultTimeout: 100, notificationMetadata: "<script>" };
  const run = await stack.preview();
  expect(run.failed).toBe(true);
  const text = run.diagnostics.join("\n");
  expect(text).toContain('lifecycleHookName "dr ain" has characters that are not allowed');
  expect(text).toContain(
    "defaultTimeout 100 is too short: allowed are whole numbers of seconds from 300 to 86400",
  );
  expect(text).toContain('notificationMetadata "<script>" has characters that are not allowed ("<" ">")');
  expect(emulator.requests).toHaveLength(0);
  drain = {};
});

test("a hook that is gone is made again", async () => {
  drain = { lifecycleHookName: "drain" };
  emulator.removeHook(groupId, "drain");
  expect((await stack.refresh()).steps).toEqual(["delete drain"]);
  expect((await stack.up()).steps).toEqual(["create drain"]);
  // One list, or two: which of the hooks the engine reads first decides whether "gone" has to be asked again.
  expect([
    ["GET", "POST"],
    ["GET", "GET", "POST"],
  ]).toContainEqual(sent());
});

test("destroy deletes each with one request", async () => {
  expect((await stack.destroy()).failed).toBe(false);
  expect(sent()).toEqual(Array(hookCount).fill("DELETE"));
  expect(emulator.hooks(groupId)).toEqual([]);
});
