import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type HookPatch, startEmulator } from "../../sdk/emulator";
import { Workspace } from "../support/examples";

const jobs = "e5d27f5c-dd76-4a61-b4bc-a67c5686719a";
const web = "1b9e0ad1-4f6c-4f5e-9a57-0f4f1d9b6f02";
const topic = { notification_topic_urn: "urn:smn:cn-north-4:0123456789abcdef0123456789abcdef:scaling" };

/** What Terraform made, according to the state in the fixtures. */
const made: readonly (readonly [groupId: string, HookPatch])[] = [
  [
    jobs,
    {
      lifecycle_hook_name: "drain",
      lifecycle_hook_type: "INSTANCE_TERMINATING",
      default_timeout: 1800,
      notification_metadata: "drain connections",
      ...topic,
    },
  ],
  [
    web,
    {
      lifecycle_hook_name: "boot",
      lifecycle_hook_type: "INSTANCE_LAUNCHING",
      default_result: "CONTINUE",
      default_timeout: 600,
      ...topic,
    },
  ],
  [web, { lifecycle_hook_name: "drain", lifecycle_hook_type: "INSTANCE_TERMINATING", ...topic }],
];

test("migrating: the page's program takes the hooks of a Terraform state over, and no hook is touched", async () => {
  await using emulator = await startEmulator({ groups: [jobs, web] });
  await using workspace = await Workspace.make(emulator.env);
  for (const [groupId, hook] of made) emulator.putHook(groupId, hook);
  const live = () => emulator.groups.map((groupId) => emulator.hooks(groupId));
  const before = live();

  const page = await workspace.page("docs/migrating-from-terraform.md", "shop");
  const [project = ""] = textsOf(page.blocks, "yaml");
  const [fromState = "", writtenOut = ""] = textsOf(page.blocks, "ts");
  const folder = join(workspace.folder, "shop");
  await mkdir(folder);
  await cp(join(__dirname, "../fixtures/terraform.tfstate"), join(folder, "terraform.tfstate"));
  await writeFile(join(folder, "Pulumi.yaml"), project);
  await writeFile(join(folder, "index.ts"), fromState);
  await page.next();
  await page.next();
  await writeFile(join(folder, "index.ts"), writtenOut);
  await page.next();

  // The bridge's half of the page, on a stack as the bridge leaves it.
  await writeFile(join(folder, "bridge.json"), JSON.stringify(bridgeStack));
  await workspace.run("pulumi stack init prod && pulumi stack import --file bridge.json", "shop");
  await page.next();
  const { output } = await workspace.run("pulumi stack export", "shop");
  expect(JSON.parse(output).deployment.resources.map(({ urn }: { urn: string }) => urn)).toEqual([
    "urn:pulumi:prod::shop::pulumi:pulumi:Stack::shop-prod",
    "urn:pulumi:prod::shop::pulumi:providers:huaweicloud::default",
  ]);

  expect(emulator.requests.filter(({ method }) => method !== "GET")).toEqual([]);
  expect(live()).toEqual(before);
  expect(page.left).toBe(0);
});

function textsOf(blocks: readonly { language: string; text: string }[], language: string): string[] {
  return blocks.filter((block) => block.language === language).map(({ text }) => text);
}

const stack = "urn:pulumi:prod::shop::pulumi:pulumi:Stack::shop-prod";
const provider = "urn:pulumi:prod::shop::pulumi:providers:huaweicloud::default";
const providerId = "5b0f3c2a-8f0e-4f2b-9a83-6a3f2f1f7c55";
const bridgeStack = {
  version: 3,
  deployment: {
    manifest: { time: "2026-01-02T03:04:05Z", magic: "", version: "" },
    resources: [
      { urn: stack, custom: false, type: "pulumi:pulumi:Stack" },
      { urn: provider, custom: true, id: providerId, type: "pulumi:providers:huaweicloud", parent: stack },
      {
        urn: "urn:pulumi:prod::shop::huaweicloud:As/lifecycleHook:LifecycleHook::drain",
        custom: true,
        id: "drain",
        type: "huaweicloud:As/lifecycleHook:LifecycleHook",
        parent: stack,
        provider: `${provider}::${providerId}`,
        inputs: { scalingGroupId: jobs, type: "REMOVE", timeout: 1800, ...topic },
        outputs: { scalingGroupId: jobs, name: "drain", type: "REMOVE", timeout: 1800, ...topic },
      },
    ],
  },
};
