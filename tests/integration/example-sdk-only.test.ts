import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startEmulator } from "../../sdk/emulator";
import { Workspace } from "../support/examples";

test("sdk-only: the README's commands list the hanging instance and let it go on", async () => {
  await using emulator = await startEmulator();
  await using workspace = await Workspace.make(emulator.env);
  const [groupId = ""] = emulator.groups;
  const page = await workspace.page("examples/sdk-only/README.md", "examples/sdk-only");
  const status = () => emulator.hangingInstances(groupId).map((one) => one.lifecycle_hook_status);

  await page.next();
  await page.next();
  expect(status()).toEqual(["HANGING"]);
  await page.next();
  expect(status()).toEqual(["CONTINUE"]);
  expect(page.left).toBe(0);
});

test("sdk-only: an instance that does not hang is refused, and the program is under 40 lines", async () => {
  await using emulator = await startEmulator();
  await using workspace = await Workspace.make(emulator.env);
  const { failed, output } = await workspace.run(
    `node index.mts ${emulator.groups[0]} i-1`,
    "examples/sdk-only",
  );
  expect(failed).toBe(true);
  expect(output).toContain("instance i-1 does not hang");
  const program = await readFile(join(__dirname, "../../examples/sdk-only/index.mts"), "utf8");
  expect(program.split("\n").length).toBeLessThan(40);
});
