import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { AutoScalingClient, isInvalidInputError, type RequestEvent, type ResponseEvent } from "../../sdk";
import type { CompleteInput } from "../../sdk/api/schemas";
import { type Emulator, startEmulator } from "../../sdk/emulator";
import { groupId, topicUrn } from "../support/hooks";
import { clientOf, hookInput, keys, rejection } from "../support/sdk";

/** The seven calls over a real socket. */

let emulator: Emulator;
let client: AutoScalingClient;
const seen: (RequestEvent | ResponseEvent)[] = [];
const observe = (event: RequestEvent | ResponseEvent) => seen.push(event);

beforeAll(async () => {
  emulator = await startEmulator(keys);
  client = clientOf(emulator, { projectId: undefined, onRequest: observe, onResponse: observe });
});
afterAll(async () => {
  await client.close();
  await emulator.close();
});
beforeEach(() => {
  for (const hook of emulator.hooks(groupId)) emulator.removeHook(groupId, hook.lifecycle_hook_name);
  emulator.clearRequests();
  seen.length = 0;
});

const input = { ...hookInput, notificationTopicUrn: topicUrn };

describe("lifecycle hooks", () => {
  test("create answers the whole hook, defaults included", async () => {
    expect(await client.lifecycleHooks.create(groupId, input)).toEqual({
      ...input,
      defaultResult: "ABANDON",
      defaultTimeout: 3600,
      notificationTopicName: "scaling",
      notificationMetadata: undefined,
      createTime: emulator.hooks(groupId)[0]?.create_time,
    });
  });

  test("get, list and delete reach the same hook", async () => {
    const hook = await client.lifecycleHooks.create(groupId, input);
    expect(await client.lifecycleHooks.get(groupId, "drain")).toEqual(hook);
    expect(await client.lifecycleHooks.list(groupId)).toEqual([hook]);
    expect(await client.lifecycleHooks.delete(groupId, "drain")).toBeUndefined();
    expect(emulator.hooks(groupId)).toEqual([]);
  });

  test("update changes what is given, and an empty text clears the metadata", async () => {
    await client.lifecycleHooks.create(groupId, { ...input, notificationMetadata: "old" });
    const updated = await client.lifecycleHooks.update(groupId, "drain", { defaultTimeout: 900 });
    expect(updated).toMatchObject({ defaultTimeout: 900, notificationMetadata: "old" });
    const cleared = await client.lifecycleHooks.update(groupId, "drain", { notificationMetadata: "" });
    expect(cleared.notificationMetadata).toBeUndefined();
  });

  test("what is missing is a 404, what is in a missing group a 400 with AS.2007", async () => {
    const missing = await rejection(client.lifecycleHooks.get(groupId, "drain"));
    expect(missing).toMatchObject({ status: 404, operation: "lifecycleHooks.get", retryable: false });
    const nowhere = await rejection(client.lifecycleHooks.list("missing"));
    const message = expect.stringContaining("does not exist");
    expect(nowhere).toMatchObject({ status: 400, code: "AS.2007", requestId: expect.any(String), message });
  });

  test("an input that breaks a rule is refused with every problem, and nothing is sent", async () => {
    const wrong = {
      lifecycleHookName: "list",
      lifecycleHookType: "TERMINATING",
      defaultTimout: 5,
      notificationMetadata: "(secret)",
    };
    // @ts-expect-error: the types refuse it as well
    const error = await rejection(client.lifecycleHooks.create(groupId, wrong));
    expect(isInvalidInputError(error) && error.problems).toEqual([
      'lifecycleHookName "list" is a name that the API cannot address: choose another name',
      expect.stringContaining(
        'lifecycleHookType "TERMINATING" is not a known value (did you mean INSTANCE_TERMINATING?)',
      ),
      expect.stringContaining("notificationTopicUrn is missing"),
      expect.stringContaining("notificationMetadata (not shown) has characters that are not allowed"),
      expect.stringContaining("defaultTimout is not a property; did you mean defaultTimeout?"),
    ]);
    expect(String(error)).not.toContain("secret");
    // @ts-expect-error: the types refuse it as well
    const nothing = client.lifecycleHooks.update(groupId, "drain", {});
    await expect(nothing).rejects.toThrow("nothing to change");
    await expect(client.lifecycleHooks.get("../other", "drain")).rejects.toThrow("scalingGroupId");
    expect(emulator.requests).toEqual([]);
  });
});

describe("hanging instances", () => {
  const suspend = (instanceId: string) =>
    emulator.suspend(groupId, { instanceId, lifecycleHookName: "drain" });
  beforeEach(() => client.lifecycleHooks.create(groupId, input));

  test("are listed, all or one", async () => {
    suspend("i-1");
    const hanging = suspend("i-2");
    expect(await client.hangingInstances.list(groupId)).toHaveLength(2);
    expect(await client.hangingInstances.list(groupId, { instanceId: "i-2" })).toEqual([
      {
        lifecycleHookName: "drain",
        lifecycleActionKey: hanging.lifecycle_action_key,
        instanceId: "i-2",
        scalingGroupId: groupId,
        lifecycleHookStatus: "HANGING",
        timeout: hanging.timeout,
        defaultResult: "ABANDON",
      },
    ]);
  });

  test("are completed by key, or by instance and hook; a second time is AS.7042", async () => {
    const complete = (callback: CompleteInput) => client.hangingInstances.complete(groupId, callback);
    const { lifecycle_action_key: lifecycleActionKey } = suspend("i-3");
    await complete({ lifecycleActionResult: "CONTINUE", lifecycleActionKey });
    suspend("i-4");
    const address = { instanceId: "i-4", lifecycleHookName: "drain" };
    const other = { lifecycleActionResult: "ABANDON", ...address } as const;
    await complete(other);
    await expect(complete(other)).rejects.toMatchObject({ code: "AS.7042" });
    expect(emulator.hangingInstances(groupId).slice(-2)).toMatchObject([
      { instance_id: "i-3", lifecycle_hook_status: "CONTINUE" },
      { instance_id: "i-4", lifecycle_hook_status: "ABANDON" },
    ]);
  });

  test.each([
    ["without an address", {}, "lifecycleActionKey is missing"],
    ["with half of one", { instanceId: "i-1" }, "lifecycleActionKey is missing: address the suspension by"],
    [
      "with two",
      { instanceId: "i-1", lifecycleHookName: "drain", lifecycleActionKey: "4f" },
      "is one address too many",
    ],
  ])("are not completed %s", async (_, address, problem) => {
    const callback = { lifecycleActionResult: "CONTINUE", ...address } as const;
    // @ts-expect-error: the types refuse it as well
    const completing = client.hangingInstances.complete(groupId, callback);
    await expect(completing).rejects.toThrow(problem);
  });
});

test("all groups are listed, a request for each hundred", async () => {
  const more = Array.from({ length: 100 }, (_, index) => `group-${index}`);
  for (const id of more) emulator.addGroup(id);
  emulator.clearRequests();
  const groups = await client.scalingGroups.list();
  expect(groups.map(({ scalingGroupId }) => scalingGroupId)).toEqual([groupId, ...more]);
  expect(emulator.requests.map(({ query }) => query)).toEqual([
    "limit=100&start_number=0",
    "limit=100&start_number=100",
  ]);
  for (const id of more) emulator.removeGroup(id);
});

test("each request can be watched, without what signs it", async () => {
  await client.lifecycleHooks.list(groupId);
  const url = `${emulator.url}/autoscaling-api/v1/${emulator.projectId}/scaling_lifecycle_hook/${groupId}/list`;
  const request = { operation: "lifecycleHooks.list", method: "GET", url, attempt: 0 };
  const requestId = emulator.requests.at(-1)?.requestId;
  expect(seen.slice(-2)).toEqual([
    request,
    { ...request, status: 200, requestId, durationMs: expect.any(Number), date: expect.any(Date) },
  ]);
});

test("the emulator's environment leads the client to it, whatever the shell's own says", async () => {
  const shell = {
    HW_AUTH_TOKEN: "of-another-account",
    HW_SECURITY_TOKEN: "of-another-key",
    HW_PROJECT_ID: "of-another-region",
    HUAWEICLOUD_SDK_PROJECT_ID: "of-another-region",
    HUAWEICLOUD_SDK_AK: "another",
    HUAWEICLOUD_SDK_SK: "another",
  };
  const environment = { ...shell, ...emulator.env };
  await using there = new AutoScalingClient({ region: emulator.region, environment });
  expect(await there.lifecycleHooks.list(groupId)).toEqual([]);
});
