import { describe, expect, test } from "vitest";
import { isInvalidInputError, isNotFound, isTimeoutError } from "../../sdk";
import { endingOf, Ticks } from "../support/lateness";
import { clientOf, groupId, rejection } from "../support/sdk";
import { always, firstly, startHttpServer } from "../support/servers";

const hanging = (instanceId: string, status = "HANGING") => ({
  lifecycle_hook_name: "drain",
  lifecycle_action_key: "4f",
  instance_id: instanceId,
  scaling_group_id: groupId,
  lifecycle_hook_status: status,
  timeout: "2026-01-02T03:04:05Z",
  default_result: "ABANDON",
});
const list = (...instances: object[]) => ({ instance_hanging_info: instances });
const group = (isScaling: boolean) => ({
  scaling_group: {
    scaling_group_id: groupId,
    scaling_group_name: "web",
    scaling_group_status: "INSERVICE",
    is_scaling: isScaling,
    current_instance_number: 1,
    desire_instance_number: 2,
    min_instance_number: 0,
    max_instance_number: 4,
  },
});

describe("the wait for a hanging instance", () => {
  test.each([
    ["a server that never answers", () => {}],
    ["a service that throttles", always(429, { error_code: "APIGW.0308" }, { "retry-after": "60" })],
    ["a service that is down", always(503)],
    ["a list without a match", always(200, list(hanging("i-1")))],
  ] as const)("ends with its time-out before %s", async (_, handler) => {
    await using server = await startHttpServer(handler);
    await using client = clientOf(server, { maxRetries: 5 });
    using ticks = new Ticks();
    const waiting = client.hangingInstances.waitFor(groupId, () => false, { timeout: 150, interval: 20 });
    const { error, late } = await endingOf(waiting, 150, ticks);
    expect(late).toBeLessThan(50);
    expect(isTimeoutError(error)).toBe(true);
    expect(String(error)).toMatch(
      /waiting for a hanging instance of scaling group .*: it took longer than 0.15 s/,
    );
  });

  test("outlasts transient faults", async () => {
    const faults = Array.from({ length: 8 }, () => [503] as const);
    await using server = await startHttpServer(firstly(...faults, [200, list(hanging("i-1"))]));
    await using client = clientOf(server);
    const found = await client.hangingInstances.waitFor(groupId, () => true, { interval: 1 });
    expect(found.instanceId).toBe("i-1");
    expect(server.requests).toHaveLength(9);
  });

  test("says which fault it met last when its time is over", async () => {
    await using server = await startHttpServer(always(503, { error_code: "APIGW.0613" }));
    await using client = clientOf(server);
    const limits = { timeout: 1_500, interval: 100 };
    const error = await rejection(client.hangingInstances.waitFor(groupId, () => true, limits));
    expect(error.message).toContain("the last look failed: ");
    expect(error.message).toContain("IAM is unavailable");
  });

  test("ends at once with a refusal that does not pass", async () => {
    await using server = await startHttpServer(always(400, { error: { code: "AS.2007" } }));
    await using client = clientOf(server);
    const error = await rejection(client.hangingInstances.waitFor(groupId, () => true, { interval: 1 }));
    expect(isNotFound(error)).toBe(true);
    expect(server.requests).toHaveLength(1);
  });

  test("matches no suspension that has ended", async () => {
    const ended = [hanging("i-1", "CONTINUE"), hanging("i-2", "ABANDON")];
    const lists = [list(...ended), list(...ended, hanging("i-3"))];
    await using server = await startHttpServer(firstly(...lists.map((one) => [200, one] as const)));
    await using client = clientOf(server);
    const found = await client.hangingInstances.waitFor(groupId, () => true, { interval: 1 });
    expect(found.instanceId).toBe("i-3");
  });

  test.each([
    [{ interval: Number.NaN }, "interval NaN is not a number of milliseconds"],
    [{ interval: Infinity }, "interval Infinity is not"],
    [{ timeout: Number.NaN }, "timeout NaN is not"],
    [{ timeout: 2 ** 31, interval: 0 }, "timeout 2147483648 is not"],
  ])("with the options %j is refused", async (options, problem) => {
    await using server = await startHttpServer(always(200, list()));
    await using client = clientOf(server);
    const error = await rejection(client.hangingInstances.waitFor(groupId, () => true, options));
    expect(isInvalidInputError(error)).toBe(true);
    expect(error.message).toContain(problem);
    expect(server.requests).toHaveLength(0);
  });
});

test("the wait until nothing hangs ends when the last suspension has", async () => {
  const lists = [
    list(hanging("i-1"), hanging("i-2")),
    list(hanging("i-1"), hanging("i-2", "CONTINUE")),
    list(hanging("i-1", "ABANDON")),
  ];
  await using server = await startHttpServer(firstly(...lists.map((one) => [200, one] as const)));
  await using client = clientOf(server);
  await expect(client.hangingInstances.waitUntilNone(groupId, { interval: 1 })).resolves.toBeUndefined();
  expect(server.requests).toHaveLength(3);
});

test("the wait until a group is idle ends when no activity runs any more", async () => {
  const busy = [200, group(true)] as const;
  await using server = await startHttpServer(firstly(busy, busy, [200, group(false)]));
  await using client = clientOf(server);
  await expect(client.scalingGroups.waitUntilIdle(groupId, { interval: 1 })).resolves.toEqual({
    scalingGroupId: groupId,
    scalingGroupName: "web",
    scalingGroupStatus: "INSERVICE",
    isScaling: false,
    currentInstanceNumber: 1,
    desireInstanceNumber: 2,
    minInstanceNumber: 0,
    maxInstanceNumber: 4,
    detail: undefined,
  });
  const path = new RegExp(`/autoscaling-api/v1/[0-9a-f]{32}/scaling_group/${groupId}$`);
  expect(server.requests.map((request) => request.path)).toEqual(Array(3).fill(expect.stringMatching(path)));
});
