import { expect, test } from "vitest";
import { LifecycleHook } from "../../provider";
import { startEmulator } from "../../sdk/emulator";
import { EngineStack } from "../support/engine";
import { groupId } from "../support/hooks";
import { hookArgs } from "../support/trial";

/** What the tour and the laws, which show a hook's whole life, do not look at. */

test("a hook's outputs reach the program, and the state holds the constant provider text and no credential", async () => {
  await using emulator = await startEmulator();
  const program = async () => {
    const { lifecycleHookName, notificationTopicName, createTime } = new LifecycleHook("drain", hookArgs);
    return { lifecycleHookName, notificationTopicName, createTime };
  };
  await using stack = await EngineStack.create(program, {
    env: { HW_REGION_NAME: emulator.region, HW_ENDPOINTS: emulator.env.HW_ENDPOINTS ?? "" },
    config: {
      "huaweicloud:accessKey": emulator.accessKey,
      "huaweicloud:secretKey": { secret: emulator.secretKey },
    },
  });
  expect((await stack.up()).diagnostics).toEqual([]);

  const [hook] = emulator.hooks(groupId);
  const outputs = await stack.outputs();
  expect(outputs.lifecycleHookName?.value).toMatch(/^drain-[0-9a-f]{7}$/);
  expect(outputs.lifecycleHookName?.value).toBe(hook?.lifecycle_hook_name);
  expect(outputs.notificationTopicName?.value).toBe(hook?.notification_topic_name);
  expect(outputs.createTime?.value).toBe(hook?.create_time);

  const state = (await stack.state()).filter(({ type }) => type.includes("LifecycleHook"));
  expect(state).toHaveLength(1);
  for (const { inputs, outputs } of state) {
    expect(inputs?.__provider).toBe(outputs?.__provider);
    expect(String(inputs?.__provider).length).toBeLessThanOrEqual(120);
    expect(inputs?.__provider).toContain("pulumi-huaweicloud-as/runtime");
  }
  expect(await stack.stateText()).not.toContain(emulator.secretKey);
});
