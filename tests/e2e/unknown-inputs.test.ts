import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { LifecycleHook } from "../../provider";
import { startEmulator } from "../../sdk/emulator";
import { EngineStack } from "../support/engine";
import { groupId, topicUrn } from "../support/hooks";

/** A stand-in for a scaling group of some other provider: its id is known only once it has been created. */
class Group extends pulumi.dynamic.Resource {
  declare public readonly groupId: pulumi.Output<string>;

  constructor(name: string, id: string) {
    const provider: pulumi.dynamic.ResourceProvider = {
      create: async (inputs: { wanted: string }) => ({ id: inputs.wanted, outs: { groupId: inputs.wanted } }),
    };
    super(provider, name, { wanted: id, groupId: undefined });
  }
}

test("a group that is still to be created passes through preview, and the hook is made in it", async () => {
  await using emulator = await startEmulator();
  await using stack = await EngineStack.create(
    async () => {
      const group = new Group("group", groupId);
      const hook = new LifecycleHook("drain", {
        scalingGroupId: group.groupId,
        lifecycleHookType: "INSTANCE_TERMINATING",
        notificationTopicUrn: topicUrn,
      });
      return { hookId: hook.id };
    },
    { env: emulator.env },
  );

  const preview = await stack.preview();
  expect(preview.diagnostics).toEqual([]);
  expect(preview.steps).toEqual(["create drain"]);
  expect(emulator.requests).toHaveLength(0);

  const up = await stack.up();
  expect(up.diagnostics).toEqual([]);
  const [hook] = emulator.hooks(groupId);
  expect((await stack.outputs()).hookId?.value).toBe(`${groupId}/${hook?.lifecycle_hook_name}`);
  expect((await stack.destroy()).failed).toBe(false);
  expect(emulator.hooks(groupId)).toEqual([]);
});
