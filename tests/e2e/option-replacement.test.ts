import { describe, expect, test } from "vitest";
import { declare, Trial } from "../support/trial";

describe("replacement", () => {
  test("under up --replace of an automatically named hook leaves one hook", async () => {
    await using trial = await Trial.start(declare());
    await trial.stack.up();
    const [name] = trial.names();
    const [hook] = await trial.hooksInState();
    expect((await trial.stack.up({ replace: [hook?.urn ?? ""] })).failed).toBe(false);
    expect(trial.names()).toEqual([name]);
    expect(trial.sent()).toEqual(["POST", "GET", "DELETE", "POST"]);
  });

  test("under up --replace with deleteBeforeReplace: false is refused, and the hook stays", async () => {
    await using trial = await Trial.start(declare({}, { deleteBeforeReplace: false }));
    await trial.stack.up();
    const [name] = trial.names();
    const [hook] = await trial.hooksInState();
    const refused = await trial.stack.up({ replace: [hook?.urn ?? ""] });
    expect(refused.diagnostics.join()).toContain("deleteBeforeReplace: false can't replace the hook");
    expect(trial.names()).toEqual([name]);
    expect((await trial.stack.up()).steps).toEqual([]);
  });

  test("comes after the creation of the new one when deleteBeforeReplace is false", async () => {
    await using trial = await Trial.start(declare({ lifecycleHookName: "old" }));
    await trial.stack.up();
    trial.stack.program = declare({ lifecycleHookName: "new" }, { deleteBeforeReplace: false });
    expect((await trial.stack.up()).failed).toBe(false);
    expect(trial.sent()).toEqual(["POST", "GET", "POST", "DELETE"]);
  });

  test("can be asked for by replaceOnChanges", async () => {
    await using trial = await Trial.start(declare());
    await trial.stack.up();
    trial.stack.program = declare({ defaultTimeout: 600 }, { replaceOnChanges: ["defaultTimeout"] });
    expect((await trial.stack.up()).failed).toBe(false);
    expect(trial.sent()).toEqual(["POST", "GET", "DELETE", "POST"]);
  });
});
