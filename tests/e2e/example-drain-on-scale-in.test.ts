import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { startEmulator } from "../../sdk/emulator";
import { freePort, startHandler, Workspace } from "../support/examples";

const folder = "examples/drain-on-scale-in";

test("drain-on-scale-in: the instance hangs, the message arrives, the drain runs, CONTINUE, the instance is gone", async () => {
  await using emulator = await startEmulator({ launchTime: 0, removalTime: 0 });
  const [groupId = ""] = emulator.groups;
  const port = await freePort();
  await using workspace = await Workspace.make({
    ...emulator.env,
    HANDLER_URL: `http://127.0.0.1:${port}/`,
    SMN_HOST: new URL(emulator.url).host,
  });
  const page = await workspace.page(`${folder}/README.md`, folder);
  const states = () => emulator.instances(groupId).map((one) => one.life_cycle_state);

  await page.next();
  expect(emulator.hooks(groupId)).toMatchObject([{ notification_metadata: '{"connections":3}' }]);

  const handler = await startHandler({ workspace, groupId, port });
  await page.next();
  await expect.poll(states).toEqual(["INSERVICE"]);
  const [instance] = emulator.instances(groupId);
  await page.next();
  await expect.poll(states).toEqual([]);
  const [message] = emulator.messages;
  await expect.poll(() => message?.deliveries).toMatchObject([{ outcome: "delivered", tries: 1 }]);
  const { output, failed } = await handler.stop();
  const id = instance?.instance_id ?? "";
  expect(failed, output).toBe(false);
  expect(
    output
      .replaceAll(id, "ID")
      .replaceAll(/drain-\w+/g, "drain")
      .replace(/until .*/, "until …"),
  ).toBe(
    [
      "waits for messages",
      "instance ID on drain: hangs until …",
      "instance ID on drain: attempt 1 begins",
      "ID has 3 connections",
      "ID has 2 connections",
      "ID has 1 connections",
      "instance ID on drain: is completed with CONTINUE",
      "",
    ].join("\n"),
  );
  await page.next();
  expect(page.left).toBe(0);
}, 240_000);

test("drain-on-scale-in: the handler is under 40 lines", async () => {
  const program = await readFile(`${folder}/handler.mts`, "utf8");
  expect(program.split("\n").length).toBeLessThan(40);
});
