import { expect, test } from "vitest";
import { startEmulator } from "../../sdk/emulator";
import { Workspace } from "../support/examples";

const folder = "examples/scaling-group-stack";

test("scaling-group-stack: the README's commands make the hooks of a group that another stack, or the program itself, owns", async () => {
  await using emulator = await startEmulator({ launchTime: 0, removalTime: 0 });
  await using workspace = await Workspace.make(emulator.env);
  const groupId = () => emulator.groups[1] ?? "";
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

  const hung = () => emulator.messages.map(({ message }) => JSON.parse(message).lifecycle_hook_type);

  // Two stacks: the group, its hooks, the group in service, and all of it away.
  await page.next();
  expect(writes()).toEqual([]);
  expect(emulator.instances(groupId())).toEqual([]);
  await page.next();
  expect(writes()).toEqual(["POST", "POST"]);
  expect(emulator.hooks(groupId())).toEqual(bothHooks);
  await page.next();
  expect(writes()).toEqual(["PUT", "PUT"]);
  expect(hung()).toEqual(Array(2).fill("INSTANCE_LAUNCHING"));
  expect(emulator.instances(groupId()).map((one) => one.life_cycle_state)).toEqual(
    Array(2).fill("INSERVICE"),
  );
  await page.next();
  expect(writes()).toEqual(["PUT", "PUT", "DELETE", "DELETE"]);
  expect(hung().slice(2)).toEqual(Array(2).fill("INSTANCE_TERMINATING"));
  expect(emulator.groups).toHaveLength(1);

  // One program: the preview doesn't know the group's id.
  expect(await page.next()).toMatch(/drain: (\[unknown\]|output<string>)/);
  expect(writes()).toEqual(["POST", "POST"]);
  expect(emulator.hooks(groupId())).toEqual(bothHooks);
  await page.next();
  expect(writes()).toEqual(["DELETE", "DELETE"]);
  expect(emulator.groups).toHaveLength(1);
  expect(page.left).toBe(0);
});
