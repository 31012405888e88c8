import { expect, test } from "vitest";
import { startEmulator } from "../../sdk/emulator";
import { Workspace } from "../support/examples";

const folder = "examples/scaling-group-stack";

test("scaling-group-stack: the README's commands make the hooks of a group that another stack, or the program itself, owns", async () => {
  await using emulator = await startEmulator();
  await using workspace = await Workspace.make(emulator.env);
  const [groupId = ""] = emulator.groups;
  const page = await workspace.page(`${folder}/README.md`, folder);
  const writes = () => {
    const all = emulator.requests.map(({ method }) => method).filter((method) => method !== "GET");
    emulator.clearRequests();
    return all;
  };
  const bothHooks = expect.arrayContaining([
    expect.objectContaining({
      lifecycle_hook_name: expect.stringMatching(/^web-boot-/),
      lifecycle_hook_type: "INSTANCE_LAUNCHING",
      default_result: "CONTINUE",
      default_timeout: 600,
    }),
    expect.objectContaining({
      lifecycle_hook_name: expect.stringMatching(/^web-drain-/),
      lifecycle_hook_type: "INSTANCE_TERMINATING",
      default_timeout: 3600,
    }),
  ]);

  // Two stacks: the group, its hooks, the group in service, and all of it away.
  await page.next();
  expect(writes()).toEqual([]);
  await page.next();
  expect(writes()).toEqual(["POST", "POST"]);
  expect(emulator.hooks(groupId)).toEqual(bothHooks);
  await page.next();
  expect(writes()).toEqual([]);
  await page.next();
  expect(writes()).toEqual(["DELETE", "DELETE"]);

  // One program: the preview doesn't know the group's id.
  expect(await page.next()).toMatch(/drain: (\[unknown\]|output<string>)/);
  expect(writes()).toEqual(["POST", "POST"]);
  expect(emulator.hooks(groupId)).toEqual(bothHooks);
  await page.next();
  expect(writes()).toEqual(["DELETE", "DELETE"]);
  expect(emulator.hooks(groupId)).toEqual([]);
  expect(page.left).toBe(0);
}, 240_000);
