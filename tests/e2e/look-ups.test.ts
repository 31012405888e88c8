import { expect, test } from "vitest";
import {
  getHangingInstances,
  getHangingInstancesOutput,
  getLifecycleHook,
  getLifecycleHookOutput,
  getLifecycleHooks,
  getLifecycleHooksOutput,
  LifecycleHook,
  Provider,
} from "../../provider";
import { startEmulator } from "../../sdk/emulator";
import { EngineStack } from "../support/engine";
import { groupId } from "../support/hooks";
import { hookArgs, providerArgs } from "../support/trial";

test("look-ups read what is there, configured as the resources are, and tell no secret", async () => {
  await using emulator = await startEmulator();
  emulator.putHook(groupId, { lifecycle_hook_name: "boot", lifecycle_hook_type: "INSTANCE_LAUNCHING" });
  emulator.putHook(groupId, { lifecycle_hook_name: "drain", lifecycle_hook_type: "INSTANCE_TERMINATING" });
  emulator.suspend(groupId, { instanceId: "i-1", lifecycleHookName: "drain" });
  await using stack = await EngineStack.create(
    async () => {
      const hook = await getLifecycleHook({ scalingGroupId: groupId, lifecycleHookName: "drain" });
      const all = await getLifecycleHooks({ scalingGroupId: groupId });
      const hanging = await getHangingInstances({ scalingGroupId: groupId, instanceId: "i-1" });
      const missing = await getLifecycleHook({ scalingGroupId: groupId, lifecycleHookName: "none" }).catch(
        (error: { status?: number }) => error.status,
      );
      return {
        hook: { id: hook.id, region: hook.region },
        all: all.map((one) => one.id),
        hanging: hanging.length,
        missing,
      };
    },
    // An inline program runs in this process, whose environment is not the stack's.
    {
      config: {
        "huaweicloud:region": emulator.region,
        "huaweicloud:endpoints": emulator.env.HW_ENDPOINTS ?? "",
        "huaweicloud:accessKey": emulator.accessKey,
        "huaweicloud:secretKey": { secret: emulator.secretKey },
      },
    },
  );
  const up = await stack.up();
  expect(up.diagnostics).toEqual([]);
  const outputs = await stack.outputs();
  expect(outputs.hook).toEqual({ value: { id: `${groupId}/drain`, region: "cn-north-4" }, secret: false });
  expect(outputs.all?.value).toEqual([`${groupId}/boot`, `${groupId}/drain`]);
  expect(outputs.hanging?.value).toBe(1);
  expect(outputs.missing?.value).toBe(404);
  expect(up.text + (await stack.stateText())).not.toContain(emulator.secretKey);
});

test("their output forms wait for what they need, through a provider of their own", async () => {
  await using emulator = await startEmulator();
  await using stack = await EngineStack.create(async () => {
    const provider = new Provider("here", providerArgs(emulator));
    const args = { ...hookArgs, lifecycleHookType: "INSTANCE_LAUNCHING" } as const;
    const { scalingGroupId, lifecycleHookName, id } = new LifecycleHook("boot", args, { provider });
    // The id is known only once the hook is there.
    const group = id.apply(() => groupId);
    const found = getLifecycleHookOutput({ scalingGroupId, lifecycleHookName }, { provider });
    return {
      id: found.id,
      launching: getLifecycleHooksOutput(
        { scalingGroupId: group, lifecycleHookType: "INSTANCE_LAUNCHING" },
        { provider },
      ).length,
      terminating: getLifecycleHooksOutput(
        { scalingGroupId: group, lifecycleHookType: "INSTANCE_TERMINATING" },
        { provider },
      ).length,
      hanging: getHangingInstancesOutput({ scalingGroupId: group }, { provider }).length,
    };
  });
  const up = await stack.up();
  expect(up.diagnostics).toEqual([]);
  const outputs = await stack.outputs();
  expect(outputs.id?.value).toBe(`${groupId}/${emulator.hooks(groupId)[0]?.lifecycle_hook_name}`);
  expect([outputs.launching, outputs.terminating, outputs.hanging].map((output) => output?.value)).toEqual([
    1, 0, 0,
  ]);
});
