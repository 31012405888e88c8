import { describe, expect, test } from "vitest";
import { LifecycleHook, Provider } from "../../provider";
import { type Emulator, startEmulator } from "../../sdk/emulator";
import { groupId, topicUrn } from "../support/hooks";
import { hookArgs, Trial } from "../support/trial";

describe("provider", () => {
  test("manages hooks in two regions of one program, and replaces a hook that is moved", async () => {
    const emulator = await startEmulator();
    await using south = await startEmulator({ region: "cn-south-1", projectId: "5".repeat(32) });
    const southTopic = topicUrn.replace("cn-north-4", "cn-south-1");
    const provider = (name: string, { region, url, accessKey, secretKey }: Emulator) =>
      new Provider(name, { region, accessKey, secretKey, endpoints: { autoscaling: url, iam: url } });
    const program = (movedTo: "north" | "south") => async () => {
      const providers = { north: provider("north", emulator), south: provider("south", south) };
      new LifecycleHook("stays", hookArgs, { provider: providers.north });
      const topic = movedTo === "north" ? topicUrn : southTopic;
      new LifecycleHook(
        "moves",
        { ...hookArgs, notificationTopicUrn: topic },
        { provider: providers[movedTo] },
      );
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
    expect(south.hooks(groupId)).toMatchObject([{ lifecycle_hook_name: expect.stringMatching(/^moves-/) }]);
    expect((await trial.stack.destroy()).diagnostics).toEqual([]);
    expect(south.hooks(groupId)).toEqual([]);
  });

  test("in another region than the stack's takes neither its project nor its endpoints", async () => {
    await using south = await startEmulator({ region: "cn-south-1", projectId: "5".repeat(32) });
    const southTopic = topicUrn.replace("cn-north-4", "cn-south-1");
    await using trial = await Trial.start(
      async () => {
        const { region, accessKey, secretKey, url } = south;
        const endpoints = { autoscaling: url, iam: url };
        const provider = new Provider("south", { region, accessKey, secretKey, endpoints });
        new LifecycleHook("drain", { ...hookArgs, notificationTopicUrn: southTopic }, { provider });
      },
      { config: { "huaweicloud:region": "cn-north-4", "huaweicloud:projectId": "0".repeat(32) } },
    );
    expect((await trial.stack.up()).diagnostics).toEqual([]);
    expect(south.hooks(groupId)).toHaveLength(1);
  });

  test("with another region replaces its hooks: deleted where they were, made where they are to be", async () => {
    const emulator = await startEmulator();
    await using south = await startEmulator({ region: "cn-south-1", projectId: "5".repeat(32) });
    const program =
      ({ region, url, accessKey, secretKey }: Emulator, topic: string) =>
      async () => {
        const provider = new Provider("here", {
          region,
          accessKey,
          secretKey,
          endpoints: { autoscaling: url, iam: url },
        });
        new LifecycleHook("drain", { ...hookArgs, notificationTopicUrn: topic }, { provider });
      };
    await using trial = await Trial.start(program(emulator, topicUrn), { emulator });
    await trial.stack.up();
    trial.stack.program = program(south, topicUrn.replace("cn-north-4", "cn-south-1"));
    const up = await trial.stack.up();
    expect(up.diagnostics).toEqual([]);
    expect(trial.names()).toEqual([]);
    expect(south.hooks(groupId)).toHaveLength(1);
    expect((await trial.stack.up()).steps).toEqual([]);
  });
});
