import { describe, expect, test } from "vitest";
import { LifecycleHook, Provider } from "../../provider";
import { type Emulator, startEmulator } from "../../sdk/emulator";
import { EngineStack } from "../support/engine";
import { groupId, topicUrn } from "../support/hooks";
import { hookArgs, providerArgs, Trial } from "../support/trial";

/** A group is in one region. */
const southGroup = "0a1b2c3d-dd76-4a61-b4bc-a67c5686719a";

describe("provider", () => {
  test("manages hooks in two regions of one program, and replaces a hook that moves to a group in the other", async () => {
    const emulator = await startEmulator();
    await using south = await startEmulator({
      region: "cn-south-1",
      projectId: "5".repeat(32),
      groups: [southGroup],
    });
    const southern = {
      notificationTopicUrn: topicUrn.replace("cn-north-4", "cn-south-1"),
      scalingGroupId: southGroup,
    };
    const provider = (name: string, its: Emulator) => new Provider(name, providerArgs(its));
    const program = (movedTo: "north" | "south") => async () => {
      const providers = { north: provider("north", emulator), south: provider("south", south) };
      new LifecycleHook("stays", hookArgs, { provider: providers.north });
      const where = movedTo === "north" ? {} : southern;
      new LifecycleHook("moves", { ...hookArgs, ...where }, { provider: providers[movedTo] });
    };
    await using trial = await Trial.start(program("north"), { emulator });
    const up = await trial.stack.up();
    expect(up.diagnostics).toEqual([]);
    expect(trial.names()).toHaveLength(2);
    expect(up.text).not.toContain(trial.emulator.secretKey);
    expect(await trial.stack.stateText()).not.toContain(trial.emulator.secretKey);

    trial.stack.program = program("south");
    const moved = await trial.stack.up();
    expect(moved.diagnostics).toEqual([]);
    expect(trial.names()).toEqual([expect.stringMatching(/^stays-/)]);
    expect(south.hooks(southGroup)).toMatchObject([
      { lifecycle_hook_name: expect.stringMatching(/^moves-/) },
    ]);
    expect((await trial.stack.destroy()).diagnostics).toEqual([]);
    expect(south.hooks(southGroup)).toEqual([]);
  });

  test("in another region than the stack's takes neither its project nor its endpoints", async () => {
    await using south = await startEmulator({ region: "cn-south-1", projectId: "5".repeat(32) });
    const southTopic = topicUrn.replace("cn-north-4", "cn-south-1");
    await using trial = await Trial.start(
      async () => {
        const provider = new Provider("south", providerArgs(south));
        new LifecycleHook("drain", { ...hookArgs, notificationTopicUrn: southTopic }, { provider });
      },
      { config: { "huaweicloud:region": "cn-north-4", "huaweicloud:projectId": "0".repeat(32) } },
    );
    expect((await trial.stack.up()).diagnostics).toEqual([]);
    expect(south.hooks(groupId)).toHaveLength(1);
  });

  test("with another region, and nothing but HW_PROJECT_ID in the environment, leaves the hooks of a group as they are", async () => {
    const emulator = await startEmulator();
    await using south = await startEmulator({ region: "cn-south-1", projectId: "5".repeat(32) });
    const program = (its: Emulator, topic: string) => async () => {
      const provider = new Provider("here", providerArgs(its));
      new LifecycleHook("drain", { ...hookArgs, notificationTopicUrn: topic }, { provider });
    };
    const env = { HW_PROJECT_ID: "0".repeat(32), HW_METADATA_DISABLED: "1" };
    await using stack = await EngineStack.create(program(emulator, topicUrn), { env });
    // The project is looked up: the environment's may be any region's.
    expect((await stack.up()).diagnostics).toEqual([]);
    emulator.clearRequests();
    stack.program = program(south, topicUrn.replace("cn-north-4", "cn-south-1"));
    const { failed, diagnostics } = await stack.up();
    expect(failed).toBe(true);
    expect(diagnostics.join()).toMatch(
      /is in region cn-north-4, but region cn-south-1 \(by the provider's region/,
    );
    expect([...emulator.requests, ...south.requests].filter(({ path }) => path.includes("hook"))).toEqual([]);
    expect(emulator.hooks(groupId)).toHaveLength(1);
    await emulator.close();
  });

  test("that names the project which it has looked up until now changes no hook", async () => {
    const program = (more: object) => async () => {
      const provider = new Provider("here", more);
      new LifecycleHook("drain", hookArgs, { provider });
    };
    await using trial = await Trial.start(program({}));
    await trial.stack.up();
    trial.sent();
    trial.stack.program = program({ projectId: trial.emulator.projectId });
    const run = await trial.stack.up();
    expect(run.diagnostics).toEqual([]);
    expect(run.steps.filter((step) => step.endsWith("drain"))).toEqual([]);
    expect(trial.sent()).toEqual([]);
  });
});
