import { expect, test } from "vitest";
import { startEmulator } from "../../sdk/emulator";
import { freePort, startHandler, Workspace } from "../support/examples";

const folder = "examples/first-and-last";

test("first-and-last: the first instances pass the launching hook in one up, the last ones the terminating hook in one destroy", async () => {
  await using emulator = await startEmulator({ launchTime: 3_000, removalTime: 0 });
  const [groupId = ""] = emulator.groups;
  const port = await freePort();
  await using workspace = await Workspace.make({
    ...emulator.env,
    HANDLER_URL: `http://127.0.0.1:${port}/`,
    SMN_HOST: new URL(emulator.url).host,
  });
  const page = await workspace.page(`${folder}/README.md`, folder);
  const handler = await startHandler({ workspace, groupId, port });
  const held = () =>
    emulator.messages.map(({ message }) => JSON.parse(message).lifecycle_hook_name.replace(/-\w+$/, ""));

  await page.next();
  expect(held()).toEqual(["web-boot", "web-boot"]);
  expect(emulator.instances(groupId).map((one) => one.life_cycle_state)).toEqual(["INSERVICE", "INSERVICE"]);
  await page.next();
  expect(held().slice(2)).toEqual(["web-drain", "web-drain"]);
  expect(emulator.instances(groupId)).toEqual([]);
  expect(page.left).toBe(0);

  const { output } = await handler.stop();
  expect(output.match(/is set up$/gm)).toHaveLength(2);
  expect(output.match(/is completed with CONTINUE$/gm)).toHaveLength(4);
}, 240_000);
