import { expect } from "vitest";
import { cleared, expectConverged, given, groupsOf, namesOf, sending } from "./convergence";
import type { Kept } from "./driver";
import { all, declared, mapProgram, mutable, selection, withOther, withUnknown } from "./fleet";
import type { Law } from "./law";

/** What a program does to its hooks. */

const create: Law = {
  title: "up creates what is declared, each with one request, and preview sends none",
  async run(driver, fleet) {
    await cleared(driver);
    const preview = await sending(driver, () => driver.preview(fleet));
    expect(preview.outcome.steps.toSorted()).toEqual(namesOf(fleet, "create"));
    expect(preview.sent).toEqual([]);
    const { outcome, sent } = await sending(driver, () => driver.up(fleet));
    expect(outcome.steps.toSorted()).toEqual(namesOf(fleet, "create"));
    expect(sent).toEqual(namesOf(fleet).map(() => "POST"));
    await expectConverged(driver, fleet);
  },
};

const same: Law = {
  title: "up again, refresh, and preview after refresh are no changes, in one list for each group",
  async run(driver, fleet) {
    await given(driver, fleet);
    const again = await sending(driver, () => driver.up(fleet));
    expect(again).toMatchObject({ outcome: { steps: [], failed: false }, sent: [] });
    const refresh = await sending(driver, () => driver.refresh());
    expect(refresh.outcome).toMatchObject({ steps: [], failed: false });
    expect(refresh.sent).toEqual(groupsOf(fleet).map(() => "GET"));
    const preview = await sending(driver, () => driver.preview(fleet));
    expect(preview).toMatchObject({ outcome: { steps: [], failed: false }, sent: [] });
    await expectConverged(driver, fleet);
  },
};

const ids = (kept: Readonly<Record<string, Kept>>) =>
  Object.entries(kept).map(([name, { id }]) => [name, id]);

const update: Law = {
  title: "an update is in place, with one request, and keeps the id, whichever properties change",
  async run(driver, fleet) {
    await given(driver, fleet);
    const before = ids(await driver.kept()).toSorted();
    for (let round = 0; round < driver.rounds(2); round++) {
      const changed = mapProgram(fleet, ({ inputs }, index) =>
        declared(selection(mutable, index, round).reduce(withOther, { ...inputs })),
      );
      const { outcome, sent } = await sending(driver, () => driver.up(changed));
      expect(outcome.steps.toSorted()).toEqual(namesOf(fleet, "update"));
      expect(sent).toEqual(namesOf(fleet).map(() => "PUT"));
      await expectConverged(driver, changed);
      expect(ids(await driver.kept()).toSorted()).toEqual(before);
      if (round + 1 < driver.rounds(2)) await driver.up(fleet);
    }
  },
};

const replace: Law = {
  title:
    "another name replaces a hook, also in a full group, after one look at it: the old one is gone, the new one there",
  async run(driver, fleet) {
    await given(driver, fleet);
    const renamed = mapProgram(fleet, (hook, index) => ({
      ...hook,
      inputs: { ...hook.inputs, lifecycleHookName: `renamed-${index}` },
    }));
    const { outcome, sent } = await sending(driver, () => driver.up(renamed));
    expect(outcome.failed, outcome.said).toBe(false);
    expect(outcome.steps.toSorted()).toEqual(namesOf(fleet, "replace"));
    const count = namesOf(fleet).length;
    expect(sent.toSorted()).toEqual([
      ...Array(count).fill("DELETE"),
      ...groupsOf(fleet).map(() => "GET"),
      ...Array(count).fill("POST"),
    ]);
    await expectConverged(driver, renamed);
  },
};

const unknown: Law = {
  title: "an unknown input passes a preview in any position, and nothing is sent",
  async run(driver, fleet) {
    await given(driver, fleet);
    for (let round = 0; round < driver.rounds(2); round++) {
      const unknowns = (index: number) => selection(all, index, round);
      const program = mapProgram(fleet, (hook, index) => withUnknown(hook, unknowns(index)));
      const { outcome, sent } = await sending(driver, () => driver.preview(program));
      expect(outcome.failed).toBe(false);
      // Where the hook's address is known, a replacement looks at the group.
      expect(sent.filter((method) => method !== "GET")).toEqual([]);
      const expected = Object.keys(fleet).map((name, index) => {
        const isAnother = unknowns(index).some(
          (one) => one === "scalingGroupId" || one === "lifecycleHookName",
        );
        return `${isAnother ? "replace" : "update"} ${name}`;
      });
      expect(outcome.steps.toSorted()).toEqual(expected.toSorted());
    }
  },
};

const unknownNew: Law = {
  title: "a new hook may have unknown inputs in any position",
  async run(driver, fleet) {
    await cleared(driver);
    for (let round = 0; round < driver.rounds(2); round++) {
      const program = mapProgram(fleet, (hook, index) => withUnknown(hook, selection(all, index, round)));
      const { outcome, sent } = await sending(driver, () => driver.preview(program));
      expect(outcome).toMatchObject({ failed: false });
      expect(outcome.steps.toSorted()).toEqual(namesOf(fleet, "create"));
      expect(sent).toEqual([]);
    }
  },
};

export const lifeLaws: readonly Law[] = [unknownNew, create, same, unknown, update, replace];
