import { expect, test } from "vitest";
import { startEmulator } from "../../sdk/emulator";
import { Workspace } from "../support/examples";

test("adopt-existing: the README's commands take the hook over untouched, and manage it from then on", async () => {
  await using emulator = await startEmulator();
  await using workspace = await Workspace.make(emulator.env);
  const [groupId = ""] = emulator.groups;
  const page = await workspace.page("examples/adopt-existing/README.md", "examples/adopt-existing");
  const writes = () => emulator.requests.filter(({ method }) => method !== "GET").map(({ method }) => method);

  await page.next();
  const made = emulator.hooks(groupId);
  emulator.clearRequests();
  await page.next({ fails: true });
  await page.next();
  expect(writes()).toEqual([]);
  expect(emulator.hooks(groupId)).toEqual(made);

  await page.next();
  expect(writes()).toEqual(["PUT"]);
  expect(emulator.hooks(groupId)).toEqual([{ ...made[0], default_timeout: 600 }]);
  expect(page.left).toBe(0);
});
