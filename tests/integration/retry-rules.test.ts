import { describe, expect, test } from "vitest";
import { isNotFound } from "../../sdk/errors/codes";
import { isAmbiguousError, isConnectionError, isServiceError } from "../../sdk/errors/errors";
import {
  callerOf,
  clientOf,
  createCall,
  groupId,
  hookInput,
  readCall,
  rejection,
  wireHook,
} from "../support/sdk";
import { always, answer, firstly, startHttpServer, startTcpServer } from "../support/servers";

const code = (error: string) => ({ error: { code: error, message: "" } });

const fault = { error_code: "APIGW.0613" };

describe("a fault that passes", () => {
  test("is followed by another attempt of a read until it passes", async () => {
    await using server = await startHttpServer(firstly([503, fault], [502]));
    await using caller = callerOf();
    await expect(caller.call(readCall(server))).resolves.toEqual({});
    expect(server.requests).toHaveLength(3);
  });

  test.each([2, 0])("is followed by %i attempts, and then told as what may pass", async (maxRetries) => {
    await using server = await startHttpServer(always(503, fault));
    await using caller = callerOf({ maxRetries });
    const error = await rejection(caller.call(readCall(server)));
    expect(isServiceError(error) && error.retryable).toBe(true);
    expect(server.requests).toHaveLength(1 + maxRetries);
  });
});

test("a refusal that does not pass is not followed by another attempt", async () => {
  await using server = await startHttpServer(always(400, code("AS.2033")));
  await using caller = callerOf();
  const error = await rejection(caller.call(readCall(server)));
  expect(isServiceError(error) && error.retryable).toBe(false);
  expect(server.requests).toHaveLength(1);
});

describe("a connection error", () => {
  test("is tried again until it passes", async () => {
    await using server = await startHttpServer((response, _request, count) => {
      if (count < 2) response.destroy();
      else answer(response, 200, {});
    });
    await using caller = callerOf();
    await expect(caller.call(readCall(server))).resolves.toEqual({});
    expect(server.requests).toHaveLength(3);
  });

  test("is tried again so many times", async () => {
    await using server = await startTcpServer((socket) => socket.destroy());
    await using caller = callerOf({ maxRetries: 2 });
    const error = await rejection(caller.call(readCall(server)));
    expect(isConnectionError(error) && error.retryable).toBe(true);
    expect(server.connections).toBe(3);
  });

  test("is tried again for a create only where the request has not left", async () => {
    const gone = await startHttpServer(() => {});
    await gone[Symbol.asyncDispose]();
    const events: string[] = [];
    await using caller = callerOf({ observer: { onRequest: ({ attempt }) => events.push(String(attempt)) } });
    expect(isConnectionError(await rejection(caller.call(createCall(gone))))).toBe(true);
    expect(events).toEqual(["0", "1", "2", "3"]);
  });
});

describe("a create", () => {
  test.each([
    ["502", 502, undefined],
    ["503", 503, undefined],
    ["504", 504, undefined],
    ["500 of a proxy", 500, "<html>oops</html>"],
  ])("is not sent twice after a %s, behind which its answer may have been lost", async (_, status, body) => {
    await using server = await startHttpServer(always(status, body));
    await using client = clientOf(server, { maxRetries: 3 });
    const error = await rejection(client.lifecycleHooks.create(groupId, hookInput));
    expect(isAmbiguousError(error)).toBe(true);
    expect(error).toMatchObject({ status, operation: "lifecycleHooks.create" });
    expect(isServiceError(error.cause)).toBe(true);
    expect(server.requests).toHaveLength(1);
  });

  test("is undecided when the name is taken after such an answer: the first one may have made it", async () => {
    await using server = await startHttpServer(firstly([500, code("AS.0001")], [400, code("AS.7041")]));
    await using caller = callerOf();
    const error = await rejection(caller.call(createCall(server)));
    expect(isAmbiguousError(error)).toBe(true);
    expect(error).toMatchObject({ code: "AS.7041", status: 400 });
    expect(server.requests).toHaveLength(2);
  });

  test("is a plain refusal when the name was taken at once", async () => {
    await using server = await startHttpServer(always(400, code("AS.7041")));
    await using caller = callerOf();
    const error = await rejection(caller.call(createCall(server)));
    expect(isAmbiguousError(error)).toBe(false);
    expect(error).toMatchObject({ code: "AS.7041" });
  });

  test("gives up its second try when the answer is lost then", async () => {
    await using server = await startHttpServer((response, _request, count) => {
      if (count === 0) answer(response, 500, code("AS.0001"));
      else response.destroy();
    });
    await using caller = callerOf();
    expect(isAmbiguousError(await rejection(caller.call(createCall(server))))).toBe(true);
    expect(server.requests).toHaveLength(2);
  });
});

test("an update and a delete are sent again after a lost answer: twice does no more than once", async () => {
  await using server = await startHttpServer((response, { method }, count) => {
    if (count % 2 === 0) response.destroy();
    else if (method === "PUT") answer(response, 200, wireHook);
    else answer(response, 204);
  });
  await using caller = callerOf();
  const base = { endpoint: server.url, body: "{}" };
  await caller.call(readCall(server, { ...base, operation: "lifecycleHooks.update", method: "PUT" }));
  await caller.call(readCall(server, { ...base, operation: "lifecycleHooks.delete", method: "DELETE" }));
  expect(server.requests.map(({ method }) => method)).toEqual(["PUT", "PUT", "DELETE", "DELETE"]);
});

describe("a callback", () => {
  const extend = { lifecycleActionResult: "EXTEND", lifecycleActionKey: "4f" } as const;

  test.each([
    ["500 AS.0001", 500, code("AS.0001")],
    ["500 APIGW.0601", 500, { error_code: "APIGW.0601" }],
    ["503", 503, undefined],
  ])("is not sent again after a %s, behind which it may have added its hour", async (_, status, body) => {
    await using server = await startHttpServer(firstly([status, body]));
    await using client = clientOf(server, { maxRetries: 3 });
    const error = await rejection(client.hangingInstances.complete(groupId, extend));
    expect(isAmbiguousError(error)).toBe(true);
    expect(error).toMatchObject({ status, operation: "hangingInstances.complete" });
    expect(server.requests).toHaveLength(1);
  });

  test("is sent again where the gateway has not passed it on", async () => {
    await using server = await startHttpServer(firstly([503, { error_code: "APIGW.0613" }]));
    await using caller = callerOf();
    await caller.call(createCall(server, { operation: "hangingInstances.complete" }));
    expect(server.requests).toHaveLength(2);
  });
});

describe("a delete that is sent again", () => {
  test.each(["AS.0007", "AS.2007"])("has worked when the second answer is %s", async (gone) => {
    await using server = await startHttpServer((response, _request, count) => {
      if (count === 0) response.destroy();
      else answer(response, gone === "AS.2007" ? 400 : 404, code(gone));
    });
    await using client = clientOf(server, { maxRetries: 3 });
    await expect(client.lifecycleHooks.delete(groupId, "drain")).resolves.toBeUndefined();
    expect(server.requests).toHaveLength(2);
  });

  test("is a refusal when the second answer is a 404 of something on the way", async () => {
    await using server = await startHttpServer((response, _request, count) => {
      if (count === 0) response.destroy();
      else answer(response, 404, "<h1>Not Found</h1>");
    });
    await using client = clientOf(server, { maxRetries: 3 });
    expect(await rejection(client.lifecycleHooks.delete(groupId, "drain"))).toMatchObject({ status: 404 });
  });

  test("was gone before when the first answer says so", async () => {
    await using server = await startHttpServer(always(404, code("AS.0007")));
    await using client = clientOf(server, { maxRetries: 3 });
    expect(isNotFound(await rejection(client.lifecycleHooks.delete(groupId, "drain")))).toBe(true);
  });

  test("was gone before when the service has only throttled the first one", async () => {
    await using server = await startHttpServer(
      firstly([429, {}, { "retry-after": "0" }], [404, code("AS.0007")]),
    );
    await using client = clientOf(server, { maxRetries: 3 });
    expect(isNotFound(await rejection(client.lifecycleHooks.delete(groupId, "drain")))).toBe(true);
  });
});

test("each try is signed anew, with the date of its own moment", async () => {
  let now = Date.UTC(2026, 0, 2, 3, 4, 5);
  await using server = await startHttpServer((response, _request, count) => {
    now += 60_000;
    answer(response, count === 0 ? 503 : 200, {});
  });
  await using caller = callerOf({ now: () => now });
  await caller.call(readCall(server));
  expect(server.requests.map(({ headers }) => headers["x-sdk-date"])).toEqual([
    "20260102T030405Z",
    "20260102T030505Z",
  ]);
  const signatures = server.requests.map(({ headers }) => headers.authorization);
  expect(new Set(signatures).size).toBe(2);
});

test("an observer sees each attempt, with its number and its result", async () => {
  await using server = await startHttpServer((response, _request, count) => {
    if (count === 0) response.destroy();
    else answer(response, count === 1 ? 503 : 200, {}, { "x-request-id": `r${count}` });
  });
  const seen: unknown[] = [];
  await using caller = callerOf({ observer: { onResponse: (event) => seen.push(event) } });
  await caller.call(readCall(server, { query: [["name", "a b"]] }));
  const about = { operation: "lifecycleHooks.list", method: "GET", url: `${server.url}/hooks?name=a%20b` };
  expect(seen).toEqual([
    {
      ...about,
      attempt: 0,
      durationMs: expect.any(Number),
      failure: expect.stringContaining("other side closed"),
    },
    {
      ...about,
      attempt: 1,
      durationMs: expect.any(Number),
      date: expect.any(Date),
      status: 503,
      requestId: "r1",
    },
    {
      ...about,
      attempt: 2,
      durationMs: expect.any(Number),
      date: expect.any(Date),
      status: 200,
      requestId: "r2",
    },
  ]);
});
