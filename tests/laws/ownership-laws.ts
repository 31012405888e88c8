import { expect } from "vitest";
import { addressOf, cleared, expectConverged, given, groupsOf, namesOf, sending } from "./convergence";
import type { Driver, Program } from "./driver";
import { described, mapProgram, withOther } from "./fleet";
import type { Law } from "./law";

/** One hook belongs to one resource, and none is lost (docs/adr/0004): a law for each of the rules. */

/** An up that is refused: it has sent nothing but looks, and each hook is where and what it was. */
async function expectRefused(driver: Driver, program: Program, before: Program, why: string) {
  const { outcome, sent } = await sending(driver, () => driver.up(program));
  expect(outcome.failed).toBe(true);
  expect(outcome.said).toContain(why);
  expect(sent.filter((method) => method !== "GET")).toEqual([]);
  await expectConverged(driver, before);
  return sent;
}

const place: Law = {
  title: "the same groups with another project configured are refused: nothing is sent, and every hook stays",
  async run(driver, fleet) {
    await given(driver, fleet);
    await driver.configure("f".repeat(32));
    try {
      const sent = await expectRefused(driver, fleet, fleet, "a hook does not move with the configuration");
      expect(sent).toEqual([]);
    } finally {
      await driver.configure(driver.emulator.projectId);
    }
    expect((await driver.up(fleet)).steps).toEqual([]);
  },
};

const look: Law = {
  title: "a replacement into a group that is not there is refused after one look, before anything is deleted",
  async run(driver, fleet) {
    await given(driver, fleet);
    const moved = mapProgram(fleet, ({ inputs, ...hook }) => ({
      ...hook,
      inputs: { ...inputs, scalingGroupId: `missing-${inputs.scalingGroupId}` },
    }));
    const sent = await expectRefused(driver, moved, fleet, "nothing is deleted: there is no scaling group");
    expect(sent).toEqual(groupsOf(moved).map(() => "GET"));
  },
};

const keeper: Law = {
  title: "hooks that other resources take over by import are not deleted for those that had them",
  async run(driver, fleet) {
    await given(driver, fleet);
    const kept = await driver.kept();
    const heirs: Program = Object.fromEntries(
      Object.entries(fleet).map(([name, { inputs, ...hook }]) => {
        const [, lifecycleHookName] = addressOf(kept[name]);
        const heir = { ...hook, inputs: { ...inputs, lifecycleHookName }, import: kept[name]?.id ?? "" };
        return [`heir-${name}`, heir];
      }),
    );
    const { outcome, sent } = await sending(driver, () => driver.up(heirs));
    expect(outcome.failed).toBe(false);
    expect(outcome.steps.toSorted()).toEqual(
      [...namesOf(heirs, "create"), ...namesOf(fleet, "delete")].toSorted(),
    );
    expect(sent.filter((method) => method !== "GET")).toEqual([]);
    await expectConverged(driver, heirs);
  },
};

/** The hooks of a program that have a name of their own, or those that have an automatic one. */
function named(fleet: Program, isNamed: boolean): Program {
  const chosen = Object.entries(fleet).filter(
    ([, { inputs }]) => (inputs.lifecycleHookName !== undefined) === isNamed,
  );
  return Object.fromEntries(chosen);
}

const takeOver: Law = {
  title:
    "hooks that no state knows are taken over by their automatic names within the hour, and refused later",
  async run(driver, fleet) {
    const { emulator } = driver;
    const program = named(fleet, false);
    await given(driver, program);
    const kept = Object.values(await driver.kept());
    await driver.restore({ deployment: { resources: [] } });
    const made = (create_time: string) => {
      for (const hook of kept) {
        const [group, lifecycle_hook_name] = addressOf(hook);
        emulator.putHook(group, { lifecycle_hook_name, create_time });
      }
    };
    const ago = (seconds: number) => `${new Date(Date.now() - seconds * 1000).toISOString().slice(0, 19)}Z`;
    made(ago(3_700));
    const refused = await sending(driver, () => driver.up(program));
    expect(refused.outcome.failed).toBe(true);
    for (const text of [
      "too long ago to be what an interrupted run has left",
      "import: ",
      "give this one a lifecycleHookName",
    ])
      expect(refused.outcome.said).toContain(text);
    expect(refused.sent.filter((method) => method === "DELETE" || method === "PUT")).toEqual([]);
    expect(await driver.kept()).toEqual({});
    made(ago(3_500));
    expect((await driver.up(program)).failed).toBe(false);
    await expectConverged(driver, program);
  },
};

const lost: Law = {
  title: "after a lost response a hook is taken for the resource's own only if it was not there before",
  async run(driver, fleet) {
    const { emulator } = driver;
    const program = named(fleet, true);
    await cleared(driver);
    const addresses = Object.values(program).map(({ inputs }) => [
      String(inputs.scalingGroupId),
      String(inputs.lifecycleHookName),
    ]) as [string, string][];
    for (const [index, hook] of Object.values(program).entries()) {
      const [group = "", name = ""] = addresses[index] ?? [];
      emulator.putHook(group, { ...described(hook, name), create_time: "2026-01-01T00:00:00Z" });
    }
    const stopBefore = emulator.intercept(({ method }) =>
      method === "POST" ? { drop: "before" } : undefined,
    );
    const refused = await driver.up(program);
    stopBefore();
    expect(refused.failed).toBe(true);
    expect(refused.said).toContain("AS.7041");
    expect(await driver.kept()).toEqual({});
    for (const [group, name] of addresses) emulator.removeHook(group, name);
    const stopAfter = emulator.intercept(({ method }) => (method === "POST" ? { drop: "after" } : undefined));
    const made = await sending(driver, () => driver.up(program));
    stopAfter();
    expect(made.outcome.failed, made.outcome.said).toBe(false);
    expect(made.sent.toSorted()).toEqual([...addresses.map(() => "GET"), ...addresses.map(() => "POST")]);
    await expectConverged(driver, program);
  },
};

const order: Law = {
  title: "deleteBeforeReplace: false on the same group and name is refused, and nothing is sent",
  async run(driver, fleet) {
    await given(driver, fleet);
    const createFirst = ["defaultTimeout"];
    const replaced = mapProgram(fleet, ({ inputs, ...hook }) => ({
      ...hook,
      inputs: withOther(inputs, "defaultTimeout"),
      createFirst,
    }));
    const why = "deleteBeforeReplace: false can't replace the hook";
    expect(await expectRefused(driver, replaced, fleet, why)).toEqual([]);
  },
};

export const ownershipLaws: readonly Law[] = [place, look, order, keeper, takeOver, lost];
