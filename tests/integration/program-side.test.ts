import { execFile } from "node:child_process";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { getLifecycleHooks, LifecycleHook, LifecycleHooks, ScalingGroupActivation } from "../../provider";
import { emulatorOfEachTest } from "../support/emulator";
import { makeHome } from "../support/home";
import { groupId, topicUrn } from "../support/hooks";
import { rejection } from "../support/sdk";

/** The classes and functions that run in the program, without an engine. */

const emulator = emulatorOfEachTest();

test("look-ups of one process share a client: one look-up of the project, however many they are", async () => {
  for (const [name, value] of Object.entries(emulator.env)) vi.stubEnv(name, value);
  pulumi.runtime.setConfig("huaweicloud:preflight", "false");
  await Promise.all([1, 2, 3].map(() => getLifecycleHooks({ scalingGroupId: groupId })));
  await getLifecycleHooks({ scalingGroupId: groupId });
  vi.unstubAllEnvs();
  expect(emulator.requests.filter(({ path }) => path === "/v3/projects")).toHaveLength(1);
});

const boot = { lifecycleHookType: "INSTANCE_LAUNCHING" } as const;

describe("under mocks", () => {
  const registered: Record<string, unknown>[] = [];
  beforeAll(() =>
    pulumi.runtime.setMocks({
      newResource({ name, inputs }) {
        registered.push({ name, ...inputs });
        return { id: `${name}-id`, state: inputs };
      },
      call: ({ token, inputs }) => ({ token, ...inputs }),
    }),
  );

  test("a look-up is answered by the program's own call, by its token", async () => {
    expect(await getLifecycleHooks({ scalingGroupId: groupId })).toEqual({
      token: "huaweicloud:as/getLifecycleHooks:getLifecycleHooks",
      scalingGroupId: groupId,
    });
  });

  test("an activation tells its provider what the host does not: its URN, its options, and which inputs are secret", async () => {
    const args = { scalingGroupId: groupId, desiredInstances: pulumi.secret(2) };
    const customTimeouts = { create: "2h" };
    const activation = new ScalingGroupActivation("web", args, { import: groupId, customTimeouts });
    await new Promise((resolve) => activation.urn.apply(resolve));
    expect(registered.find(({ name }) => name === "web")).toMatchObject({
      scalingGroupId: groupId,
      __urn: expect.stringMatching(/::::web$/),
      __import: groupId,
      __timeouts: customTimeouts,
      __secrets: ["desiredInstances"],
    });
    expect(ScalingGroupActivation.isInstance(activation)).toBe(true);
  });

  test("an input of a hook that the option additionalSecretOutputs names is told as secret", async () => {
    const args = { ...boot, scalingGroupId: groupId, notificationTopicUrn: topicUrn };
    const opts = { additionalSecretOutputs: ["notificationMetadata", "createTime"] };
    const hook = new LifecycleHook("told", { ...args, notificationMetadata: "open" }, opts);
    await new Promise((resolve) => hook.urn.apply(resolve));
    const sent = registered.find(({ name }) => name === "told");
    expect(sent).toMatchObject({ __secrets: ["notificationMetadata"] });
  });

  test("an activation is not given a hook's output for its group: it would be replaced with that hook", () => {
    const args = { ...boot, scalingGroupId: groupId, notificationTopicUrn: topicUrn };
    const { scalingGroupId } = new LifecycleHook("boot", args);
    expect(() => new ScalingGroupActivation("web", { scalingGroupId, desiredInstances: 1 })).toThrow(
      "scalingGroupId is an output of a lifecycle hook",
    );
  });

  test.each([
    [
      "an unknown key of an entry",
      { hooks: { drain: { lifecycleHookTyp: "x" } } },
      "hooks.drain has the unknown key lifecycleHookTyp: did you mean lifecycleHookType",
    ],
    ["an output for the hooks", { hooks: pulumi.output({}) }, "hooks is an output"],
    ["no hooks", {}, "hooks is missing"],
    [
      "more hooks than a group can have",
      { hooks: { a: boot, b: boot, c: boot, d: boot, e: boot, f: boot } },
      "has 6 hooks (a, b, c, d, e, f): a scaling group can have 5",
    ],
    ["an activation that is true", { hooks: {}, activation: true }, "activation is no object of numbers"],
    ["an activation that is null", { hooks: {}, activation: null }, "activation is no object of numbers"],
    [
      "an activation that is an output",
      { hooks: {}, activation: pulumi.output({ desiredInstances: 2 }) },
      "activation is no object of numbers",
    ],
  ])("LifecycleHooks tells of %s", (_, wrong, problem) => {
    const args = { scalingGroupId: groupId, notificationTopicUrn: topicUrn, ...wrong };
    expect(() => new LifecycleHooks("web", args as never)).toThrow(problem);
  });
});

/** What a script that fails prints, with a folder of its own to run in. */
async function failureIn(folder: string, script: string): Promise<string> {
  const run = promisify(execFile)(process.execPath, [script], { cwd: folder });
  const { stderr } = (await rejection(run)) as Error & { readonly stderr: string };
  return stderr;
}

test("a package out of reach from the program's folder is told by the class at once, with the file to change", async () => {
  await using folder = await makeHome();
  await folder.write("package.json", {});
  const built = JSON.stringify(join(process.cwd(), "dist/provider/index.js"));
  // Where Pulumi's own runner of programs is.
  const runner = "node_modules/@pulumi/pulumi/cmd/run/index.js";
  await folder.write(runner, `new (require(${built}).LifecycleHook)("drain", {})`);
  const text = await failureIn(folder.path, runner);
  expect(text).toContain(`add "pulumi-huaweicloud-as": "^`);
  expect(text).toContain(join(folder.path, "package.json"));
});

test("the resources without Pulumi, which users of the client alone do not have, say what to install", async () => {
  await using folder = await makeHome();
  await copyFile("dist/provider/index.js", join(folder.path, "index.js"));
  expect(await failureIn(folder.path, "index.js")).toContain(
    "the resources need @pulumi/pulumi, which is not installed",
  );
});
