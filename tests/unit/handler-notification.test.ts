import { describe, expect, test } from "vitest";
import { isMessageError, parseLifecycleNotification } from "../../sdk/handler";

const message = {
  service: "AutoScaling",
  tenant_id: "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
  lifecycle_hook_type: "INSTANCE_TERMINATING",
  lifecycle_hook_name: "drain",
  lifecycle_action_key: "7d0c2f6e-5a41-4c7b-9b1e-2f3a4b5c6d7e",
  notification_metadata: "team-a",
  scaling_instance: {
    instance_id: "1b2c3d4e-0000-4000-8000-00000000000a",
    instance_name: "web_AB12CD34",
    instance_ip: "10.0.0.11",
  },
  scaling_group: {
    scaling_group_id: "9a8b7c6d-0000-4000-8000-00000000000b",
    scaling_group_name: "web",
    scaling_config_id: "5e6f7a8b-0000-4000-8000-00000000000c",
    scaling_config_name: "web-conf",
  },
};
const read = {
  tenantId: "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
  lifecycleHookType: "INSTANCE_TERMINATING",
  lifecycleHookName: "drain",
  lifecycleActionKey: "7d0c2f6e-5a41-4c7b-9b1e-2f3a4b5c6d7e",
  notificationMetadata: "team-a",
  instanceId: "1b2c3d4e-0000-4000-8000-00000000000a",
  instanceName: "web_AB12CD34",
  instanceIp: "10.0.0.11",
  scalingGroupId: "9a8b7c6d-0000-4000-8000-00000000000b",
  scalingGroupName: "web",
};
const envelope = (text: string) => ({ type: "Notification", topic_urn: "urn:smn:r:p:t", message: text });
const record = (text: string) => ({ event_source: "smn", smn: { type: "notification", message: text } });

describe("a hook's message", () => {
  const text = JSON.stringify(message);
  test.each<[string, unknown]>([
    ["as an object", message],
    ["as text", text],
    ["as bytes with a byte order mark", Buffer.from(`\ufeff${text}`)],
    ["in SMN's envelope", JSON.stringify(envelope(text))],
    ["as FunctionGraph's event", { record: [record(text)], functionname: "drain" }],
    ["as one record of such an event", record(text)],
  ])("%s is read", (_, body) => {
    expect(parseLifecycleNotification(body)).toEqual(read);
  });

  test("has no metadata where it is empty, null or absent", () => {
    for (const notification_metadata of ["", null, undefined])
      expect(parseLifecycleNotification({ ...message, notification_metadata })).toEqual({
        ...read,
        notificationMetadata: undefined,
      });
  });

  test.each<[string, unknown]>([
    ["has no action key, such as a test message", { ...message, lifecycle_action_key: undefined }],
    ["is prose on the topic", envelope("hello")],
    ["asks to confirm a subscription", { ...envelope("visit the URL"), type: "SubscriptionConfirmation" }],
    ["is of an alarm", JSON.stringify({ alarm: "cpu" })],
  ])("that %s is none, and no error", (_, body) => {
    expect(parseLifecycleNotification(body)).toBeUndefined();
  });

  test.each<[string, unknown]>([
    ["it is no JSON", "hello"],
    ["it is no object in JSON", "[1]"],
    ["there is no body", undefined],
    ["lifecycle_hook_type is neither", { ...message, lifecycle_hook_type: "LAUNCHING" }],
    ["scaling_instance.instance_id is missing", { ...message, scaling_instance: null }],
    [
      "scaling_group.scaling_group_id is not an id",
      { ...message, scaling_group: { scaling_group_id: "../x" } },
    ],
    ["lifecycle_action_key is a number, not a string", { ...message, lifecycle_action_key: 4 }],
    ["the envelope has no message", { type: "Notification", topic_urn: "urn" }],
    ["it is an event of 2 records: give each by itself", { record: [record("a"), record("b")] }],
  ])("is malformed when %s", (what, body) => {
    const parse = () => parseLifecycleNotification(body);
    expect(parse).toThrow(what);
    expect(parse).toThrow(
      expect.toSatisfy((error) => isMessageError(error) && error.problem === "malformed"),
    );
  });
});
