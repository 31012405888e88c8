import { once } from "node:events";
import { describe, expect, test } from "vitest";
import type { Observer, RetryEvent } from "../../sdk";
import { isServiceError } from "../../sdk/errors/errors";
import { callerOf, clientOf, createCall, groupId, readCall, rejection } from "../support/sdk";
import { always, answer, firstly, startHttpServer } from "../support/servers";

const full = new Error("the log is full");
const changed = { status: 200, attempt: 7, url: "https://elsewhere.example.com" };

describe.each<[string, (event: object) => unknown]>([
  [
    "throws",
    () => {
      throw full;
    },
  ],
  ["rejects", () => Promise.reject(full)],
  ["never ends", () => new Promise(() => {})],
  ["changes the event", (event) => Object.assign(event, changed)],
])("an observer that %s", (_, callback) => {
  const observer: Observer = { onRequest: callback, onResponse: callback, onRetry: callback };

  test("changes neither the result of a call nor how often it is sent", async () => {
    await using server = await startHttpServer(
      firstly([503], [503], [200, {}], [400, { error_code: "AS.7038" }]),
    );
    await using caller = callerOf({ observer });
    await expect(caller.call(readCall(server), { onResponse: callback })).resolves.toEqual({});
    expect(server.requests).toHaveLength(3);
    const error = await rejection(caller.call(createCall(server)));
    expect(isServiceError(error) && error.code).toBe("AS.7038");
    expect(server.requests).toHaveLength(4);
  });

  test("does not slow down the calls that follow", async () => {
    await using server = await startHttpServer(always(200, {}));
    await using caller = callerOf({ observer });
    await Promise.all(Array.from({ length: 300 }, () => caller.call(readCall(server))));
    expect(server.requests).toHaveLength(300);
  });
});

test("an observer that fails is told as a warning of the process", async () => {
  await using server = await startHttpServer(always(200, {}));
  await using caller = callerOf({ observer: { onResponse: () => Promise.reject(full) } });
  const warned = once(process, "warning");
  await caller.call(readCall(server));
  expect(String((await warned)[0])).toContain("an observer of the client failed: Error: the log is full");
});

test("an observer hears of each retry: after which error, and when", async () => {
  const throttled = [429, {}, { "retry-after": "0" }] as const;
  await using server = await startHttpServer(firstly([503, {}, { "retry-after": "0.001" }], throttled));
  const heard: RetryEvent[] = [];
  await using caller = callerOf({ observer: { onRetry: (event) => heard.push(event) } });
  await caller.call(readCall(server));
  const about = { operation: "lifecycleHooks.list", method: "GET", url: `${server.url}/hooks` };
  expect(heard).toMatchObject([
    { ...about, attempt: 0, delayMs: 1, error: { status: 503 } },
    { ...about, attempt: 1, delayMs: undefined, error: { status: 429 } },
  ]);
});

test("the option onResponse of a call tells its request id, and no other call's", async () => {
  await using server = await startHttpServer((response, _request, count) =>
    answer(response, 200, { lifecycle_hooks: [] }, { "x-request-id": `r${count}` }),
  );
  await using client = clientOf(server);
  const ids: unknown[] = [];
  const onResponse: Observer["onResponse"] = ({ requestId }) => ids.push(requestId);
  for (const options of [{}, { onResponse }, {}]) await client.lifecycleHooks.list(groupId, options);
  expect(ids).toEqual(["r1"]);
});
