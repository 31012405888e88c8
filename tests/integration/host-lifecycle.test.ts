import { beforeAll, describe, expect, test } from "vitest";
import { emulatorOfFile } from "../support/emulator";
import { checkedInputs, groupId, topicUrn, validInputs } from "../support/hooks";
import { failureOf, Host } from "../support/host";

/** The life of a hook through the real dynamic-provider host, with the API asked what is there. */

const emulator = emulatorOfFile();
let host: Host;

beforeAll(async () => {
  host = await Host.start(emulator.env);
});

const id = `${groupId}/drain`;

/** The requests about hooks; the look-up of the project comes once a process. */
function requests(): string[] {
  return emulator.requests
    .filter(({ path }) => path.includes("hook"))
    .map(({ method, status }) => `${method} ${status}`);
}

async function created(inputs: Record<string, unknown> = checkedInputs): Promise<Record<string, unknown>> {
  const { outputs } = await host.create(inputs);
  emulator.clearRequests();
  return outputs;
}

describe("check", () => {
  test("fills in the defaults and sends nothing", async () => {
    const { inputs, reasons } = await host.check({}, validInputs);
    expect(reasons).toEqual([]);
    expect(inputs).toEqual(checkedInputs);
    expect(emulator.requests).toHaveLength(0);
  });

  test("names every problem at once, and names no property to the engine, which would print its value", async () => {
    const wrong = { lifecycleHookName: "a b", lifecycleHookType: "launching", defaultTimeout: "600" };
    const { reasons, properties } = await host.check({}, { ...wrong, notifcationTopicUrn: topicUrn });
    expect(reasons).toEqual([
      expect.stringMatching(/^scalingGroupId is missing/),
      expect.stringMatching(/^lifecycleHookName "a b" has characters that are not allowed \(" "\)/),
      expect.stringMatching(/^lifecycleHookType "launching" .*did you mean INSTANCE_LAUNCHING\?/),
      expect.stringMatching(/^notificationTopicUrn is missing/),
      expect.stringMatching(/^defaultTimeout "600" is a string, not a number/),
      expect.stringMatching(/^notifcationTopicUrn is not a property .*did you mean notificationTopicUrn\?/),
    ]);
    expect(properties).toEqual(["", "", "", "", "", ""]);
  });
});

describe("create", () => {
  test("explains that a group is full with what to do, the code and the request, and works when there is room", async () => {
    for (const name of ["a", "b", "c", "d", "e"]) emulator.putHook(groupId, { lifecycle_hook_name: name });
    const { message, partial } = await failureOf(host.create(checkedInputs));
    expect(message).toMatch(
      new RegExp(
        `^creating lifecycle hook "drain" in scaling group ${groupId}: the group already has the most hooks that it can have; delete one first \\(AS.7038, request [0-9a-f-]+\\); the engine deletes last`,
      ),
    );
    expect(partial).toBeUndefined();
    expect(requests()).toEqual(["POST 400"]);
    emulator.removeHook(groupId, "e");
    await host.create(checkedInputs);
    expect(emulator.hooks(groupId)).toHaveLength(5);
  });

  test("refuses a name that is taken, and shows how to take that hook over", async () => {
    emulator.putHook(groupId, { lifecycle_hook_name: "drain", default_timeout: 900 });
    const { message } = await failureOf(host.create(checkedInputs));
    expect(message).toMatch(
      /already has a hook of this name.*that differs in .*defaultTimeout .AS.7041.*aliases.*import: ".*\/drain".*choose another lifecycleHookName/,
    );
    expect(emulator.hooks(groupId)).toMatchObject([{ default_timeout: 900 }]);
  });
});

test("diff takes no metadata, an empty one and null for the same", async () => {
  const outputs = await created();
  for (const notificationMetadata of ["", null]) {
    const kept = await host.diff(id, { ...outputs, notificationMetadata }, checkedInputs);
    const wanted = await host.diff(id, outputs, { ...checkedInputs, notificationMetadata });
    expect([kept.changes, wanted.changes]).toEqual([false, false]);
  }
});

test("read fails when a hook that is looked up does not exist", async () => {
  const { message } = await failureOf(host.read(id, {}));
  expect(message).toContain("there is no such hook in region cn-north-4");
});

test("update sends nothing when only what is hidden has changed", async () => {
  const outputs = await created();
  const news = { ...checkedInputs, __timeouts: { delete: "1h" } };
  expect(await host.diff(id, outputs, news)).toEqual({ changes: true, replaces: [] });
  const updated = await host.update(id, outputs, news);
  expect(updated.outputs).toEqual({ ...outputs, __timeouts: { delete: "1h" } });
  expect(emulator.requests).toHaveLength(0);
});

describe("delete", () => {
  test("succeeds when the hook, or its group, is gone already", async () => {
    const outputs = await created();
    emulator.removeHook(groupId, "drain");
    await host.delete(id, outputs);
    await host.delete("gone/drain", { ...outputs, scalingGroupId: "gone" });
    expect(requests()).toEqual(["DELETE 404", "DELETE 400"]);
  });

  test("names the instances that hang when the group stays busy", async () => {
    const outputs = await created();
    emulator.suspend(groupId, { instanceId: "instance-1", lifecycleHookName: "drain" });
    emulator.setBusy(groupId, true);
    const { message } = await failureOf(host.delete(id, { ...outputs, __timeouts: { delete: "50ms" } }));
    emulator.setBusy(groupId, false);
    expect(message).toMatch(/AS.2033/);
    expect(message).toMatch(/instance-1 on drain until/);
    expect(message).toContain('customTimeouts: { delete: "1h" }');
    expect(emulator.hooks(groupId)).toHaveLength(1);
  });
});

test("no failure prints a stack, or anything at all, among the user's diagnostics", async () => {
  const { message } = await failureOf(host.read("drain", {}));
  expect(message).toContain("<scaling group id>/<hook name>");
  await failureOf(host.delete(id, { ...checkedInputs, region: "eu-west-0" }));
  expect(host.stderr).toBe("");
});
