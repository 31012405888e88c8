import { beforeAll, describe, expect, test } from "vitest";
import { emulatorOfFile } from "../support/emulator";
import { checkedInputs, groupId, topicUrn, unknownValue, validInputs } from "../support/hooks";
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
    const { reasons, properties } = await host.check(
      {},
      {
        lifecycleHookName: "a b",
        lifecycleHookType: "launching",
        defaultTimeout: "600",
        notifcationTopicUrn: topicUrn,
      },
    );
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

  test("lets what is not known yet pass, in any position", async () => {
    for (const name of Object.keys(checkedInputs)) {
      const { inputs, reasons } = await host.check({}, { ...checkedInputs, [name]: unknownValue });
      expect(reasons).toEqual([]);
      expect(inputs).toEqual({ ...checkedInputs, [name]: unknownValue });
    }
  });

  test("tells neither a secret value nor a part of it", async () => {
    const { reasons } = await host.check(
      {},
      {
        ...validInputs,
        notificationMetadata: "hunter2(hunter2)",
        defaultTimeout: 42,
        __secrets: ["notificationMetadata", "defaultTimeout"],
      },
    );
    expect(reasons).toHaveLength(2);
    expect(reasons.join()).not.toMatch(/hunter2|"\("|42/);
    expect(reasons.join()).toMatch(/notificationMetadata \(not shown\) has characters that are not allowed/);
  });
});

describe("create", () => {
  test("sends one POST, and its answer is all the outputs", async () => {
    const { id: given, outputs } = await host.create({ ...checkedInputs, notificationMetadata: "drain it" });
    expect(given).toBe(id);
    expect(requests()).toEqual(["POST 200"]);
    expect(outputs).toEqual({
      ...checkedInputs,
      notificationMetadata: "drain it",
      notificationTopicName: "scaling",
      createTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      region: emulator.region,
      projectId: emulator.projectId,
    });
    expect(emulator.hooks(groupId)).toMatchObject([
      { lifecycle_hook_name: "drain", notification_metadata: "drain it" },
    ]);
  });

  test("explains a refusal with what failed, on what, what to do, the code and the request", async () => {
    for (const name of ["a", "b", "c", "d", "e"]) emulator.putHook(groupId, { lifecycle_hook_name: name });
    const { message, partial } = await failureOf(host.create(checkedInputs));
    expect(message).toMatch(
      new RegExp(
        `^creating lifecycle hook "drain" in scaling group ${groupId}: the group already has 5 hooks, the most it can have; delete one first \\(AS.7038, request [0-9a-f-]+\\); the engine deletes last`,
      ),
    );
    expect(partial).toBeUndefined();
    expect(requests()).toEqual(["POST 400"]);
  });

  test("refuses a name that is taken, and shows how to take that hook over", async () => {
    emulator.putHook(groupId, { lifecycle_hook_name: "drain", default_timeout: 900 });
    const { message } = await failureOf(host.create(checkedInputs));
    expect(message).toContain("already has a hook of this name");
    expect(message).toContain(`import: "${id}"`);
    expect(message).toContain("defaultTimeout");
  });
});

describe("diff", () => {
  test("sees no change in the inputs that made the hook", async () => {
    const outputs = await created();
    expect(await host.diff(id, outputs, checkedInputs)).toEqual({ changes: false, replaces: [] });
  });

  test.each([
    ["lifecycleHookType", "INSTANCE_LAUNCHING"],
    ["notificationTopicUrn", `${topicUrn}-2`],
    ["defaultResult", "CONTINUE"],
    ["defaultTimeout", 300],
    ["notificationMetadata", "new"],
  ])("changes %s in place", async (name, value) => {
    const outputs = await created();
    expect(await host.diff(id, outputs, { ...checkedInputs, [name]: value })).toEqual({
      changes: true,
      replaces: [],
    });
  });

  test.each(["scalingGroupId", "lifecycleHookName"])(
    "replaces the hook for another %s, or one not known yet",
    async (name) => {
      const outputs = await created();
      for (const value of ["another", unknownValue]) {
        const difference = await host.diff(id, outputs, { ...checkedInputs, [name]: value });
        expect(difference).toEqual({ changes: true, replaces: [name] });
      }
    },
  );

  test("takes no metadata, an empty one and null for the same", async () => {
    const outputs = await created();
    for (const notificationMetadata of ["", null]) {
      expect(await host.diff(id, { ...outputs, notificationMetadata }, checkedInputs)).toMatchObject({
        changes: false,
      });
      expect(await host.diff(id, outputs, { ...checkedInputs, notificationMetadata })).toMatchObject({
        changes: false,
      });
    }
  });
});

describe("read", () => {
  test("gives the hook's properties, and the inputs that would make it so", async () => {
    const outputs = await created();
    emulator.putHook(groupId, { lifecycle_hook_name: "drain", default_timeout: 900 });
    const read = await host.read(id, outputs);
    expect(read).toEqual({
      id,
      outputs: { ...outputs, defaultTimeout: 900 },
      inputs: { ...checkedInputs, defaultTimeout: 900 },
    });
    expect(requests()).toEqual(["GET 200"]);
  });

  test("says that a hook which is gone is gone", async () => {
    const outputs = await created();
    emulator.removeHook(groupId, "drain");
    expect(await host.read(id, outputs)).toEqual({ id: "", outputs: {}, inputs: {} });
  });

  test("says so too when the whole group is gone", async () => {
    const { outputs } = await host.create(checkedInputs);
    const other = { ...outputs, scalingGroupId: "gone" };
    expect(await host.read("gone/drain", other)).toEqual({ id: "", outputs: {}, inputs: {} });
  });

  test("fails when a hook that is looked up does not exist", async () => {
    const { message } = await failureOf(host.read(id, {}));
    expect(message).toContain("there is no such hook in region cn-north-4");
  });

  test("shows what an id looks like when it is none", async () => {
    const { message } = await failureOf(host.read("drain", {}));
    expect(message).toContain("<scaling group id>/<hook name>");
  });
});

describe("update", () => {
  test("sends one PUT of the five mutable fields", async () => {
    const outputs = await created();
    const news = { ...checkedInputs, defaultTimeout: 900, defaultResult: "CONTINUE" };
    const updated = await host.update(id, outputs, news);
    expect(updated.outputs).toEqual({ ...outputs, defaultTimeout: 900, defaultResult: "CONTINUE" });
    expect(requests()).toEqual(["PUT 200"]);
    expect(JSON.parse(emulator.requests[0]?.body ?? "")).toEqual({
      lifecycle_hook_type: "INSTANCE_TERMINATING",
      notification_topic_urn: topicUrn,
      default_result: "CONTINUE",
      default_timeout: 900,
      notification_metadata: "",
    });
  });

  test("clears metadata that the program no longer has", async () => {
    const outputs = await created({ ...checkedInputs, notificationMetadata: "old" });
    const updated = await host.update(id, outputs, checkedInputs);
    expect(updated.outputs).not.toHaveProperty("notificationMetadata");
    expect(emulator.hooks(groupId)).toMatchObject([{ notification_metadata: null }]);
  });

  test("says so, and keeps the state true, when the service did not clear it", async () => {
    const outputs = await created({ ...checkedInputs, notificationMetadata: "old" });
    const stop = emulator.intercept(({ method }) =>
      method === "PUT"
        ? { answer: { status: 200, body: { ...emulator.hooks(groupId)[0], default_timeout: 900 } } }
        : undefined,
    );
    const { message, partial } = await failureOf(
      host.update(id, outputs, { ...checkedInputs, defaultTimeout: 900 }),
    );
    stop();
    expect(message).toContain("the service kept the notificationMetadata");
    expect(partial?.id).toBe(id);
    expect(partial?.reasons).toEqual([message]);
    expect(partial?.properties).toMatchObject({ notificationMetadata: "old", defaultTimeout: 900 });
  });

  test("sends nothing when only what is hidden has changed", async () => {
    const outputs = await created();
    const news = { ...checkedInputs, __timeouts: { delete: "1h" } };
    expect(await host.diff(id, outputs, news)).toEqual({ changes: true, replaces: [] });
    expect((await host.update(id, outputs, news)).outputs).toEqual({
      ...outputs,
      __timeouts: { delete: "1h" },
    });
    expect(emulator.requests).toHaveLength(0);
  });
});

describe("delete", () => {
  test("sends one DELETE", async () => {
    await host.delete(id, await created());
    expect(requests()).toEqual(["DELETE 204"]);
    expect(emulator.hooks(groupId)).toEqual([]);
  });

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
  await failureOf(host.read("drain", {}));
  await failureOf(host.delete(id, { ...checkedInputs, region: "eu-west-0" }));
  expect(host.stderr).toBe("");
});
