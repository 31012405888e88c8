import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LifecycleHook, type LifecycleHookArgs } from "../../provider";
import { expandUrn, lifecycleHookToken } from "../../provider/core/urn";
import { startEmulator } from "../../sdk/emulator";
import type { Run } from "../support/engine";
import { groupId, topicUrn } from "../support/hooks";
import { declare, hookArgs, Trial } from "../support/trial";

/** The options of every Pulumi resource, each under the real engine, with the API asked what it did. */

/** Before and after a change of the program: each hook shows an option, and is in a group of its own. */
const groups = Object.fromEntries(
  ["ignored", "protected", "retained", "renamed", "secret", "owner"].map((name, index) => {
    return [name, `${groupId.slice(0, -1)}${index}`];
  }),
);

const groupOf = (name: string) => groups[name] ?? groupId;

function program(isLater: boolean): PulumiFn {
  return async () => {
    const hook = (
      name: string,
      opts: pulumi.CustomResourceOptions = {},
      more: Partial<LifecycleHookArgs> = {},
    ) => new LifecycleHook(name, { ...hookArgs, scalingGroupId: groupOf(name), ...more }, opts);
    hook("ignored", { ignoreChanges: ["defaultTimeout"] }, isLater ? { defaultTimeout: 600 } : {});
    hook("retained", { retainOnDelete: true });
    hook("secret", { additionalSecretOutputs: ["createTime"] });
    const owner = hook("owner");
    hook("owned", { deletedWith: owner }, { scalingGroupId: groupOf("owner") });
    if (!isLater) hook("protected", { protect: true });
    const parent = new pulumi.ComponentResource("my:index:Fleet", "fleet::of::two");
    const aliases = [{ name: "renamed", parent: pulumi.rootStackResource }];
    if (isLater) hook("child", { parent, aliases }, { scalingGroupId: groupOf("renamed") });
    else hook("renamed");
    hook("of::the::stack", { parent: pulumi.rootStackResource });
    known.push(LifecycleHook.isInstance(owner), LifecycleHook.isInstance(parent));
  };
}
const known: boolean[] = [];

describe("an option of the program", () => {
  let trial: Trial;
  let made: Readonly<Record<string, readonly string[]>>;
  let later: Run;
  let sentLater: string[];
  const names = () =>
    Object.fromEntries(
      Object.entries(groups).map(([name, group]) => [
        name,
        trial.emulator.hooks(group).map((hook) => hook.lifecycle_hook_name),
      ]),
    );
  beforeAll(async () => {
    const emulator = await startEmulator({ groups: [groupId, ...Object.values(groups)] });
    trial = await Trial.start(program(false), { emulator });
    expect((await trial.stack.up()).diagnostics).toEqual([]);
    made = names();
    trial.sent();
    trial.stack.program = program(true);
    later = await trial.stack.up();
    sentLater = trial.sent();
  });
  afterAll(() => trial[Symbol.asyncDispose]());

  test("ignoreChanges leaves a property as it is", () => {
    expect(later.steps.filter((step) => step.endsWith(" ignored"))).toEqual([]);
  });

  test("protect refuses the deletion of a hook", () => {
    expect(later.failed).toBe(true);
    expect(later.diagnostics.join()).toContain("protected");
    expect(names().protected).toEqual(made.protected);
  });

  test("aliases and a parent rename a resource without touching its hook", () => {
    expect(sentLater).toEqual([]);
    expect(names().renamed).toEqual(made.renamed);
  });

  test("a parent is part of the URN by which the provider speaks of a hook", async () => {
    const hooks = await trial.hooksInState();
    expect(hooks.map(({ urn }) => urn)).toContainEqual(expect.stringContaining("my:index:Fleet$"));
    for (const { urn, inputs } of hooks) expect(expandUrn(String(inputs?.__urn))).toBe(urn);
  });

  test("additionalSecretOutputs encrypts an output", async () => {
    const { outputs } = (await trial.hooksInState()).find(({ urn }) => urn.endsWith("::secret")) ?? {};
    expect(outputs?.createTime).toEqual(expect.objectContaining({ ciphertext: expect.any(String) }));
  });

  test("isInstance knows a hook, and nothing else", () => {
    expect(new Set(known.map((isHook, index) => isHook === (index % 2 === 0)))).toEqual(new Set([true]));
    expect(LifecycleHook.isInstance(undefined)).toBe(false);
  });

  test("retainOnDelete leaves a hook, and deletedWith another resource sends no deletion", async () => {
    // As `pulumi state unprotect --all` does.
    await trial.stack.importState(
      (await trial.stack.state()).map((resource) => ({ ...resource, protect: false })),
    );
    trial.sent();
    expect((await trial.stack.destroy()).failed).toBe(false);
    const left = Object.entries(names()).filter(([, hooks]) => hooks.length > 0);
    expect(left.map(([name]) => name)).toEqual(["retained", "owner"]);
    expect(names().owner).toEqual([expect.stringMatching(/^owned-/)]);
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
});

describe("replacement", () => {
  test("comes after the creation of the new one when deleteBeforeReplace is false", async () => {
    await using trial = await Trial.start(declare({ lifecycleHookName: "old" }));
    await trial.stack.up();
    trial.stack.program = declare({ lifecycleHookName: "new" }, { deleteBeforeReplace: false });
    expect((await trial.stack.up()).failed).toBe(false);
    expect(trial.sent()).toEqual(["POST", "GET", "POST", "DELETE"]);
  });

  test("can be asked for by replaceOnChanges", async () => {
    await using trial = await Trial.start(declare());
    await trial.stack.up();
    trial.stack.program = declare({ defaultTimeout: 600 }, { replaceOnChanges: ["defaultTimeout"] });
    expect((await trial.stack.up()).failed).toBe(false);
    expect(trial.sent()).toEqual(["POST", "GET", "DELETE", "POST"]);
  });
});

describe("import", () => {
  const id = `${groupId}/by-hand`;
  const byHand = {
    lifecycle_hook_name: "by-hand",
    lifecycle_hook_type: "INSTANCE_TERMINATING",
    notification_topic_urn: topicUrn,
  } as const;

  test("under up --replace makes a new hook instead of taking over the one that goes", async () => {
    const emulator = await startEmulator();
    emulator.putHook(groupId, byHand);
    await using trial = await Trial.start(declare({}, { import: id }), { emulator });
    await trial.stack.up();
    const [hook] = await trial.hooksInState();
    trial.sent();
    const run = await trial.stack.up({ replace: [hook?.urn ?? ""] });
    expect(run.failed).toBe(false);
    expect(trial.sent().filter((method) => method !== "GET")).toEqual(["DELETE", "POST"]);
    expect(trial.names()).toEqual(["by-hand"]);
    expect((await trial.stack.up()).steps).toEqual([]);
  });
});

test("what is waited for stands on the resource's own row, and nothing of it when that is over", async () => {
  await using trial = await Trial.start(declare({}, { customTimeouts: { create: "300ms" } }));
  trial.emulator.setBusy(groupId, 1);
  const up = await trial.stack.up();
  expect(up.failed).toBe(false);
  const waiting = `waiting until scaling group ${groupId} is no longer busy (0 s so far, 0 s left)`;
  // An ephemeral message gives way to the next, and so to the empty one.
  expect(up.diagnostics).toEqual([waiting, ""]);
  expect(up.text).toContain(`LifecycleHook drain creating (0s) ${waiting}`);
  expect(up.text).toContain(
    `{"urn":"urn:pulumi:dev::shop::${lifecycleHookToken}::drain","message":"${waiting}`,
  );
});

test("any input can be a secret; the topic's name is as secret as its URN", async () => {
  const program = declare({
    scalingGroupId: pulumi.secret(groupId),
    lifecycleHookType: pulumi.secret("INSTANCE_TERMINATING" as const),
    notificationTopicUrn: pulumi.secret(topicUrn),
    defaultTimeout: pulumi.secret(4321),
  });
  await using trial = await Trial.start(program);
  expect((await trial.stack.up()).diagnostics).toEqual([]);
  const [hook] = await trial.hooksInState();
  // The id is no secret, and can't be one.
  expect(hook?.id).toContain(groupId);
  const clear = /scaling"|4321|INSTANCE_TERMINATING|e5d27f5c/;
  expect(JSON.stringify([hook?.inputs, hook?.outputs])).not.toMatch(clear);
  expect((await trial.stack.refresh()).steps).toEqual([]);
  expect(JSON.stringify((await trial.hooksInState())[0]?.outputs)).not.toMatch(clear);
  expect((await trial.stack.up()).steps).toEqual([]);
  expect((await trial.stack.destroy()).failed).toBe(false);
  expect(trial.names()).toEqual([]);
});
