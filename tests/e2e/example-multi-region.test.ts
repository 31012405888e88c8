import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { AutoScalingClient } from "../../sdk";
import { Workspace } from "../support/examples";

test("multi-region: the README's commands make each region's hook through that region's own API", async () => {
  await using emulators = await startEmulators();
  const { HW_ACCESS_KEY: accessKey = "", HW_SECRET_KEY: secretKey = "", ...urls } = emulators.environment;
  const hooksIn = async (region: string, endpoint: string, groupId: string) => {
    const credentials = { accessKey, secretKey };
    await using client = new AutoScalingClient({ region, endpoint, iamEndpoint: endpoint, credentials });
    const hooks = await client.lifecycleHooks.list(groupId);
    return hooks.map((hook) => `${hook.lifecycleHookName} ${hook.notificationTopicUrn}`);
  };
  const everywhere = () =>
    Promise.all([
      hooksIn("cn-north-4", urls.NORTH_URL ?? "", "e5d27f5c-dd76-4a61-b4bc-a67c5686719a"),
      hooksIn("cn-south-1", urls.SOUTH_URL ?? "", "1b9e0ad1-4f6c-4f5e-9a57-0f4f1d9b6f02"),
    ]);
  await using workspace = await Workspace.make(emulators.environment);
  const page = await workspace.page("examples/multi-region/README.md", "examples/multi-region");

  await page.next();
  expect(await everywhere()).toEqual([[], []]);
  await page.next();
  expect(await everywhere()).toEqual([
    ["drain urn:smn:cn-north-4:0123456789abcdef0123456789abcdef:scaling"],
    ["drain urn:smn:cn-south-1:fedcba9876543210fedcba9876543210:scaling"],
  ]);
  await page.next();
  expect(await everywhere()).toEqual([[], []]);
  expect(page.left).toBe(0);
});

/** The two APIs as the README has them started, and the environment that they print. */
async function startEmulators() {
  const folder = join(__dirname, "../../examples/multi-region");
  const child = spawn(process.execPath, ["emulators.mts"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const environment: Record<string, string> = {};
  for await (const line of createInterface(child.stdout)) {
    const [, name = "", value = ""] = /^export (\w+)=(\S+)$/.exec(line) ?? [];
    environment[name] = value;
    if (name === "SOUTH_URL") break;
  }
  return {
    environment,
    async [Symbol.asyncDispose]() {
      child.kill();
      await once(child, "exit");
    },
  };
}
