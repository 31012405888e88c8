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
import { always, firstly, noHooks, startHttpServer, startTcpServer } from "../support/servers";

const reason = new Error("the user has given up");

/** A signal that aborts when something has happened, a turn of the event loop later. */
function giveUp() {
  const controller = new AbortController();
  const now = () => controller.abort(reason);
  return { signal: controller.signal, now, soon: () => void setImmediate(now) };
}

test("a signal that was aborted before sends nothing", async () => {
  await using server = await startHttpServer(noHooks);
  await using client = clientOf(server);
  const signal = AbortSignal.abort(reason);
  expect(await rejection(client.lifecycleHooks.list(groupId, { signal }))).toBe(reason);
  expect(await rejection(client.projectId({ signal }))).toBe(reason);
  expect(server.connections).toBe(0);
});

test("calls in flight reject with the signal's reason, a create too, and the client goes on after them", async () => {
  const [first, second] = [giveUp(), giveUp()];
  await using server = await startHttpServer((response, request, count) => {
    if (count === 2) noHooks(response, request, count);
    else (count === 0 ? first : second).now();
  });
  await using client = clientOf(server, { maxRetries: 5 });
  const { lifecycleHooks } = client;
  expect(await rejection(lifecycleHooks.list(groupId, { signal: first.signal }))).toBe(reason);
  const { signal } = second;
  expect(await rejection(lifecycleHooks.create(groupId, hookInput, { signal }))).toBe(reason);
  await expect(lifecycleHooks.list(groupId)).resolves.toEqual([]);
  expect(server.requests).toHaveLength(3);
});

test("a call whose connection is still being made rejects with the signal's reason, and closing does not wait", async () => {
  const { signal, now } = giveUp();
  // A server that never says a word of TLS.
  await using silent = await startTcpServer(now);
  const client = clientOf({ url: `https://127.0.0.1:${silent.port}` }, { timeouts: { connect: 60_000 } });
  expect(await rejection(client.lifecycleHooks.list(groupId, { signal }))).toBe(reason);
  const start = performance.now();
  await client.close();
  expect(performance.now() - start).toBeLessThan(1_000);
});

test("a call whose response is half there rejects with the signal's reason", async () => {
  const { signal, soon } = giveUp();
  await using server = await startHttpServer((response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("{", soon);
  });
  await using client = clientOf(server, { maxRetries: 5 });
  expect(await rejection(client.lifecycleHooks.list(groupId, { signal }))).toBe(reason);
  expect(server.requests).toHaveLength(1);
});

test("a call that waits for another attempt rejects with the signal's reason", async () => {
  const { signal, soon } = giveUp();
  await using server = await startHttpServer(always(503));
  await using caller = callerOf({ observer: { onResponse: soon }, random: () => 0.999 });
  expect(await rejection(caller.call(readCall(server), { signal }))).toBe(reason);
  expect(server.requests).toHaveLength(1);
});

test("a call that waits for the rate limiter rejects with the signal's reason", async () => {
  const { signal, soon } = giveUp();
  await using server = await startHttpServer(firstly([429, {}, { "retry-after": "60" }]));
  await using caller = callerOf({ observer: { onResponse: soon } });
  expect(await rejection(caller.call(readCall(server), { signal }))).toBe(reason);
  // Another that comes meanwhile waits as well, and can give up as well.
  const later = giveUp();
  const call = createCall(server, { operation: "lifecycleHooks.list" });
  const waiting = caller.call(call, { signal: later.signal });
  later.now();
  expect(await rejection(waiting)).toBe(reason);
  expect(server.requests).toHaveLength(1);
});

test("a call that waits for credentials rejects with the signal's reason, while the fetch goes on for the others", async () => {
  const { signal, now } = giveUp();
  const fetched = Promise.withResolvers<typeof keys>();
  await using server = await startHttpServer(noHooks);
  await using client = clientOf(server, { credentials: () => fetched.promise });
  const impatient = client.lifecycleHooks.list(groupId, { signal });
  const patient = client.lifecycleHooks.list(groupId);
  now();
  expect(await rejection(impatient)).toBe(reason);
  fetched.resolve(keys);
  await expect(patient).resolves.toEqual([]);
  expect(server.requests).toHaveLength(1);
});

test("the wait for a hanging instance rejects with the signal's reason between two looks", async () => {
  const { signal, soon } = giveUp();
  await using server = await startHttpServer(always(200, { instance_hanging_info: [] }));
  await using client = clientOf(server, { onResponse: soon });
  const waiting = client.hangingInstances.waitFor(groupId, () => true, { interval: 60_000, signal });
  expect(await rejection(waiting)).toBe(reason);
  expect(server.requests).toHaveLength(1);
});
