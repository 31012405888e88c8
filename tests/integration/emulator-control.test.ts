import { beforeEach, expect, test } from "vitest";
import { startEmulator } from "../../sdk/emulator";
import { version } from "../../sdk/version";
import { emulatorOfEachTest } from "../support/emulator";
import { call, pathsOf, send } from "../support/emulator-calls";
import { always, startHttpServer } from "../support/servers";

const group = "e5d27f5c-dd76-4a61-b4bc-a67c5686719a";
const emulator = emulatorOfEachTest();
beforeEach(() => emulator.putHook(group, { lifecycle_hook_name: "drain" }));

function control(method: string, target: string, body?: unknown, headers: Record<string, string> = {}) {
  const text = body === undefined ? "" : JSON.stringify(body);
  return send(emulator, { method, target, headers, body: text });
}

test("another process can read the log, which has none of its own requests", async () => {
  await call(emulator, "GET", pathsOf(emulator).hookList);
  await control("GET", "/emulator/requests");
  const answer = await control("GET", "/emulator/requests");
  expect(answer).toMatchObject({
    status: 200,
    json: { requests: [{ method: "GET", path: pathsOf(emulator).hookList, status: 200 }] },
  });
  expect(answer.headers["x-request-id"]).toMatch(/^[0-9a-f]{32}$/);
});

test("another process can suspend an instance", async () => {
  const body = { instance_id: "i-1", lifecycle_hook_name: "drain" };
  const answer = await control("POST", `/emulator/groups/${group}/hanging-instances`, body);
  expect(answer.status).toBe(201);
  expect(emulator.hangingInstances(group)).toEqual([answer.json]);
});

test("another process can make a group busy, and free it", async () => {
  const path = pathsOf(emulator).hook("drain");
  for (const [busy, status] of [
    [1, 400],
    [0, 200],
    [true, 400],
    [false, 200],
  ] as const) {
    expect(await control("PUT", `/emulator/groups/${group}/busy`, { busy })).toMatchObject({ status: 204 });
    expect(await call(emulator, "PUT", path, { body: {} })).toMatchObject({ status });
  }
});

test.each([
  ["GET", "/emulator/", undefined, 404, "there is no GET"],
  ["DELETE", "/emulator/requests", undefined, 404, "there is no DELETE"],
  ["PUT", `/emulator/groups/${group}/busy`, undefined, 400, "not a JSON object"],
  ["PUT", `/emulator/groups/${group}/busy`, [], 400, "not a JSON object"],
  ["PUT", `/emulator/groups/${group}/busy`, { busy: "yes" }, 400, "busy"],
  ["PUT", `/emulator/groups/none/busy`, { busy: true }, 400, "no scaling group none"],
  ["POST", `/emulator/groups/${group}/hanging-instances`, { instance_id: "i" }, 400, "lifecycle_hook_name"],
  [
    "POST",
    `/emulator/groups/${group}/hanging-instances`,
    { instance_id: "i", lifecycle_hook_name: "none" },
    400,
    "[none]",
  ],
])("%s %s with %j is refused", async (method, target, body, status, text) => {
  const answer = await control(method, target, body);
  expect(answer.status).toBe(status);
  expect(answer.json).toEqual({ error: expect.stringContaining(text) });
});

test("a web page that leads its own name here is refused", async () => {
  const answer = await control("GET", "/emulator/requests", undefined, { host: "evil.example:80" });
  expect(answer).toMatchObject({ status: 421 });
});

test.each([{ origin: "https://evil.example" }, { origin: "null" }, { "sec-fetch-site": "cross-site" }])(
  "a POST that a page of another site sends, with %j, suspends nothing",
  async (headers) => {
    const body = { instance_id: "i-1", lifecycle_hook_name: "drain" };
    const answer = await control("POST", `/emulator/groups/${group}/hanging-instances`, body, headers);
    expect(answer).toMatchObject({ status: 403 });
    expect(emulator.hangingInstances(group)).toEqual([]);
  },
);

test("a page of the emulator's own may send requests", async () => {
  const origin = emulator.url;
  const answer = await control("PUT", `/emulator/groups/${group}/busy`, { busy: false }, { origin });
  expect(answer).toMatchObject({ status: 204 });
});

test("another process learns that the emulator is ready, and each answer says that it is one", async () => {
  const ready = await control("GET", "/emulator/ready");
  expect(ready).toMatchObject({ status: 200, json: { ready: true, version } });
  const answer = await call(emulator, "GET", pathsOf(emulator).hookList);
  expect(answer.headers["x-emulator"]).toBe(`huaweicloud-as-emulator/${version}`);
  const refused = await control("GET", "/emulator/ready", undefined, { origin: "null" });
  expect(refused).toMatchObject({ status: 403, headers: { "x-emulator": expect.any(String) } });
});

test("another process scales a group, pauses and resumes it, and completes what hangs", async () => {
  await using fast = await startEmulator({ launchTime: 0 });
  fast.putHook(group, { lifecycle_hook_name: "a" });
  fast.putHook(group, { lifecycle_hook_name: "b" });
  const post = (action: string, body: object = {}) =>
    send(fast, {
      method: "POST",
      target: `/emulator/groups/${group}/${action}`,
      headers: {},
      body: JSON.stringify(body),
    });
  expect(await post("scale", { desired: 1 })).toMatchObject({ status: 204 });
  expect(await post("scale", { by: 1 })).toMatchObject({ status: 204 });
  expect(await post("scale", { by: 1000 })).toMatchObject({
    status: 400,
    json: { error: expect.any(String) },
  });
  const [first] = fast.hangingInstances(group);
  const decided = (more: object) => post("complete", { lifecycle_action_result: "CONTINUE", ...more });
  expect(await decided({ lifecycle_action_key: first?.lifecycle_action_key })).toMatchObject({ status: 204 });
  expect(await decided({ instance_id: first?.instance_id })).toMatchObject({ status: 204 });
  expect(await decided({ instance_id: first?.instance_id })).toMatchObject({ status: 400 });
  expect(fast.instances(group)).toMatchObject([
    { life_cycle_state: "INSERVICE" },
    { life_cycle_state: "PENDING_WAIT" },
  ]);
  expect(await post("pause")).toMatchObject({ status: 204 });
  const state = await send(fast, { method: "GET", target: "/emulator/state", headers: {} });
  expect(state.json).toMatchObject({
    groups: [{ scaling_group_status: "PAUSED", hooks: [{}, {}], hanging: [{}, {}], instances: [{}, {}] }],
    messages: [{}, {}, {}, {}],
  });
  expect(await post("resume")).toMatchObject({ status: 204 });
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
  const page = await control("GET", "/", undefined, {
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "navigate",
  });
  expect(page).toMatchObject({ status: 200, headers: { "content-type": "text/html; charset=utf-8" } });
  expect(page.headers["content-security-policy"]).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
  const framed = await control("GET", "/", undefined, {
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "no-cors",
  });
  expect(framed).toMatchObject({ status: 403 });
});

test("another process makes a group, sets its sizes and removes it once it is empty", async () => {
  const made = await control("POST", "/emulator/groups", { name: "web", max: 4 });
  const { id } = made.json as { id: string };
  expect(made.status).toBe(201);
  expect(await control("PUT", `/emulator/groups/${id}`, { min: 1, desire: 2 })).toMatchObject({
    status: 204,
  });
  expect(await control("PUT", `/emulator/groups/${id}`, { desire: 5 })).toMatchObject({ status: 400 });
  expect(await control("PUT", `/emulator/groups/${id}`, { size: 5 })).toMatchObject({ status: 400 });
  expect(emulator.instances(id)).toEqual([]);
  await control("POST", `/emulator/groups/${id}/resume`);
  expect(emulator.instances(id)).toHaveLength(2);
  expect(await control("DELETE", `/emulator/groups/${id}`)).toMatchObject({ status: 400 });
  emulator.removeGroup(id);
  const { json } = await control("POST", "/emulator/groups", {});
  expect(await control("DELETE", `/emulator/groups/${(json as { id: string }).id}`)).toMatchObject({
    status: 204,
  });
  expect(emulator.groups).toEqual([group]);
});

test("another process has a topic's messages sent to an endpoint, which is asked to confirm", async () => {
  await using endpoint = await startHttpServer(always(200));
  const topic_urn = "urn:smn:cn-north-4:0123456789abcdef0123456789abcdef:new";
  const body = { topic_urn, endpoint: endpoint.url };
  expect(await control("POST", "/emulator/subscriptions", body)).toMatchObject({
    status: 201,
    json: { subscription_urn: expect.stringMatching(`^${topic_urn}:`) },
  });
  await expect.poll(() => endpoint.requests.length).toBe(1);
  expect(JSON.parse(endpoint.requests[0]?.body ?? "")).toMatchObject({
    type: "SubscriptionConfirmation",
    topic_urn,
  });
  expect(await control("POST", "/emulator/subscriptions", { topic_urn })).toMatchObject({ status: 400 });
});
