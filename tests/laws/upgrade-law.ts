import { expect } from "vitest";
import firstRelease from "../fixtures/state-0.1.0.json";
import { cleared, expectConverged, sending } from "./convergence";
import type { Program } from "./driver";
import { described, secretText } from "./fleet";
import type { Law } from "./law";

/** The program that wrote the state of the first release, with the defaults of the emulator. */
const common = {
  scalingGroupId: "e5d27f5c-dd76-4a61-b4bc-a67c5686719a",
  notificationTopicUrn: "urn:smn:cn-north-4:0123456789abcdef0123456789abcdef:scaling",
};
const drain = {
  inputs: {
    ...common,
    lifecycleHookType: "INSTANCE_TERMINATING",
    lifecycleHookName: "drain",
    defaultResult: "CONTINUE",
    defaultTimeout: 900,
    notificationMetadata: secretText,
  },
  secrets: ["notificationMetadata"],
  timeouts: { delete: "30m" },
};
const program: Program = { boot: { inputs: { ...common, lifecycleHookType: "INSTANCE_LAUNCHING" } }, drain };
const createTime = "2026-11-24T11:23:27Z";

export const upgradeLaw: Law = {
  title: "a state that the first release has written is refreshed, updated and destroyed",
  async run(driver) {
    const { emulator } = driver;
    await cleared(driver);
    emulator.addGroup(common.scalingGroupId);
    for (const [name, hook] of Object.entries(program)) {
      const hookName = name === "boot" ? "boot-b466678" : name;
      emulator.putHook(common.scalingGroupId, { ...described(hook, hookName), create_time: createTime });
    }
    await driver.restore(firstRelease);
    expect(await driver.refresh()).toMatchObject({ steps: [], failed: false });
    await expectConverged(driver, program);
    const same = await sending(driver, () => driver.up(program));
    expect(same).toMatchObject({ outcome: { steps: [], failed: false }, sent: [] });

    const changed = { ...program, drain: { ...drain, inputs: { ...drain.inputs, defaultTimeout: 600 } } };
    const update = await sending(driver, () => driver.up(changed));
    expect(update).toMatchObject({ outcome: { steps: ["update drain"], failed: false }, sent: ["PUT"] });
    await expectConverged(driver, changed);
    expect((await driver.destroy()).failed).toBe(false);
    expect(emulator.hooks(common.scalingGroupId)).toEqual([]);
  },
};
