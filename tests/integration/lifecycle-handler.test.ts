import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { AutoScalingClient } from "../../sdk";
import { type Emulator, ManualClock, startEmulator } from "../../sdk/emulator";
import {
  createLifecycleHandler,
  type HandlerEvent,
  type LifecycleHandler,
  type LifecycleHandlerOptions,
} from "../../sdk/handler";
import { call, sampleHook, topicUrn } from "../support/emulator-calls";
import { clientOf } from "../support/sdk";

/** The handler behind a server of its own, on the emulator with a test's clock. */

const minute = 60_000;
/** Is accepted at any time, as a signature is not. */
const authToken = "made-up-token";
const group = "e5d27f5c-dd76-4a61-b4bc-a67c5686719a";
let clock: ManualClock;
let emulator: Emulator;
let client: AutoScalingClient;
let events: HandlerEvent[];

beforeEach(async () => {
  clock = new ManualClock(Date.parse("2026-01-02T03:04:05Z"));
  emulator = await startEmulator({ clock, authToken, launchTime: 1_000, removalTime: 1_000 });
  client = clientOf(emulator, { credentials: { authToken } });
  events = [];
  emulator.putHook(group, {
    ...sampleHook,
    lifecycle_hook_name: "boot",
    default_timeout: 600,
    default_result: "CONTINUE",
  });
});
afterEach(() => Promise.all([client.close(), emulator.close()]));

function handlerOf(options: Partial<LifecycleHandlerOptions> = {}): LifecycleHandler {
  const handler = createLifecycleHandler({
    client,
    groups: [group],
    topics: [topicUrn],
    hosts: [new URL(emulator.url).host],
    clock,
    // Nothing but messages wakes it up, unless a test says otherwise.
    sweepInterval: 60 * minute,
    log: (event) => events.push(event),
    onLaunching: async () => {},
    ...options,
  });
  onTestFinished(() => handler.close());
  return handler;
}

/** Has SMN post to a server. */
async function subscribe(listener: RequestListener): Promise<void> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`;
  const topics = `/v2/${emulator.projectId}/notifications/topics`;
  const smn = (method: string, path: string, body?: object) =>
    call(emulator, method, `${topics}${path}`, { date: new Date(clock.now()), body: body ?? "" });
  await smn("POST", "", { name: "gsh" });
  await smn("POST", `/${topicUrn}/subscriptions`, { protocol: "http", endpoint });
  await expect
    .poll(async () => (await smn("GET", `/${topicUrn}/subscriptions`)).json)
    .toMatchObject({ subscriptions: [{ status: 1 }] });
}

/** Instances begin to hang. */
function launch(count: number): void {
  emulator.scale(group, count);
  clock.advance(1_000);
}

/** What has been begun comes to where it waits for the clock. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));
const kinds = () => events.map(({ kind }) => kind);
const states = () => emulator.instances(group).map(({ life_cycle_state }) => life_cycle_state);
const requests = (part: string) => emulator.requests.filter(({ path }) => path.includes(part));
const eventually = (kind: HandlerEvent["kind"], count = 1) =>
  expect
    .poll(() => kinds().filter((one) => one === kind).length, { interval: 5 })
    .toBeGreaterThanOrEqual(count);

/** Lets instances hang. @returns what SMN posts about them */
async function messages(count: number): Promise<string[]> {
  const bodies: string[] = [];
  await subscribe(
    (request, response) =>
      void text(request).then(async (posted) => {
        const { subscribe_url } = JSON.parse(posted);
        if (subscribe_url === undefined) bodies.push(posted);
        else await fetch(subscribe_url);
        response.end();
      }),
  );
  launch(count);
  await expect.poll(() => bodies.length).toBe(count);
  return bodies;
}

const message = async () => (await messages(1))[0] ?? "";

const post = (handler: LifecycleHandler, body: string) =>
  handler.fetch(new Request("http://localhost/", { method: "POST", body }));

test("an instance hangs, its message wakes the handler up, the work is done, and it is in service", async () => {
  const work: string[] = [];
  const handler = handlerOf({
    async onLaunching({ instanceId }) {
      work.push(instanceId);
    },
  });
  await subscribe(handler.listener);
  await handler.sweep();
  emulator.clearRequests();
  launch(1);
  await eventually("completed");
  clock.advance(1_000);
  expect(states()).toEqual(["INSERVICE"]);
  expect(work).toEqual([emulator.instances(group)[0]?.instance_id]);
  expect(
    requests("scaling_").map(({ method, path }) => `${method} ${path.split("/").slice(4).join("/")}`),
  ).toEqual([
    `GET scaling_instance_hook/${group}/list`,
    `GET scaling_lifecycle_hook/${group}/list`,
    `PUT scaling_instance_hook/${group}/callback`,
  ]);
  await expect.poll(() => emulator.messages[0]?.deliveries).toMatchObject([{ outcome: "delivered" }]);
});

describe("a message", () => {
  test("that comes three times does its work once", async () => {
    const body = await message();
    const handler = handlerOf();
    for (const answer of await Promise.all([1, 2, 3].map(() => post(handler, body))))
      expect(answer.status).toBe(200);
    await eventually("completed");
    expect(kinds().filter((kind) => kind === "started")).toHaveLength(1);
    expect(requests("callback")).toHaveLength(1);
  });

  test("wakes the handler up for all that hangs, so that the order of messages is nothing", async () => {
    const bodies = await messages(3);
    const handler = handlerOf();
    for (const body of bodies.toReversed()) expect((await post(handler, body)).status).toBe(200);
    await eventually("completed", 3);
    expect(requests("callback")).toHaveLength(3);
    expect(requests("scaling_instance_hook").filter(({ method }) => method === "GET").length).toBeLessThan(4);
  });

  test("that never comes is not needed: the list is looked at regularly", async () => {
    const handler = handlerOf({ sweepInterval: minute });
    await handler.sweep();
    launch(1);
    expect(states()).toEqual(["PENDING_WAIT"]);
    await new Promise(setImmediate);
    clock.advance(minute);
    await eventually("completed");
    clock.advance(1_000);
    expect(states()).toEqual(["INSERVICE"]);
  });

  test("that comes after the deadline, or is replayed after the completion, does nothing", async () => {
    const body = await message();
    clock.advance(11 * minute);
    const handler = handlerOf({ sweepInterval: 0 });
    expect((await post(handler, body)).status).toBe(200);
    await expect.poll(() => requests("list").length).toBeGreaterThan(0);
    await handler.sweep();
    expect(kinds()).not.toContain("started");
    expect(requests("callback")).toEqual([]);
  });

  test.each<[string, number, (body: string) => string]>([
    // The message is JSON within JSON.
    ["of an altered instance", 403, (body) => body.replace(/(instance_id\\":\\")[^"\\]+/, "$1i-9")],
    ["that is no JSON", 400, () => "hello"],
    ["that is too long", 400, () => "x".repeat(1024 * 1024 + 1)],
  ])("%s is refused for good, with %i, and nothing is looked at", async (_, status, forge) => {
    const body = await message();
    const handler = handlerOf({ sweepInterval: 0 });
    const forged = forge(body);
    expect(forged).not.toBe(body);
    emulator.clearRequests();
    expect((await post(handler, forged)).status).toBe(status);
    expect(kinds()).toEqual(["refused"]);
    expect(requests("scaling_")).toEqual([]);
  });

  test("whose certificate cannot be fetched is asked for again", async () => {
    const body = await message();
    const handler = handlerOf({ sweepInterval: 0 });
    const end = emulator.addFault({ path: "/smn/SMN", status: 500 });
    expect((await post(handler, body)).status).toBe(503);
    end();
    await expect.poll(async () => (await post(handler, body)).status, { interval: 300 }).toBe(200);
    await eventually("completed");
  });

  test("whose certificate comes late is answered within a second, and taken the next time", async () => {
    const body = await message();
    const handler = handlerOf({ sweepInterval: 0 });
    emulator.addFault({ path: "/smn/SMN", delay: 1_500, count: 1 });
    const start = performance.now();
    expect((await post(handler, body)).status).toBe(503);
    expect(performance.now() - start).toBeLessThan(1_400);
    await expect.poll(async () => (await post(handler, body)).status).toBe(200);
  });

  test("about what the list has not yet is looked for again", async () => {
    const body = await message();
    let lists = 0;
    emulator.intercept(({ path }) =>
      path.includes("scaling_instance_hook") && path.endsWith("/list") && lists++ < 2
        ? { answer: { status: 200, headers: {}, body: { instance_hanging_info: [] } } }
        : undefined,
    );
    const handler = handlerOf({ sweepInterval: 0 });
    expect((await post(handler, body)).status).toBe(200);
    for (let second = 0; second < 4; second++) {
      await expect.poll(() => requests("list").length).toBeGreaterThan(Math.min(second, 1));
      await settled();
      clock.advance(1_000);
    }
    await eventually("completed");
  });
});

describe("over HTTP", () => {
  test("nothing but a POST is answered, where neither health nor metrics are asked for", async () => {
    const handler = handlerOf();
    const statusOf = async (method: string, path: string) =>
      (await handler.fetch(new Request(`http://localhost${path}`, { method }))).status;
    expect(await statusOf("PUT", "/")).toBe(405);
    for (const path of ["/", "/metrics", "/healthz"]) expect(await statusOf("GET", path)).toBe(404);
  });

  test("health and metrics tell how it goes, where they are asked for", async () => {
    const handler = handlerOf({ monitoring: true, sweepInterval: minute });
    launch(2);
    await handler.sweep();
    await eventually("completed", 2);
    const get = async (path: string) => handler.fetch(new Request(`http://localhost${path}`));
    expect((await get("/healthz")).status).toBe(200);
    const metrics = await (await get("/metrics")).text();
    expect(metrics).toMatch(/^# HELP huaweicloud_as_handler_completed_total .*\n# TYPE .* counter$/m);
    expect(metrics).toContain('huaweicloud_as_handler_completed_total{result="CONTINUE"} 2\n');
    expect(metrics).toMatch(/^huaweicloud_as_handler_time_left_seconds_sum (119\d|1200)/m);
    emulator.addFault({ path: "scaling_instance_hook", status: 500 });
    clock.advance(5 * minute);
    expect((await get("/healthz")).status).toBe(503);
  });

  test("nothing is taken any more once it is to end", async () => {
    const handler = handlerOf();
    await handler.close();
    expect((await post(handler, "{}")).status).toBe(503);
  });
});

test("credentials that expire in the middle of the work lose nothing: the callback is sent once there are new ones", async () => {
  let token = authToken;
  await using renewing = clientOf(emulator, { credentials: () => ({ authToken: token }) });
  const handler = handlerOf({
    client: renewing,
    async onLaunching() {
      token = "expired";
    },
  });
  await handler.sweep();
  launch(1);
  await handler.sweep();
  const refuse = emulator.intercept(({ path }) =>
    path.endsWith("/callback")
      ? { answer: { status: 401, headers: {}, body: { error: { code: "AS.0006", message: "expired" } } } }
      : undefined,
  );
  await eventually("trouble");
  expect(states()).toEqual(["PENDING_WAIT"]);
  refuse();
  token = authToken;
  for (let second = 0; second < 20 && !kinds().includes("completed"); second++) {
    clock.advance(1_000);
    await settled();
  }
  expect(kinds()).toContain("completed");
  expect(JSON.stringify(events)).not.toMatch(/made-up-token|expired"/);
});

test("work that takes longer than the time-out keeps its instance by EXTEND, over the API", async () => {
  const { promise, resolve: finish } = Promise.withResolvers<void>();
  const handler = handlerOf({ onLaunching: () => promise });
  await handler.sweep();
  launch(1);
  await handler.sweep();
  await eventually("started");
  await settled();
  clock.advance(9.7 * minute);
  await eventually("extended");
  clock.advance(10 * minute);
  expect(states()).toEqual(["PENDING_WAIT"]);
  finish();
  await eventually("completed");
  expect(requests("scaling_activity_log")).toHaveLength(1);
});
