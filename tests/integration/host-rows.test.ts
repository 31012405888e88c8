import { beforeAll, expect, test } from "vitest";
import { lifecycleHookToken } from "../../provider/core/urn";
import { emulatorOfFile } from "../support/emulator";
import { EngineRows, engineRowsOfFile } from "../support/engine-rows";
import { checkedInputs, groupId, validInputs } from "../support/hooks";
import { failureOf, Host } from "../support/host";

/** What the host tells the engine about a resource while an operation runs. */

const __urn = "dev::shop::::drain";
const urn = `urn:pulumi:dev::shop::${lifecycleHookToken}::drain`;
const emulator = emulatorOfFile();
const rows = engineRowsOfFile();
let host: Host;

beforeAll(async () => {
  host = await Host.start(emulator.env, {}, rows.address);
});
test("a wait is a status on the resource's own row: for what, and how long still; and none is left in the end", async () => {
  emulator.setBusy(groupId, 1);
  await host.create({ ...checkedInputs, __urn, __timeouts: { create: "50ms" } });
  const row = { urn, level: "info", ephemeral: true };
  expect(rows.messages).toEqual([
    { ...row, message: `waiting until scaling group ${groupId} is no longer busy (0 s so far, 0 s left)` },
    { ...row, message: "" },
  ]);
});

test("a deletion waits on the row that its resource has since a rename, of the stack or by an alias", async () => {
  const { id, outputs } = await host.create({ ...checkedInputs, __urn: "earlier::shop::::drain" });
  emulator.setBusy(groupId, 1);
  await host.delete(id, { ...outputs, __timeouts: { delete: "50ms" } }, urn);
  expect(new Set(rows.messages.map((message) => message.urn))).toEqual(new Set([urn]));
});

test("a status tells no secret", async () => {
  emulator.setBusy(groupId, 1);
  const secret = { __urn, __secrets: ["scalingGroupId"], __timeouts: { create: "50ms" } };
  await host.create({ ...checkedInputs, ...secret });
  expect(rows.statuses.at(0)).toMatch(/^waiting/);
  expect(JSON.stringify(rows.messages)).not.toContain(groupId);
});

test("metadata with braces passes with a warning on the resource's row", async () => {
  const { reasons } = await host.check({}, { ...validInputs, notificationMetadata: '{"a": 1}', __urn });
  expect(reasons).toEqual([]);
  expect(rows.messages).toEqual([
    {
      urn,
      level: "warning",
      ephemeral: false,
      message: expect.stringContaining(
        "{ or } in it, which other operators of this service refuse (AS.7055)",
      ),
    },
  ]);
});

test("a check answers when the engine has its warnings: a preview may end right after", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  rows.answering = promise;
  let answered = false;
  const checking = host.check({}, { ...validInputs, notificationMetadata: "{}", __urn }).then(() => {
    answered = true;
  });
  await expect.poll(() => rows.messages.length).toBe(1);
  await host.check({}, validInputs);
  expect(answered).toBe(false);
  resolve();
  await checking;
});

test("without an engine that listens, operations go on as they would", async () => {
  const deaf = await Host.start(emulator.env);
  emulator.setBusy(groupId, 1);
  await deaf.create({ ...checkedInputs, __timeouts: { create: "50ms" } });
  const { reasons } = await deaf.check({}, { ...validInputs, notificationMetadata: "{}" });
  expect(reasons).toEqual([]);
  expect(deaf.stderr).toBe("");
});

test("a wait ends, and sends nothing more, when the engine is gone, since no state would record the hook", async () => {
  const engine = await EngineRows.start();
  const orphan = await Host.start(emulator.env, {}, engine.address);
  emulator.setBusy(groupId, true);
  emulator.clearRequests();
  // This one's warning is answered, so the engine was there; it goes while the hook is being asked for.
  await orphan.check({}, { ...validInputs, notificationMetadata: "{}", __urn });
  const stop = emulator.intercept(async ({ method }) => {
    if (method === "POST") await engine[Symbol.asyncDispose]();
    return undefined;
  });
  const inputs = { ...checkedInputs, __urn, __timeouts: { create: "1h" } };
  const { message } = await failureOf(orphan.create(inputs));
  stop();
  expect(message).toContain("the engine that asked for it is gone");
  expect(emulator.requests.filter(({ method }) => method === "POST")).toHaveLength(1);
});
