import { expect, test } from "vitest";
import {
  callerOf,
  clientOf,
  createCall,
  groupId,
  hookInput,
  keys,
  readCall,
  rejection,
} from "../support/sdk";
import { answer, startHttpServer, startTcpServer } from "../support/servers";

const reason = new Error("the user has given up");

test("a signal that was aborted before sends nothing", async () => {
  await using server = await startHttpServer((response) => answer(response, 200, { lifecycle_hooks: [] }));
  await using client = clientOf(server);
  const signal = AbortSignal.abort(reason);
  expect(await rejection(client.lifecycleHooks.list(groupId, { signal }))).toBe(reason);
  expect(await rejection(client.projectId({ signal }))).toBe(reason);
  expect(server.connections).toBe(0);
});

test("a call in flight rejects with the signal's reason, a create too", async () => {
  const controllers = [new AbortController(), new AbortController()];
  await using server = await startHttpServer((_response, _request, count) =>
    controllers[count]?.abort(reason),
  );
  await using client = clientOf(server, { maxRetries: 5 });
  const listing = client.lifecycleHooks.list(groupId, { signal: controllers[0]?.signal });
  expect(await rejection(listing)).toBe(reason);
  const creating = client.lifecycleHooks.create(groupId, hookInput, { signal: controllers[1]?.signal });
  expect(await rejection(creating)).toBe(reason);
  expect(server.requests).toHaveLength(2);
});

test("a call whose connection is still being made rejects with the signal's reason", async () => {
  const controller = new AbortController();
  // A server that never says a word of TLS.
  await using silent = await startTcpServer(() => controller.abort(reason));
  const client = clientOf({ url: `https://127.0.0.1:${silent.port}` }, { timeouts: { connect: 60_000 } });
  expect(await rejection(client.lifecycleHooks.list(groupId, { signal: controller.signal }))).toBe(reason);
});

test("a call whose response is half there rejects with the signal's reason", async () => {
  const controller = new AbortController();
  await using server = await startHttpServer((response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("{", () => setImmediate(() => controller.abort(reason)));
  });
  await using client = clientOf(server, { maxRetries: 5 });
  expect(await rejection(client.lifecycleHooks.list(groupId, { signal: controller.signal }))).toBe(reason);
  expect(server.requests).toHaveLength(1);
});

test("a call that waits for another attempt rejects with the signal's reason", async () => {
  const controller = new AbortController();
  await using server = await startHttpServer((response) => answer(response, 503));
  const observer = { onResponse: () => setImmediate(() => controller.abort(reason)) };
  await using caller = callerOf({ observer, random: () => 0.999 });
  expect(await rejection(caller.call(readCall(server), { signal: controller.signal }))).toBe(reason);
  expect(server.requests).toHaveLength(1);
});

test("a call that waits for the rate limiter rejects with the signal's reason", async () => {
  const controller = new AbortController();
  await using server = await startHttpServer((response) =>
    answer(response, 429, {}, { "retry-after": "60" }),
  );
  const observer = { onResponse: () => setImmediate(() => controller.abort(reason)) };
  await using caller = callerOf({ observer });
  expect(await rejection(caller.call(readCall(server), { signal: controller.signal }))).toBe(reason);
  // Another that comes meanwhile waits as well, and can give up as well.
  const later = new AbortController();
  const waiting = caller.call(createCall(server, { operation: "lifecycleHooks.list" }), {
    signal: later.signal,
  });
  later.abort(reason);
  expect(await rejection(waiting)).toBe(reason);
  expect(server.requests).toHaveLength(1);
});

test("a call that waits for credentials rejects with the signal's reason, while the fetch goes on for the others", async () => {
  const fetched = Promise.withResolvers<typeof keys>();
  await using server = await startHttpServer((response) => answer(response, 200, { lifecycle_hooks: [] }));
  await using client = clientOf(server, { credentials: () => fetched.promise });
  const controller = new AbortController();
  const impatient = client.lifecycleHooks.list(groupId, { signal: controller.signal });
  const patient = client.lifecycleHooks.list(groupId);
  controller.abort(reason);
  expect(await rejection(impatient)).toBe(reason);
  fetched.resolve(keys);
  await expect(patient).resolves.toEqual([]);
  expect(server.requests).toHaveLength(1);
});

test("the wait for a hanging instance rejects with the signal's reason between two looks", async () => {
  const controller = new AbortController();
  await using server = await startHttpServer((response) =>
    answer(response, 200, { instance_hanging_info: [] }),
  );
  await using client = clientOf(server, { onResponse: () => setImmediate(() => controller.abort(reason)) });
  const { signal } = controller;
  const waiting = client.hangingInstances.waitFor(groupId, () => true, { interval: 60_000, signal });
  expect(await rejection(waiting)).toBe(reason);
  expect(server.requests).toHaveLength(1);
});

test("a client goes on after an aborted call", async () => {
  const controller = new AbortController();
  await using server = await startHttpServer((response, _request, count) => {
    if (count === 0) controller.abort(reason);
    else answer(response, 200, { lifecycle_hooks: [] });
  });
  await using client = clientOf(server);
  await rejection(client.lifecycleHooks.list(groupId, { signal: controller.signal }));
  await expect(client.lifecycleHooks.list(groupId)).resolves.toEqual([]);
});
