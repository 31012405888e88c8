import { describe, expect, test } from "vitest";
import { LifecycleHook } from "../../provider";
import { startEmulator } from "../../sdk/emulator";
import { groupId } from "../support/hooks";
import { declare, hookArgs, Trial } from "../support/trial";

/** What the service refuses, under the real engine: some of it for a while, some until somebody acts. */

const refusal = (status: number, code: string, message: string) => ({
  answer: { status, body: { error: { code, message } } },
});

describe("a refusal", () => {
  test("for coming too fast fails nothing: the hooks are made at the pace that the service takes", async () => {
    const groups = Array.from({ length: 4 }, (_, index) => `${groupId.slice(0, -1)}${index}`);
    const emulator = await startEmulator({ groups, writesPerSecond: 8 });
    await using trial = await Trial.start(
      async () => {
        for (const scalingGroupId of groups) {
          for (const name of ["a", "b", "c", "d", "e"]) {
            new LifecycleHook(`${scalingGroupId}-${name}`, { ...hookArgs, scalingGroupId });
          }
        }
      },
      { emulator },
    );
    const up = await trial.stack.up();
    expect(up.failed, up.text).toBe(false);
    expect(emulator.requests.some(({ status }) => status === 429)).toBe(true);
    expect(groups.map((group) => emulator.hooks(group).length)).toEqual([5, 5, 5, 5]);
    expect(await trial.hooksInState()).toHaveLength(20);
    expect((await trial.stack.up()).steps).toEqual([]);
  });

  test("because of a missing permission, which hides in a 400, names the action and is not repeated", async () => {
    await using trial = await Trial.start(declare());
    const allow = trial.emulator.intercept(({ method }) =>
      method === "POST" ? refusal(400, "AS.0031", "Policy doesn't allow it.") : undefined,
    );
    const up = await trial.stack.up();
    expect(up.failed).toBe(true);
    const message = up.diagnostics.join("\n");
    expect(message).toContain("as:lifecycleHooks:create");
    expect(message).toMatch(/AS\.0031, request [0-9a-f]{32}/);
    expect(trial.sent()).toEqual(["POST"]);
    expect(await trial.hooksInState()).toEqual([]);

    allow();
    expect((await trial.stack.up()).failed).toBe(false);
    expect(trial.names()).toHaveLength(1);
    expect((await trial.stack.up()).steps).toEqual([]);
  });

  test("of a topic that Auto Scaling does not know yet is waited for, and says so on the hook's row", async () => {
    await using trial = await Trial.start(declare({}, { customTimeouts: { create: "300ms" } }));
    let refused = 0;
    trial.emulator.intercept(({ method }) =>
      method === "POST" && refused++ === 0
        ? refusal(400, "AS.7043", "The lifecycle hook topic urn does not exist.")
        : undefined,
    );
    const up = await trial.stack.up();
    expect(up.failed, up.text).toBe(false);
    expect(up.diagnostics[0]).toContain("waiting until Auto Scaling knows the notification topic");
    expect(trial.sent()).toEqual(["POST", "POST"]);
    expect((await trial.stack.up()).steps).toEqual([]);
  });
});
