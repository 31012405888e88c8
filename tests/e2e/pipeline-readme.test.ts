import { afterEach, beforeEach, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../sdk/emulator";
import { Workspace } from "../support/examples";
import { groupId } from "../support/hooks";
import { secrets } from "../support/pipeline";

let emulator: Emulator;
let workspace: Workspace;
beforeEach(async () => {
  emulator = await startEmulator();
  workspace = await Workspace.make({ ...emulator.env, ...secrets });
});
afterEach(async () => {
  await workspace[Symbol.asyncDispose]();
  await emulator.close();
});
const hooks = () =>
  emulator
    .hooks(groupId)
    .map((hook) => hook.lifecycle_hook_name.replace(/-\w{7}$/, ""))
    .sort();

test("deploy-pipeline: the README's commands plan, apply, ask for an approval and look for drift", async () => {
  const page = await workspace.page("examples/deploy-pipeline/README.md", "examples/deploy-pipeline");
  await page.next();
  expect(hooks()).toEqual(["web-boot", "web-drain"]);
  await page.next({ fails: true });
  expect(hooks()).toEqual(["web-boot", "web-drain"]);
  await page.next();
  expect(hooks()).toEqual(["web-drain", "web-setup"]);
  expect(page.left).toBe(0);
}, 120_000);
