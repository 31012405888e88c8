import { expect } from "vitest";
import { addressOf, cleared, expectConverged, expectEmpty, given, namesOf, sending } from "./convergence";
import type { Program } from "./driver";
import { described, mapProgram, mutable, withOther } from "./fleet";
import type { Law } from "./law";

/** What other people and programs do to the hooks. */

const drift: Law = {
  title:
    "a property that was changed outside of Pulumi is shown as that one and no other, and up puts it back",
  async run(driver, fleet) {
    await given(driver, fleet);
    for (let round = 0; round < driver.rounds(mutable.length); round++) {
      const drifting = (index: number) => mutable[(index + round) % mutable.length] ?? "defaultTimeout";
      const drifted = mapProgram(fleet, (hook, index) => ({
        ...hook,
        inputs: withOther(hook.inputs, drifting(index)),
      }));
      const kept = await driver.kept();
      for (const [name, hook] of Object.entries(drifted)) {
        const [group, hookName] = addressOf(kept[name]);
        driver.emulator.putHook(group, described(hook, hookName));
      }
      const changed = Object.fromEntries(Object.keys(fleet).map((name, index) => [name, [drifting(index)]]));
      for (const operation of [() => driver.refresh(), () => driver.up(fleet)]) {
        const outcome = await operation();
        expect(outcome.steps.toSorted()).toEqual(namesOf(fleet, "update"));
        expect(outcome.changed).toEqual(changed);
      }
      await expectConverged(driver, fleet);
    }
  },
};

const gone: Law = {
  title: "a hook that is gone reads as gone, and up makes it again",
  async run(driver, fleet) {
    await given(driver, fleet);
    const [first = ""] = Object.keys(fleet);
    driver.emulator.removeHook(...addressOf((await driver.kept())[first]));
    expect((await driver.refresh()).steps).toEqual([`delete ${first}`]);
    expect((await driver.up(fleet)).steps).toEqual([`create ${first}`]);
    await expectConverged(driver, fleet);
  },
};

const groupGone: Law = {
  title:
    "a group that is gone takes its hooks with it; up says that it is gone, and makes them again when it is back",
  async run(driver, fleet) {
    await given(driver, fleet);
    const [first = ""] = Object.keys(fleet);
    const [group] = addressOf((await driver.kept())[first]);
    const lost = Object.keys(fleet).filter((name) => fleet[name]?.inputs.scalingGroupId === group);
    const steps = (step: string) => lost.map((name) => `${step} ${name}`).toSorted();
    driver.emulator.removeGroup(group);
    expect((await driver.refresh()).steps.toSorted()).toEqual(steps("delete"));
    const refused = await driver.up(fleet);
    expect(refused.failed).toBe(true);
    expect(refused.said).toContain("the scaling group does not exist");
    driver.emulator.addGroup(group);
    expect((await driver.up(fleet)).steps.toSorted()).toEqual(steps("create"));
    await expectConverged(driver, fleet);
  },
};

const deleteMissing: Law = {
  title: "the deletion of a hook that is gone already succeeds",
  async run(driver, fleet) {
    await given(driver, fleet);
    const [first = ""] = Object.keys(fleet);
    driver.emulator.removeHook(...addressOf((await driver.kept())[first]));
    const outcome = await driver.destroy();
    expect(outcome.failed).toBe(false);
    expect(outcome.steps.toSorted()).toEqual(namesOf(fleet, "delete"));
    expect(await driver.kept()).toEqual({});
    expectEmpty(driver, fleet);
  },
};

const adopt: Law = {
  title: "an import changes nothing, nor does up after it, with or without the option",
  async run(driver, fleet) {
    await cleared(driver);
    const imported: Record<string, Program[string]> = {};
    for (const [name, { inputs, ...hook }] of Object.entries(fleet)) {
      const lifecycleHookName = `by-hand-${name}`;
      const group = String(inputs.scalingGroupId);
      const named = { ...hook, inputs: { ...inputs, lifecycleHookName } };
      driver.emulator.putHook(group, described(named, lifecycleHookName));
      // Resources that this driver has never had.
      imported[`imported-${name}`] = { ...named, import: `${group}/${lifecycleHookName}` };
    }
    const { outcome, sent } = await sending(driver, () => driver.up(imported));
    expect(outcome.failed).toBe(false);
    expect(sent.filter((method) => method !== "GET")).toEqual([]);
    await expectConverged(driver, imported);
    const without = mapProgram(imported, ({ import: _, ...hook }) => hook);
    for (const program of [imported, without]) {
      const again = await sending(driver, () => driver.up(program));
      expect(again).toMatchObject({ outcome: { steps: [], failed: false }, sent: [] });
    }
  },
};

export const outsideLaws: readonly Law[] = [drift, gone, groupGone, deleteMissing, adopt];
