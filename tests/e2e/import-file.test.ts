import { expect, test } from "vitest";
import { LifecycleHook } from "../../provider";
import { startEmulator } from "../../sdk/emulator";
import { EngineStack } from "../support/engine";
import { groupId, topicUrn } from "../support/hooks";
import { hookArgs } from "../support/trial";

/** `pulumi import --file`, for hooks that no program has an option for: the documented entry, as it stands there. */

const __provider =
  "exports.handler=()=>require('module').createRequire(process.cwd()+'/')('pulumi-huaweicloud-as/runtime')";
const settings = {
  __provider,
  ...hookArgs,
  lifecycleHookName: "by-hand",
  defaultResult: "ABANDON",
  defaultTimeout: 900,
};
const entry = {
  type: "pulumi-nodejs:dynamic/huaweicloud/as:LifecycleHook",
  name: "drain",
  id: `${groupId}/by-hand`,
  inputs: settings,
  outputs: settings,
};

test("an import file takes over a hook; refresh completes it, and it lives on as any other", async () => {
  await using emulator = await startEmulator();
  emulator.putHook(groupId, {
    lifecycle_hook_name: "by-hand",
    lifecycle_hook_type: "INSTANCE_TERMINATING",
    notification_topic_urn: topicUrn,
    default_timeout: 900,
  });
  const args = { ...hookArgs, lifecycleHookName: "by-hand", defaultTimeout: 900 };
  await using stack = await EngineStack.create(
    async () => ({ created: new LifecycleHook("drain", args).createTime }),
    { env: emulator.env },
  );
  await stack.importFile([entry]);
  expect(emulator.requests).toEqual([]);

  const refresh = await stack.refresh();
  expect(refresh).toMatchObject({ failed: false, steps: [] });
  const up = await stack.up();
  expect(up).toMatchObject({ failed: false, steps: [] });
  expect((await stack.outputs()).created?.value).toBe(emulator.hooks(groupId)[0]?.create_time);

  expect((await stack.destroy()).failed).toBe(false);
  expect(emulator.hooks(groupId)).toEqual([]);
});
