import { describe, expect, test } from "vitest";
import { startEmulator } from "../../sdk/emulator";
import { groupId, topicUrn } from "../support/hooks";
import { declare, Trial } from "../support/trial";

describe("import", () => {
  const id = `${groupId}/by-hand`;
  const byHand = {
    lifecycle_hook_name: "by-hand",
    lifecycle_hook_type: "INSTANCE_TERMINATING",
    notification_topic_urn: topicUrn,
  } as const;

  test("shows at preview what differs, property by property, and refuses to take over such a hook", async () => {
    const emulator = await startEmulator();
    emulator.putHook(groupId, { ...byHand, default_timeout: 900, default_result: "CONTINUE" });
    await using trial = await Trial.start(declare({}, { import: id }), { emulator });
    const preview = await trial.stack.preview();
    const text = preview.diagnostics.join("\n");
    expect(text).toContain("defaultTimeout is 900, the program has 3600");
    expect(text).toContain('defaultResult is "CONTINUE", the program has "ABANDON"');
    expect((await trial.stack.up()).failed).toBe(true);
    expect(trial.emulator.hooks(groupId)).toMatchObject([{ default_timeout: 900 }]);
  });

  test("under up --replace makes a new hook instead of taking over the one that goes", async () => {
    const emulator = await startEmulator();
    emulator.putHook(groupId, byHand);
    await using trial = await Trial.start(declare({}, { import: id }), { emulator });
    await trial.stack.up();
    const [hook] = await trial.hooksInState();
    trial.sent();
    const run = await trial.stack.up({ replace: [hook?.urn ?? ""] });
    expect(run.failed).toBe(false);
    expect(trial.sent().filter((method) => method !== "GET")).toEqual(["DELETE", "POST"]);
    expect(trial.names()).toEqual(["by-hand"]);
    expect((await trial.stack.up()).steps).toEqual([]);
  });
});
