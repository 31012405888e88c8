import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { getLifecycleHooks, LifecycleHook, LifecycleHooks, ScalingGroupActivation } from "../../provider";
import { emulatorOfEachTest } from "../support/emulator";
import { groupId, topicUrn } from "../support/hooks";

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

const boot = { lifecycleHookType: "INSTANCE_LAUNCHING" };

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
    const args = { scalingGroupId: groupId, notificationTopicUrn: topicUrn, notificationMetadata: "open" };
    const opts = { additionalSecretOutputs: ["notificationMetadata", "createTime"] };
    const hook = new LifecycleHook("told", { ...args, lifecycleHookType: "INSTANCE_LAUNCHING" }, opts);
    await new Promise((resolve) => hook.urn.apply(resolve));
    const sent = registered.find(({ name }) => name === "told");
    expect(sent).toMatchObject({ __secrets: ["notificationMetadata"] });
  });

  test("an activation is not given a hook's output for its group: it would be replaced with that hook", () => {
    const args = { lifecycleHookType: "INSTANCE_LAUNCHING", notificationTopicUrn: topicUrn } as const;
    const { scalingGroupId } = new LifecycleHook("boot", { ...args, scalingGroupId: groupId });
    expect(() => new ScalingGroupActivation("web", { scalingGroupId, desiredInstances: 1 })).toThrow(
      "scalingGroupId is an output of a lifecycle hook",
    );
  });

  test.each([
    [
      "an unknown key of an entry",
      { drain: { lifecycleHookTyp: "x" } },
      /hooks.drain has the unknown key lifecycleHookTyp: did you mean lifecycleHookType/,
    ],
    ["an output for the hooks", pulumi.output({}), /hooks is an output/],
    ["no hooks", undefined, /hooks is missing/],
    [
      "more hooks than a group can have",
      { a: boot, b: boot, c: boot, d: boot, e: boot, f: boot },
      /has 6 hooks \(a, b, c, d, e, f\): a scaling group can have 5/,
    ],
  ])("LifecycleHooks tells of %s", (_, hooks, problem) => {
    const args = { scalingGroupId: groupId, notificationTopicUrn: topicUrn, hooks };
    expect(() => new LifecycleHooks("web", args as never)).toThrow(problem);
  });

  test.each([true, null, pulumi.output({ desiredInstances: 2 })])(
    "LifecycleHooks tells of an activation that is no object of numbers (%#)",
    (activation) => {
      const args = { scalingGroupId: groupId, notificationTopicUrn: topicUrn, hooks: {}, activation };
      expect(() => new LifecycleHooks("web", args as never)).toThrow(/activation is no object of numbers/);
    },
  );
});

test("a package out of reach from the program's folder is told by the class at once, with the file to change", async () => {
  const folder = await mkdtemp(join(tmpdir(), "huaweicloud-as-far-"));
  try {
    // The folder in which Pulumi's own runner of programs is.
    const runner = join(folder, "node_modules/@pulumi/pulumi/cmd/run");
    await mkdir(runner, { recursive: true });
    await writeFile(join(folder, "package.json"), "{}");
    const built = JSON.stringify(join(process.cwd(), "dist/provider/index.js"));
    await writeFile(join(runner, "index.js"), `new (require(${built}).LifecycleHook)("drain", {})`);
    const child = spawn(process.execPath, [join(runner, "index.js")], {
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let text = "";
    child.stderr.on("data", (data) => {
      text += data;
    });
    await once(child, "close");
    expect(text).toContain(`add "pulumi-huaweicloud-as": "^`);
    expect(text).toContain(join(folder, "package.json"));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("the resources without Pulumi, which users of the client alone do not have, say what to install", async () => {
  const folder = await mkdtemp(join(tmpdir(), "huaweicloud-as-bare-"));
  try {
    await copyFile("dist/provider/index.js", join(folder, "index.js"));
    const child = spawn(process.execPath, ["index.js"], { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
    let text = "";
    child.stderr.on("data", (data) => {
      text += data;
    });
    await once(child, "close");
    expect(text).toContain("the resources need @pulumi/pulumi, which is not installed");
  } finally {
    await rm(folder, { recursive: true });
  }
});
