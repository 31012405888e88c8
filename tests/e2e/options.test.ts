import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { LifecycleHook, Provider } from "../../provider";
import { expandUrn } from "../../provider/core/urn";
import { startEmulator } from "../../sdk/emulator";
import { groupId } from "../support/hooks";
import { declare, hookArgs, Trial } from "../support/trial";

/** The options of every Pulumi resource, each under the real engine, with the API asked what it did. */

describe("options that keep a hook", () => {
  test("ignoreChanges leaves a property as it is", async () => {
    await using trial = await Trial.start(declare());
    await trial.stack.up();
    trial.stack.program = declare({ defaultTimeout: 600 }, { ignoreChanges: ["defaultTimeout"] });
    expect((await trial.stack.up()).steps).toEqual([]);
  });

  test("protect refuses the deletion, retainOnDelete leaves the hook", async () => {
    await using trial = await Trial.start(declare({}, { protect: true }));
    await trial.stack.up();
    expect((await trial.stack.destroy()).failed).toBe(true);
    expect(trial.names()).toHaveLength(1);
    trial.stack.program = declare({}, { retainOnDelete: true });
    await trial.stack.up();
    expect((await trial.stack.destroy()).failed).toBe(false);
    expect(trial.names()).toHaveLength(1);
    expect(trial.sent()).toEqual(["POST"]);
  });

  test("aliases and a parent rename a resource without touching its hook", async () => {
    await using trial = await Trial.start(declare());
    await trial.stack.up();
    const [name] = trial.names();
    trial.stack.program = async () => {
      const fleet = new pulumi.ComponentResource("my:index:Fleet", "fleet");
      new LifecycleHook("renamed", hookArgs, {
        parent: fleet,
        aliases: [{ name: "drain", parent: pulumi.rootStackResource }],
      });
    };
    const run = await trial.stack.up();
    expect(run.diagnostics).toEqual([]);
    expect(trial.sent()).toEqual(["POST"]);
    expect(trial.names()).toEqual([name]);
    expect((await trial.stack.up()).steps).toEqual([]);
  });

  test("a parent is part of the URN by which the provider speaks of a hook", async () => {
    await using trial = await Trial.start(async () => {
      const fleet = new pulumi.ComponentResource("my:index:Fleet", "fleet::of::two");
      const outer = new LifecycleHook("outer", hookArgs, { parent: fleet });
      new LifecycleHook("inner", hookArgs, { parent: outer });
      new LifecycleHook("of::the::stack", hookArgs, { parent: pulumi.rootStackResource });
      new LifecycleHook("of-nobody", hookArgs);
    });
    await trial.stack.up();
    const hooks = (await trial.stack.state()).filter(({ type }) => type === LifecycleHook.__pulumiType);
    expect(hooks).toHaveLength(4);
    for (const { urn, inputs } of hooks) expect(expandUrn(String(inputs?.__urn))).toBe(urn);
  });

  test("deletedWith another resource sends no deletion", async () => {
    await using trial = await Trial.start(async () => {
      const fleet = new LifecycleHook("fleet", hookArgs);
      new LifecycleHook("drain", hookArgs, { deletedWith: fleet });
    });
    await trial.stack.up();
    trial.sent();
    await trial.stack.destroy();
    expect(trial.sent()).toEqual(["DELETE"]);
  });
});

describe("customTimeouts", () => {
  test("reach the deletion even when they are all that has changed, and such a change sends nothing", async () => {
    await using trial = await Trial.start(declare({}, { customTimeouts: { delete: "1h" } }));
    await trial.stack.up();
    trial.sent();
    trial.stack.program = declare({}, { customTimeouts: { delete: "50ms" } });
    expect((await trial.stack.up()).failed).toBe(false);
    expect(trial.sent()).toEqual([]);
    trial.emulator.setBusy(groupId, true);
    const destroyed = await trial.stack.destroy();
    expect(destroyed.failed).toBe(true);
    expect(destroyed.diagnostics.join()).toContain("AS.2033");
    trial.emulator.setBusy(groupId, false);
    expect((await trial.stack.destroy()).failed).toBe(false);
    expect(trial.names()).toEqual([]);
  });
});

describe("secrets", () => {
  test("of an input are in no output, event or state in clear, also when the value is wrong", async () => {
    await using trial = await Trial.start(declare({ notificationMetadata: pulumi.secret("hunter2") }));
    const up = await trial.stack.up();
    expect(up.diagnostics).toEqual([]);
    expect(up.text).not.toContain("hunter2");
    expect(await trial.stack.stateText()).not.toContain("hunter2");
    expect(trial.emulator.hooks(groupId)).toMatchObject([{ notification_metadata: "hunter2" }]);
    const refreshed = await trial.stack.refresh();
    expect(refreshed.text).not.toContain("hunter2");
    trial.stack.program = declare({ notificationMetadata: pulumi.secret("hunter3(") });
    const refused = await trial.stack.preview();
    expect(refused.failed).toBe(true);
    expect(refused.text).not.toContain("hunter");
    expect((await trial.stack.destroy()).text).not.toContain("hunter2");
  });

  test("additionalSecretOutputs encrypts an output", async () => {
    await using trial = await Trial.start(declare({}, { additionalSecretOutputs: ["createTime"] }));
    await trial.stack.up();
    expect(await trial.stack.stateText()).not.toContain(trial.emulator.hooks(groupId)[0]?.create_time);
  });
});

describe("get", () => {
  test("reads a hook that something else manages", async () => {
    const emulator = await startEmulator();
    emulator.putHook(groupId, { lifecycle_hook_name: "other", default_timeout: 777 });
    await using trial = await Trial.start(
      async () => ({ timeout: LifecycleHook.get("other", `${groupId}/other`).defaultTimeout }),
      { emulator },
    );
    expect((await trial.stack.up()).diagnostics).toEqual([]);
    expect((await trial.stack.outputs()).timeout?.value).toBe(777);
    await trial.stack.destroy();
    expect(trial.names()).toEqual(["other"]);
  });

  test("of a missing hook fails and says so", async () => {
    await using trial = await Trial.start(async () => ({
      timeout: LifecycleHook.get("other", `${groupId}/other`).defaultTimeout,
    }));
    const up = await trial.stack.up();
    expect(up.failed).toBe(true);
    expect(up.diagnostics.join("\n")).toContain('reading lifecycle hook "other"');
    expect(up.diagnostics.join("\n")).toContain("there is no such hook");
  });
});

test("isInstance knows a hook, and nothing else", async () => {
  const seen: boolean[] = [];
  await using trial = await Trial.start(async () => {
    const hook = new LifecycleHook("drain", hookArgs);
    seen.push(
      LifecycleHook.isInstance(hook),
      LifecycleHook.isInstance(new Provider("p")),
      LifecycleHook.isInstance(undefined),
    );
  });
  await trial.stack.preview();
  expect(seen).toEqual([true, false, false]);
});
