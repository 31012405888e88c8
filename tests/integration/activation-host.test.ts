import { beforeEach, expect, test } from "vitest";
import { scalingGroupActivationToken } from "../../provider/core/urn";
import { activationProviderText } from "../../provider/provider-text";
import { emulatorOfFile } from "../support/emulator";
import { engineRowsOfFile } from "../support/engine-rows";
import { groupId } from "../support/hooks";
import { failureOf, Host, type Properties } from "../support/host";

/** The activation of a scaling group by Pulumi's own host, in the same process as the hooks. */

const __urn = "dev::shop::::web";
/** Properties with the code of their provider. */
const activation = (properties: Properties) => ({ ...properties, __provider: activationProviderText });
const inputs = activation({
  __urn,
  scalingGroupId: groupId,
  desiredInstances: 0,
  enforceDesired: false,
  wait: true,
  __timeouts: { create: "50ms", update: "50ms", delete: "50ms" },
});

const emulator = emulatorOfFile({ launchTime: 0, removalTime: 0 });
const rows = engineRowsOfFile();
let host: Host;

beforeEach(async () => {
  host = await Host.start(emulator.env, {}, rows.address);
});

test("both types of resource share a process's client: one look-up of the project", async () => {
  emulator.putHook(groupId, { lifecycle_hook_name: "drain" });
  await Promise.all([
    host.read(`${groupId}/drain`, {}),
    host.read(groupId, activation({})),
    host.create(inputs),
  ]);
  const lookUps = emulator.requests.filter(({ path }) => path === "/v3/projects");
  expect(lookUps).toHaveLength(1);
});

test("an activation is checked, created, read, updated and deleted, and tells its progress on its own row", async () => {
  const checked = await host.check({}, { ...inputs, desiredInstances: 1 });
  expect(checked.reasons).toEqual([]);
  const made = await host.create(activation(checked.inputs));
  expect(made.id).toBe(groupId);
  const state = activation(made.outputs);
  expect(state).toMatchObject({ status: "INSERVICE", currentInstances: 1 });
  const read = await host.read(groupId, state);
  expect(read.outputs).toEqual(made.outputs);
  const difference = await host.diff(groupId, state, activation(read.inputs));
  expect(difference).toEqual({ changes: false, replaces: [] });
  const more = activation({ ...checked.inputs, desiredInstances: 2 });
  expect((await host.update(groupId, state, more)).outputs).toMatchObject({ currentInstances: 2 });
  // As another command does it: this run's program still has the group.
  const destroying = await Host.start(emulator.env, {}, rows.address);
  await destroying.delete(groupId, state);
  expect(emulator.instances(groupId)).toEqual([]);
  const urn = `urn:pulumi:dev::shop::${scalingGroupActivationToken}::web`;
  expect(new Set(rows.messages.map((row) => row.urn))).toEqual(new Set([urn]));
  expect(rows.statuses).toContainEqual(expect.stringMatching(/^1 of 1 instances in service/));
  expect(host.stderr).toBe("");
});

test("an activation that was not done in time stays in the state, with the provider that can delete it", async () => {
  emulator.putHook(groupId, { lifecycle_hook_name: "boot", lifecycle_hook_type: "INSTANCE_LAUNCHING" });
  const { message, partial } = await failureOf(host.create({ ...inputs, desiredInstances: 1 }));
  expect(message).toContain("not done within 0 s: 0 of 1 instances in service: instance ");
  expect(partial).toMatchObject({
    id: groupId,
    properties: { desiredInstances: 1, region: emulator.region },
    reasons: [message],
  });
});
