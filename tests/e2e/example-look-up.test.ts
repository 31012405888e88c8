import { expect, test } from "vitest";
import { startEmulator } from "../../sdk/emulator";
import { Workspace } from "../support/examples";

test("look-up: the README's commands make a hook that follows the one that is there, and leave that alone", async () => {
  await using emulator = await startEmulator();
  await using workspace = await Workspace.make(emulator.env);
  const [groupId = ""] = emulator.groups;
  const page = await workspace.page("examples/look-up/README.md", "examples/look-up");

  await page.next();
  const [theirs] = emulator.hooks(groupId);
  await page.next();
  expect(emulator.hooks(groupId)).toEqual([theirs]);
  await page.next();
  expect(emulator.hooks(groupId)).toEqual([
    theirs,
    expect.objectContaining({
      lifecycle_hook_name: "backup",
      lifecycle_hook_type: "INSTANCE_TERMINATING",
      notification_topic_urn: theirs?.notification_topic_urn,
      default_timeout: 1800,
    }),
  ]);
  await page.next();
  expect(emulator.hooks(groupId)).toEqual([theirs]);
  expect(page.left).toBe(0);
});
