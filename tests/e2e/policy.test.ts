import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LifecycleHook } from "../../provider";
import { startEmulator } from "../../sdk/emulator";
import { EngineStack } from "../support/engine";
import { groupId, topicUrn } from "../support/hooks";

/** A policy pack as a user writes it; the engine runs an executable one as it is. */
const pack = `#!/usr/bin/env node
const load = require("node:module").createRequire(process.cwd() + "/");
const { PolicyPack, validateResourceOfType, validateStackResourcesOfType } = load("@pulumi/policy");
const { LifecycleHook } = load("pulumi-huaweicloud-as");

new PolicyPack("hooks", {
  policies: [
    {
      name: "launching-hooks-continue",
      description: "A launching hook without an answer must not delete the instance.",
      enforcementLevel: "mandatory",
      validateResource: validateResourceOfType(LifecycleHook, (hook, args, reportViolation) => {
        if (hook.lifecycleHookType === "INSTANCE_LAUNCHING" && hook.defaultResult !== "CONTINUE") {
          reportViolation(args.name + " abandons instances; it has " + hook.defaultTimeout + " s");
        }
      }),
    },
    {
      name: "count-hooks",
      description: "Counts the hooks.",
      enforcementLevel: "advisory",
      validateStack: validateStackResourcesOfType(LifecycleHook, (hooks, args, reportViolation) => {
        reportViolation(hooks.length + " hooks");
      }),
    },
  ],
});
`;

test("a policy sees the hooks, with their types and defaults, and stops what it is to stop", async () => {
  const folder = await mkdtemp(join(tmpdir(), "huaweicloud-as-policy-"));
  const file = join(folder, "pack.js");
  await writeFile(file, pack);
  await chmod(file, 0o755);
  await using emulator = await startEmulator();
  await using stack = await EngineStack.create(
    async () => {
      const args = { scalingGroupId: groupId, notificationTopicUrn: topicUrn };
      new LifecycleHook("boot", { ...args, lifecycleHookType: "INSTANCE_LAUNCHING" });
      new LifecycleHook("drain", { ...args, lifecycleHookType: "INSTANCE_TERMINATING" });
    },
    { env: emulator.env },
  );
  try {
    const up = await stack.up({ policyPacks: [file] });
    expect(up.failed).toBe(true);
    expect(up.text).toContain("boot abandons instances; it has 3600 s");
    expect(up.text).not.toContain("drain abandons");
    expect(emulator.hooks(groupId).map((hook) => hook.lifecycle_hook_type)).not.toContain(
      "INSTANCE_LAUNCHING",
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
