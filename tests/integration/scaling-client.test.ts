import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type AutoScalingClient, isInvalidInputError, isServiceError } from "../../sdk";
import { type Emulator, startEmulator } from "../../sdk/emulator";
import { groupId, topicUrn } from "../support/hooks";
import { clientOf, keys, rejection } from "../support/sdk";
import { always, startHttpServer } from "../support/servers";

/** The calls on groups and their instances, over a real socket. */

let emulator: Emulator;
let client: AutoScalingClient;

beforeEach(async () => {
  emulator = await startEmulator({ ...keys, launchTime: 0, removalTime: 0 });
  client = clientOf(emulator);
});
afterEach(async () => {
  await client.close();
  await emulator.close();
});

const requests = () => emulator.requests.map(({ method, path }) => `${method} ${path.split("/").at(-1)}`);
const boot = { lifecycle_hook_name: "boot", lifecycle_hook_type: "INSTANCE_LAUNCHING" } as const;
const hook = { ...boot, notification_topic_urn: topicUrn };

describe("a scaling group", () => {
  test("is paused, given its numbers at once, and resumed: one request each", async () => {
    const { scalingGroups } = client;
    await scalingGroups.pause(groupId);
    const sizes = { minInstanceNumber: 1, desireInstanceNumber: 2, maxInstanceNumber: 3 };
    await scalingGroups.update(groupId, sizes);
    const paused = { scalingGroupStatus: "PAUSED", currentInstanceNumber: 0, ...sizes };
    expect(await scalingGroups.get(groupId)).toMatchObject(paused);
    await scalingGroups.resume(groupId);
    const resumed = { scalingGroupStatus: "INSERVICE", currentInstanceNumber: 2, detail: undefined };
    expect(await scalingGroups.get(groupId)).toMatchObject(resumed);
    const changes = requests().filter((one) => !one.startsWith("GET"));
    expect(changes).toEqual(["POST action", `PUT ${groupId}`, "POST action"]);
  });

  test("keeps the numbers that an update leaves out", async () => {
    await client.scalingGroups.update(groupId, { minInstanceNumber: 0, desireInstanceNumber: 1 });
    await client.scalingGroups.update(groupId, { maxInstanceNumber: 7 });
    const sizes = { desireInstanceNumber: 1, maxInstanceNumber: 7 };
    expect(await client.scalingGroups.get(groupId)).toMatchObject(sizes);
  });

  test("is not asked for numbers that no group can have, nor for other changes", async () => {
    const sizes = { minInstanceNumber: -1, desireInstanceNumber: 1.5, desiredInstanceNumber: 2 };
    const error = await rejection(client.scalingGroups.update(groupId, sizes));
    expect(isInvalidInputError(error)).toBe(true);
    expect(error.message).toContain("minInstanceNumber -1 is negative");
    expect(error.message).toContain("desireInstanceNumber 1.5 is not a whole number");
    expect(error.message).toContain("desiredInstanceNumber is not a property");
    const nothing = await rejection(client.scalingGroups.update(groupId, {}));
    expect(nothing.message).toContain("there is nothing to change");
    expect(emulator.requests).toEqual([]);
  });

  test("refuses a desired number outside of its bounds, and the message says so", async () => {
    const error = await rejection(client.scalingGroups.update(groupId, { desireInstanceNumber: 101 }));
    expect(isServiceError(error) && error.code).toBe("AS.2005");
    expect(error.message).toContain("the desired number of instances is below the group's minimum or above");
  });

  test("tells in its activities which instances failed, and why", async () => {
    emulator.putHook(groupId, hook);
    await client.scalingGroups.update(groupId, { desireInstanceNumber: 1 });
    const [hanging] = await client.hangingInstances.list(groupId);
    const lifecycleActionKey = hanging?.lifecycleActionKey ?? "";
    await client.scalingGroups.pause(groupId);
    const abandon = { lifecycleActionKey, lifecycleActionResult: "ABANDON" } as const;
    await client.hangingInstances.complete(groupId, abandon);
    const failures = [{ instanceId: hanging?.instanceId, reason: "ABANDON: abandoned by a hook" }];
    const startTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(await client.scalingGroups.activities(groupId)).toEqual([
      { activityId: expect.any(String), activityStatus: "FAIL", startTime, endTime: startTime, failures },
    ]);
  });
});

describe("the instances of a group", () => {
  test("are listed from all pages", async () => {
    await client.scalingGroups.update(groupId, { maxInstanceNumber: 250, desireInstanceNumber: 230 });
    emulator.clearRequests();
    const found = await client.scalingInstances.list(groupId);
    expect(new Set(found.map(({ instanceId }) => instanceId)).size).toBe(230);
    expect(requests()).toEqual(["GET list", "GET list", "GET list"]);
  });

  test("are listed by state, health and protection", async () => {
    await client.scalingGroups.update(groupId, { desireInstanceNumber: 1 });
    emulator.putHook(groupId, hook);
    await client.scalingGroups.update(groupId, { desireInstanceNumber: 2 });
    const states = async (filter: Parameters<typeof client.scalingInstances.list>[1]) =>
      (await client.scalingInstances.list(groupId, filter)).map(({ lifeCycleState }) => lifeCycleState);
    expect(await states({})).toEqual(["INSERVICE", "PENDING_WAIT"]);
    expect(await states({ lifeCycleState: "PENDING_WAIT" })).toEqual(["PENDING_WAIT"]);
    expect(await states({ healthStatus: "ERROR" })).toEqual([]);
    const inService = { protectFromScalingDown: false, lifeCycleState: "INSERVICE" } as const;
    expect(await states(inService)).toEqual(["INSERVICE"]);
  });

  test("are not asked for by a state that does not exist", async () => {
    // @ts-expect-error: the types refuse it as well
    const listing = client.scalingInstances.list(groupId, { lifeCycleState: "INSERVIC" });
    const problem = 'lifeCycleState "INSERVIC" is not a known value (did you mean INSERVICE?)';
    await expect(listing).rejects.toThrow(problem);
    expect(emulator.requests).toEqual([]);
  });

  test("have no id while their server is being made, and any state that the service invents", async () => {
    const making = { instance_id: "", life_cycle_state: "REBUILDING", health_status: "INITAILIZING" };
    const instances = [{ ...making, create_time: "2026-01-02T03:04:05Z", color: "green" }];
    await using server = await startHttpServer(
      always(200, { total_number: 1, scaling_group_instances: instances }),
    );
    await using other = clientOf(server);
    expect(await other.scalingInstances.list(groupId)).toEqual([
      {
        instanceId: undefined,
        instanceName: "",
        lifeCycleState: "REBUILDING",
        healthStatus: "INITIALIZING",
        createTime: "2026-01-02T03:04:05Z",
        protectFromScalingDown: false,
      },
    ]);
  });
});
