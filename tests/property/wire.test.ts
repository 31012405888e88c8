import fc from "fast-check";
import { expect, test } from "vitest";
import { specificationLimits } from "../../sdk/api/limits";
import {
  hangingInstancesResponse,
  lifecycleHookResponse,
  lifecycleHooksResponse,
  requestSchemas,
} from "../../sdk/api/schemas";

const schemas = requestSchemas(specificationLimits);

/* Hooks as the specification describes them. */

const name = fc.stringMatching(/^[0-9A-Za-z_-]{1,32}$/).filter((text) => text !== "list");
const type = fc.constantFrom("INSTANCE_LAUNCHING", "INSTANCE_TERMINATING");
const result = fc.constantFrom("ABANDON", "CONTINUE");
const timeout = fc.integer({ min: 300, max: 86_400 });
const topic = fc.stringMatching(/^[0-9A-Za-z_-]{1,64}$/);
const urn = topic.map((text) => `urn:smn:cn-north-4:0123456789abcdef0123456789abcdef:${text}`);
const metadata = fc
  .string({ unit: "grapheme", maxLength: 200 })
  .filter((text) => !/[<>&'()]/.test(text) && [...text].length <= 256);
const moment = fc
  .date({ min: new Date("2000-01-01"), max: new Date("2100-01-01"), noInvalidDate: true })
  .map((date) => `${date.toISOString().slice(0, 19)}Z`);

const fields = {
  lifecycle_hook_name: name,
  lifecycle_hook_type: type,
  default_result: result,
  default_timeout: timeout,
  notification_topic_urn: urn,
  notification_topic_name: topic,
  notification_metadata: metadata.filter((text) => text !== ""),
  create_time: moment,
};
const known = Object.keys(fields);
const wireHook = fc.record(fields);

const overJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

test("what a hook's answer says is what its create said, and goes back as the same request", () => {
  fc.assert(
    fc.property(wireHook, (wire) => {
      const hook = lifecycleHookResponse.parse(overJson(wire));
      const { notificationTopicName, createTime, ...input } = hook;
      expect({ notificationTopicName, createTime }).toEqual({
        notificationTopicName: wire.notification_topic_name,
        createTime: wire.create_time,
      });
      const { notification_topic_name: _topic, create_time: _time, ...request } = wire;
      expect(overJson(schemas.create.parse(input))).toEqual(request);
      const { lifecycleHookName: _input, ...changes } = input;
      const { lifecycle_hook_name: _wire, ...update } = request;
      expect(overJson(schemas.update.parse(changes))).toEqual(update);
    }),
  );
});

test("metadata that is null, empty or missing is none", () => {
  const none = fc.constantFrom({ notification_metadata: null }, { notification_metadata: "" }, {});
  fc.assert(
    fc.property(wireHook, none, ({ notification_metadata: _, ...wire }, absent) => {
      expect(lifecycleHookResponse.parse({ ...wire, ...absent }).notificationMetadata).toBeUndefined();
    }),
  );
});

test("a request has the fields that were given, and no others", () => {
  const wireNames = {
    lifecycleHookType: "lifecycle_hook_type",
    notificationTopicUrn: "notification_topic_urn",
    defaultResult: "default_result",
    defaultTimeout: "default_timeout",
    notificationMetadata: "notification_metadata",
  } as const;
  const names = fc.subarray(Object.keys(wireNames) as (keyof typeof wireNames)[]);
  const changes = fc.record({ ...fields, notification_metadata: metadata });
  fc.assert(
    fc.property(names, changes, (given, wire) => {
      const input = Object.fromEntries(given.map((field) => [field, wire[wireNames[field]]]));
      const request = Object.fromEntries(given.map((field) => [wireNames[field], wire[wireNames[field]]]));
      expect(schemas.update.parse(input)).toEqual(request);
    }),
  );
});

test("fields that the service adds change nothing", () => {
  const added = fc.dictionary(
    fc.string().filter((key) => !known.includes(key) && key !== "__proto__"),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(wireHook, added, (wire, more) => {
      expect(lifecycleHookResponse.parse({ ...more, ...wire })).toEqual(lifecycleHookResponse.parse(wire));
    }),
  );
});

test("a field that is missing is named", () => {
  const required = known.filter((key) => key !== "notification_metadata");
  fc.assert(
    fc.property(wireHook, fc.constantFrom(...required), (wire, missing) => {
      const lifecycle_hooks = [wire, { ...wire, [missing]: undefined }];
      const parsed = lifecycleHooksResponse.safeParse({ lifecycle_hooks });
      expect(parsed.error?.issues.map(({ path }) => path)).toEqual([["lifecycle_hooks", 1, missing]]);
    }),
  );
});

test("a hanging instance keeps what the service says of it", () => {
  const wire = fc.record({
    lifecycle_hook_name: name,
    lifecycle_action_key: fc.uuid(),
    instance_id: fc.uuid(),
    scaling_group_id: fc.uuid(),
    lifecycle_hook_status: fc.constantFrom("HANGING", "CONTINUE", "ABANDON"),
    timeout: moment,
    default_result: result,
  });
  fc.assert(
    fc.property(wire, (said) => {
      const { instance_id, lifecycle_hook_name, lifecycle_action_key } = said;
      const byKey = { lifecycleActionKey: lifecycle_action_key };
      const byInstance = { instanceId: instance_id, lifecycleHookName: lifecycle_hook_name };
      expect(hangingInstancesResponse.parse(overJson({ instance_hanging_info: [said] }))).toEqual([
        {
          ...byKey,
          ...byInstance,
          scalingGroupId: said.scaling_group_id,
          lifecycleHookStatus: said.lifecycle_hook_status,
          timeout: said.timeout,
          defaultResult: said.default_result,
        },
      ]);
      expect(schemas.complete.parse({ lifecycleActionResult: "CONTINUE", ...byKey })).toEqual({
        lifecycle_action_result: "CONTINUE",
        lifecycle_action_key,
      });
      expect(schemas.complete.parse({ lifecycleActionResult: "EXTEND", ...byInstance })).toEqual({
        lifecycle_action_result: "EXTEND",
        instance_id,
        lifecycle_hook_name,
      });
    }),
  );
});
