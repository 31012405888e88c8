import { beforeEach, describe, expect, test } from "vitest";
import { version } from "../../sdk/version";
import { emulatorOfEachTest } from "../support/emulator";
import { call, pathsOf, send, topicUrn } from "../support/emulator-calls";
import { groupId as group } from "../support/hooks";
import { always, startHttpServer } from "../support/servers";
import { posted } from "../support/smn";

const emulator = emulatorOfEachTest(() => ({ launchTime: 0 }));
beforeEach(() => emulator.putHook(group, { lifecycle_hook_name: "drain" }));

function control(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const text = body === undefined ? "" : JSON.stringify(body);
  return send(emulator, { method, target: `/emulator/${path}`, headers, body: text });
}

const ofGroup = (method: string, action: string, body: object = {}) =>
  control(method, `groups/${group}/${action}`, body);

const suspension = { instance_id: "i-1", lifecycle_hook_name: "drain" };

describe("another process", () => {
  test("learns that the emulator is ready, and each answer says that it is one", async () => {
    const ready = await control("GET", "ready");
    expect(ready).toMatchObject({ status: 200, json: { ready: true, version } });
    const answer = await call(emulator, "GET", pathsOf(emulator).hookList);
    expect(answer.headers["x-emulator"]).toBe(`huaweicloud-as-emulator/${version}`);
    const refused = await control("GET", "ready", undefined, { origin: "null" });
    expect(refused).toMatchObject({ status: 403, headers: { "x-emulator": expect.any(String) } });
  });

  test("reads the log, which has none of its own requests", async () => {
    await call(emulator, "GET", pathsOf(emulator).hookList);
    await control("GET", "requests");
    expect(await control("GET", "requests")).toMatchObject({
      status: 200,
      headers: { "x-request-id": expect.stringMatching(/^[0-9a-f]{32}$/) },
      json: { requests: [{ method: "GET", path: pathsOf(emulator).hookList, status: 200 }] },
    });
    expect(emulator.requests).toHaveLength(1);
  });

  test("suspends an instance", async () => {
    const answer = await ofGroup("POST", "hanging-instances", suspension);
    expect(answer.status).toBe(201);
    expect(emulator.hangingInstances(group)).toEqual([answer.json]);
  });

  test("makes a group busy, and frees it", async () => {
    for (const [busy, status] of [
      [1, 400],
      [0, 200],
      [true, 400],
      [false, 200],
    ]) {
      expect(await ofGroup("PUT", "busy", { busy })).toMatchObject({ status: 204 });
      expect(await call(emulator, "PUT", pathsOf(emulator).hook("drain"), { body: {} })).toMatchObject({
        status,
      });
    }
  });

  test("scales a group, pauses and resumes it, and completes what hangs", async () => {
    emulator.putHook(group, { lifecycle_hook_name: "b" });
    expect(await ofGroup("POST", "scale", { desired: 1 })).toMatchObject({ status: 204 });
    expect(await ofGroup("POST", "scale", { by: 1 })).toMatchObject({ status: 204 });
    const tooMany = await ofGroup("POST", "scale", { by: 1000 });
    expect(tooMany).toMatchObject({ status: 400, json: { error: expect.any(String) } });
    const [{ instance_id, lifecycle_action_key } = {}] = emulator.hangingInstances(group);
    const statusFor = async (more: object) =>
      (await ofGroup("POST", "complete", { lifecycle_action_result: "CONTINUE", ...more })).status;
    expect(await statusFor({ lifecycle_action_key })).toBe(204);
    expect(await statusFor({ instance_id })).toBe(204);
    expect(await statusFor({ instance_id })).toBe(400);
    const instances = [{ life_cycle_state: "INSERVICE" }, { life_cycle_state: "PENDING_WAIT" }];
    expect(emulator.instances(group)).toMatchObject(instances);
    expect(await ofGroup("POST", "pause")).toMatchObject({ status: 204 });
    expect((await control("GET", "state")).json).toMatchObject({
      groups: [{ scaling_group_status: "PAUSED", hooks: [{}, {}], hanging: [{}, {}], instances }],
      messages: [{}, {}, {}, {}],
    });
    expect(await ofGroup("POST", "resume")).toMatchObject({ status: 204 });
  });

  test("makes a group, sets its sizes and removes it once it is empty", async () => {
    const make = async (body: object) => {
      const { status, json } = await control("POST", "groups", body);
      expect(status).toBe(201);
      return (json as { id: string }).id;
    };
    const id = await make({ name: "web", max: 4 });
    expect(await control("PUT", `groups/${id}`, { min: 1, desire: 2 })).toMatchObject({ status: 204 });
    expect(await control("PUT", `groups/${id}`, { desire: 5 })).toMatchObject({ status: 400 });
    expect(await control("PUT", `groups/${id}`, { size: 5 })).toMatchObject({ status: 400 });
    expect(emulator.instances(id)).toEqual([]);
    await control("POST", `groups/${id}/resume`);
    expect(emulator.instances(id)).toHaveLength(2);
    expect(await control("DELETE", `groups/${id}`)).toMatchObject({ status: 400 });
    emulator.removeGroup(id);
    expect(await control("DELETE", `groups/${await make({})}`)).toMatchObject({ status: 204 });
    expect(emulator.groups).toEqual([group]);
  });

  test("has a topic's messages sent to an endpoint, which is asked to confirm", async () => {
    await using endpoint = await startHttpServer(always(200));
    const topic_urn = topicUrn.replace("gsh", "new");
    expect(await control("POST", "subscriptions", { topic_urn, endpoint: endpoint.url })).toMatchObject({
      status: 201,
      json: { subscription_urn: expect.stringMatching(`^${topic_urn}:`) },
    });
    expect(await posted(endpoint, 1)).toMatchObject([{ type: "SubscriptionConfirmation", topic_urn }]);
    expect(await control("POST", "subscriptions", { topic_urn })).toMatchObject({ status: 400 });
  });
});

test.each([
  ["GET", "", undefined, 404, "there is no GET"],
  ["DELETE", "requests", undefined, 404, "there is no DELETE"],
  ["PUT", `groups/${group}/busy`, undefined, 400, "not a JSON object"],
  ["PUT", `groups/${group}/busy`, [], 400, "not a JSON object"],
  ["PUT", `groups/${group}/busy`, { busy: "yes" }, 400, "busy"],
  ["PUT", `groups/none/busy`, { busy: true }, 400, "no scaling group none"],
  ["POST", `groups/${group}/hanging-instances`, { instance_id: "i" }, 400, "lifecycle_hook_name"],
  [
    "POST",
    `groups/${group}/hanging-instances`,
    { ...suspension, lifecycle_hook_name: "none" },
    400,
    "[none]",
  ],
])("%s /emulator/%s with %j is refused", async (method, path, body, status, text) => {
  const json = { error: expect.stringContaining(text) };
  expect(await control(method, path, body)).toMatchObject({ status, json });
});

test.each([
  [421, { host: "evil.example:80" }],
  [403, { origin: "https://evil.example" }],
  [403, { "sec-fetch-site": "cross-site" }],
])(
  "a page of another site gets a %i for what it sends, with %j, and suspends nothing",
  async (status, headers) => {
    const path = `groups/${group}/hanging-instances`;
    expect(await control("POST", path, suspension, headers)).toMatchObject({ status });
    expect(emulator.hangingInstances(group)).toEqual([]);
  },
);

test("a page of the emulator's own may send requests", async () => {
  const headers = { origin: emulator.url };
  const answer = await control("PUT", `groups/${group}/busy`, { busy: false }, headers);
  expect(answer).toMatchObject({ status: 204 });
});

test("a page is told of changes as they come", async () => {
  const stream = await fetch(`${emulator.url}/emulator/events`);
  expect(stream.headers.get("content-type")).toBe("text/event-stream");
  const reader = stream.body?.getReader();
  const next = async () => new TextDecoder().decode((await reader?.read())?.value);
  expect(await next()).toBe("data: changed\n\n");
  emulator.suspend(group, { instanceId: "i-1", lifecycleHookName: "drain" });
  expect(await next()).toBe("data: changed\n\n");
  await reader?.cancel();
});

test("the page is served with what keeps other pages from using it, wherever its link was", async () => {
  const get = (mode: string) => {
    const headers = { "sec-fetch-site": "cross-site", "sec-fetch-mode": mode };
    return send(emulator, { method: "GET", target: "/", headers });
  };
  expect(await get("navigate")).toMatchObject({
    status: 200,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": expect.stringMatching(/default-src 'none'.*frame-ancestors 'none'/),
    },
  });
  expect(await get("no-cors")).toMatchObject({ status: 403 });
});
