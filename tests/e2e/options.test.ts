import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LifecycleHook, type LifecycleHookArgs, Provider } from "../../provider";
import { type Emulator, startEmulator } from "../../sdk/emulator";
import { EngineStack } from "../support/engine";
import { groupId, topicUrn } from "../support/hooks";

/** The options of every Pulumi resource, each under the real engine, with the API asked what it did. */

const args = {
  scalingGroupId: groupId,
  lifecycleHookType: "INSTANCE_TERMINATING",
  notificationTopicUrn: topicUrn,
} as const;

let emulator: Emulator;
let stack: EngineStack;

beforeEach(async () => {
  emulator = await startEmulator();
});
afterEach(async () => {
  await stack[Symbol.asyncDispose]();
  await emulator.close();
});

function sent(): string[] {
  const methods = emulator.requests.filter(({ path }) => path.includes("hook")).map(({ method }) => method);
  emulator.clearRequests();
  return methods;
}
const names = () => emulator.hooks(groupId).map((hook) => hook.lifecycle_hook_name);
const declare =
  (more: Partial<LifecycleHookArgs> = {}, opts: pulumi.CustomResourceOptions = {}) =>
  async () => {
    new LifecycleHook("drain", { ...args, ...more }, opts);
  };
const start = async (program: pulumi.automation.PulumiFn) => {
  stack = await EngineStack.create(program, { env: emulator.env });
};

describe("import", () => {
  const id = `${groupId}/by-hand`;
  const byHand = {
    lifecycle_hook_name: "by-hand",
    lifecycle_hook_type: "INSTANCE_TERMINATING",
    notification_topic_urn: topicUrn,
  } as const;

  test("takes over a hook without a request that changes it; up is no change then, nor without the option", async () => {
    emulator.putHook(groupId, byHand);
    await start(declare({}, { import: id }));
    expect((await stack.preview()).diagnostics).toEqual([]);
    expect((await stack.up()).diagnostics).toEqual([]);
    expect(sent().filter((method) => method !== "GET")).toEqual([]);
    const [hook] = (await stack.state()).filter(({ type }) => type.includes("LifecycleHook"));
    expect(hook?.id).toBe(id);
    expect((await stack.up()).steps).toEqual([]);
    stack.program = declare();
    expect((await stack.up()).steps).toEqual([]);
    expect((await stack.refresh()).steps).toEqual([]);
    stack.program = declare({ defaultTimeout: 600 });
    expect((await stack.up()).steps).toEqual(["update drain"]);
    expect(names()).toEqual(["by-hand"]);
  });

  test("shows at preview what differs, property by property, and refuses to take over such a hook", async () => {
    emulator.putHook(groupId, { ...byHand, default_timeout: 900, default_result: "CONTINUE" });
    await start(declare({}, { import: id }));
    const preview = await stack.preview();
    const text = preview.diagnostics.join("\n");
    expect(text).toContain("defaultTimeout is 900, the program has 3600");
    expect(text).toContain('defaultResult is "CONTINUE", the program has "ABANDON"');
    expect((await stack.up()).failed).toBe(true);
    expect(emulator.hooks(groupId)).toMatchObject([{ default_timeout: 900 }]);
  });

  test("under up --replace makes a new hook instead of taking over the one that goes", async () => {
    emulator.putHook(groupId, byHand);
    await start(declare({}, { import: id }));
    await stack.up();
    const [hook] = (await stack.state()).filter(({ type }) => type.includes("LifecycleHook"));
    sent();
    const run = await stack.up({ replace: [hook?.urn ?? ""] });
    expect(run.failed).toBe(false);
    expect(sent().filter((method) => method !== "GET")).toEqual(["DELETE", "POST"]);
    expect(names()).toEqual(["by-hand"]);
    expect((await stack.up()).steps).toEqual([]);
  });
});

describe("replacement", () => {
  test("under up --replace of an automatically named hook leaves one hook", async () => {
    await start(declare());
    await stack.up();
    const [name] = names();
    const [hook] = (await stack.state()).filter(({ type }) => type.includes("LifecycleHook"));
    expect((await stack.up({ replace: [hook?.urn ?? ""] })).failed).toBe(false);
    expect(names()).toEqual([name]);
    expect(sent()).toEqual(["POST", "DELETE", "POST"]);
  });

  test("that finds its own hook, being created before the deletion, does not delete it", async () => {
    await start(declare({}, { deleteBeforeReplace: false }));
    await stack.up();
    const [name] = names();
    const [hook] = (await stack.state()).filter(({ type }) => type.includes("LifecycleHook"));
    expect((await stack.up({ replace: [hook?.urn ?? ""] })).failed).toBe(false);
    expect(names()).toEqual([name]);
    expect((await stack.refresh()).steps).toEqual([]);
    expect((await stack.destroy()).failed).toBe(false);
    expect(names()).toEqual([]);
  });

  test("by a new name works in a group that is full", async () => {
    await start(declare({ lifecycleHookName: "old" }));
    await stack.up();
    for (const name of ["a", "b", "c", "d"]) emulator.putHook(groupId, { lifecycle_hook_name: name });
    stack.program = declare({ lifecycleHookName: "new" });
    expect((await stack.up()).failed).toBe(false);
    expect(names().toSorted()).toEqual(["a", "b", "c", "d", "new"]);
  });

  test("comes after the creation of the new one when deleteBeforeReplace is false", async () => {
    await start(declare({ lifecycleHookName: "old" }));
    await stack.up();
    stack.program = declare({ lifecycleHookName: "new" }, { deleteBeforeReplace: false });
    expect((await stack.up()).failed).toBe(false);
    expect(sent()).toEqual(["POST", "POST", "DELETE"]);
  });

  test("can be asked for by replaceOnChanges", async () => {
    await start(declare());
    await stack.up();
    stack.program = declare({ defaultTimeout: 600 }, { replaceOnChanges: ["defaultTimeout"] });
    expect((await stack.up()).failed).toBe(false);
    expect(sent()).toEqual(["POST", "DELETE", "POST"]);
  });
});

describe("options that keep a hook", () => {
  test("ignoreChanges leaves a property as it is", async () => {
    await start(declare());
    await stack.up();
    stack.program = declare({ defaultTimeout: 600 }, { ignoreChanges: ["defaultTimeout"] });
    expect((await stack.up()).steps).toEqual([]);
  });

  test("protect refuses the deletion, retainOnDelete leaves the hook", async () => {
    await start(declare({}, { protect: true }));
    await stack.up();
    expect((await stack.destroy()).failed).toBe(true);
    expect(names()).toHaveLength(1);
    stack.program = declare({}, { retainOnDelete: true });
    await stack.up();
    expect((await stack.destroy()).failed).toBe(false);
    expect(names()).toHaveLength(1);
    expect(sent()).toEqual(["POST"]);
  });

  test("aliases and a parent rename a resource without touching its hook", async () => {
    await start(declare());
    await stack.up();
    const [name] = names();
    stack.program = async () => {
      const fleet = new pulumi.ComponentResource("my:index:Fleet", "fleet");
      new LifecycleHook("renamed", args, {
        parent: fleet,
        aliases: [{ name: "drain", parent: pulumi.rootStackResource }],
      });
    };
    const run = await stack.up();
    expect(run.diagnostics).toEqual([]);
    expect(sent()).toEqual(["POST"]);
    expect(names()).toEqual([name]);
    expect((await stack.up()).steps).toEqual([]);
  });

  test("deletedWith another resource sends no deletion", async () => {
    await start(async () => {
      const fleet = new LifecycleHook("fleet", args);
      new LifecycleHook("drain", args, { deletedWith: fleet });
    });
    await stack.up();
    sent();
    await stack.destroy();
    expect(sent()).toEqual(["DELETE"]);
  });
});

describe("customTimeouts", () => {
  test("reach the deletion even when they are all that has changed, and such a change sends nothing", async () => {
    await start(declare({}, { customTimeouts: { delete: "1h" } }));
    await stack.up();
    sent();
    stack.program = declare({}, { customTimeouts: { delete: "50ms" } });
    expect((await stack.up()).failed).toBe(false);
    expect(sent()).toEqual([]);
    emulator.setBusy(groupId, true);
    const destroyed = await stack.destroy();
    expect(destroyed.failed).toBe(true);
    expect(destroyed.diagnostics.join()).toContain("AS.2033");
    emulator.setBusy(groupId, false);
    expect((await stack.destroy()).failed).toBe(false);
    expect(names()).toEqual([]);
  });
});

describe("secrets", () => {
  test("of an input are in no output, event or state in clear, also when the value is wrong", async () => {
    await start(declare({ notificationMetadata: pulumi.secret("hunter2") }));
    const up = await stack.up();
    expect(up.diagnostics).toEqual([]);
    expect(up.text).not.toContain("hunter2");
    expect(await stack.stateText()).not.toContain("hunter2");
    expect(emulator.hooks(groupId)).toMatchObject([{ notification_metadata: "hunter2" }]);
    const refreshed = await stack.refresh();
    expect(refreshed.text).not.toContain("hunter2");
    stack.program = declare({ notificationMetadata: pulumi.secret("hunter3(") });
    const refused = await stack.preview();
    expect(refused.failed).toBe(true);
    expect(refused.text).not.toContain("hunter");
    expect((await stack.destroy()).text).not.toContain("hunter2");
  });

  test("additionalSecretOutputs encrypts an output", async () => {
    await start(declare({}, { additionalSecretOutputs: ["createTime"] }));
    await stack.up();
    expect(await stack.stateText()).not.toContain(emulator.hooks(groupId)[0]?.create_time);
  });
});

describe("get", () => {
  test("reads a hook that something else manages", async () => {
    emulator.putHook(groupId, { lifecycle_hook_name: "other", default_timeout: 777 });
    await start(async () => ({ timeout: LifecycleHook.get("other", `${groupId}/other`).defaultTimeout }));
    expect((await stack.up()).diagnostics).toEqual([]);
    expect((await stack.outputs()).timeout?.value).toBe(777);
    await stack.destroy();
    expect(names()).toEqual(["other"]);
  });

  test("of a missing hook fails and says so", async () => {
    await start(async () => ({ timeout: LifecycleHook.get("other", `${groupId}/other`).defaultTimeout }));
    const up = await stack.up();
    expect(up.failed).toBe(true);
    expect(up.diagnostics.join("\n")).toContain('reading lifecycle hook "other"');
    expect(up.diagnostics.join("\n")).toContain("there is no such hook");
  });
});

describe("provider", () => {
  test("manages hooks in two regions of one program, and replaces a hook that is moved", async () => {
    await using south = await startEmulator({ region: "cn-south-1", projectId: "5".repeat(32) });
    const southTopic = topicUrn.replace("cn-north-4", "cn-south-1");
    const provider = (name: string, { region, url, accessKey, secretKey }: Emulator) =>
      new Provider(name, { region, accessKey, secretKey, endpoints: { autoscaling: url, iam: url } });
    const program = (movedTo: "north" | "south") => async () => {
      const providers = { north: provider("north", emulator), south: provider("south", south) };
      new LifecycleHook("stays", args, { provider: providers.north });
      const topic = movedTo === "north" ? topicUrn : southTopic;
      new LifecycleHook("moves", { ...args, notificationTopicUrn: topic }, { provider: providers[movedTo] });
    };
    stack = await EngineStack.create(program("north"));
    const up = await stack.up();
    expect(up.diagnostics).toEqual([]);
    expect(names()).toHaveLength(2);
    expect(up.text).not.toContain(emulator.secretKey);
    expect(await stack.stateText()).not.toContain(emulator.secretKey);

    stack.program = program("south");
    const moved = await stack.up();
    expect(moved.diagnostics).toEqual([]);
    expect(names()).toEqual([expect.stringMatching(/^stays-/)]);
    expect(south.hooks(groupId)).toMatchObject([{ lifecycle_hook_name: expect.stringMatching(/^moves-/) }]);
    expect((await stack.destroy()).diagnostics).toEqual([]);
    expect(south.hooks(groupId)).toEqual([]);
  });

  test("in another region than the stack's takes neither its project nor its endpoints", async () => {
    await using south = await startEmulator({ region: "cn-south-1", projectId: "5".repeat(32) });
    const southTopic = topicUrn.replace("cn-north-4", "cn-south-1");
    stack = await EngineStack.create(
      async () => {
        const { region, accessKey, secretKey, url } = south;
        const endpoints = { autoscaling: url, iam: url };
        const provider = new Provider("south", { region, accessKey, secretKey, endpoints });
        new LifecycleHook("drain", { ...args, notificationTopicUrn: southTopic }, { provider });
      },
      { config: { "huaweicloud:region": "cn-north-4", "huaweicloud:projectId": emulator.projectId } },
    );
    expect((await stack.up()).diagnostics).toEqual([]);
    expect(south.hooks(groupId)).toHaveLength(1);
  });

  test("with another region replaces its hooks: deleted where they were, made where they are to be", async () => {
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
        new LifecycleHook("drain", { ...args, notificationTopicUrn: topic }, { provider });
      };
    stack = await EngineStack.create(program(emulator, topicUrn));
    await stack.up();
    stack.program = program(south, topicUrn.replace("cn-north-4", "cn-south-1"));
    const up = await stack.up();
    expect(up.diagnostics).toEqual([]);
    expect(names()).toEqual([]);
    expect(south.hooks(groupId)).toHaveLength(1);
    expect((await stack.up()).steps).toEqual([]);
  });
});

test("isInstance knows a hook, and nothing else", async () => {
  const seen: boolean[] = [];
  await start(async () => {
    const hook = new LifecycleHook("drain", args);
    seen.push(
      LifecycleHook.isInstance(hook),
      LifecycleHook.isInstance(new Provider("p")),
      LifecycleHook.isInstance(undefined),
    );
  });
  await stack.preview();
  expect(seen).toEqual([true, false, false]);
});
