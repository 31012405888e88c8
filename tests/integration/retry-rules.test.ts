import { describe, expect, test } from "vitest";
import { isNotFound } from "../../sdk/errors/codes";
import { isAmbiguousError, isConnectionError, isServiceError } from "../../sdk/errors/errors";
import { callerOf, clientOf, createCall, groupId, hookInput, readCall, rejection } from "../support/sdk";
import { always, firstly, startHttpServer, startTcpServer } from "../support/servers";

/** What is tried again after which response stands in unit/classify.test.ts; here is what a call makes of it. */

const code = (error: string) => ({ error: { code: error, message: "" } });
const fault = { error_code: "APIGW.0613" };

describe("a fault that passes", () => {
  test.each([
    ["a service that is down", [503, fault]],
    ["a connection that ends", "lost"],
  ] as const)("is followed by another attempt of a read until it passes: %s", async (_, trouble) => {
    await using server = await startHttpServer(firstly(trouble, trouble));
    await using caller = callerOf();
    await expect(caller.call(readCall(server))).resolves.toEqual({});
    expect(server.requests).toHaveLength(3);
  });

  test.each([2, 0])("is followed by %i attempts, and then told as what may pass", async (maxRetries) => {
    await using server = await startHttpServer(always(503, fault));
    await using gone = await startTcpServer((socket) => socket.destroy());
    await using caller = callerOf({ maxRetries });
    const refused = await rejection(caller.call(readCall(server)));
    expect(isServiceError(refused) && refused.retryable).toBe(true);
    expect(server.requests).toHaveLength(1 + maxRetries);
    const lost = await rejection(caller.call(readCall(gone)));
    expect(isConnectionError(lost) && lost.retryable).toBe(true);
    expect(gone.connections).toBe(1 + maxRetries);
  });

  test("is followed by another attempt of a create where the request has not left", async () => {
    const gone = await startHttpServer(() => {});
    await gone[Symbol.asyncDispose]();
    const attempts: number[] = [];
    await using caller = callerOf({ observer: { onRequest: ({ attempt }) => attempts.push(attempt) } });
    expect(isConnectionError(await rejection(caller.call(createCall(gone))))).toBe(true);
    expect(attempts).toEqual([0, 1, 2, 3]);
  });
});

describe("a create", () => {
  test("is not sent twice after a 502, behind which its answer may have been lost", async () => {
    await using server = await startHttpServer(always(502));
    await using client = clientOf(server, { maxRetries: 3 });
    const error = await rejection(client.lifecycleHooks.create(groupId, hookInput));
    expect(isAmbiguousError(error)).toBe(true);
    expect(error).toMatchObject({ status: 502, operation: "lifecycleHooks.create" });
    expect(isServiceError(error.cause)).toBe(true);
    expect(server.requests).toHaveLength(1);
  });

  const internal = [500, code("AS.0001")] as const;
  const taken = [400, code("AS.7041")] as const;
  test.each([
    [
      "undecided when the name is taken after an internal error: it may have been made then",
      [internal, taken],
      true,
    ],
    ["undecided when its second answer is lost", [internal, "lost"], true],
    ["a plain refusal when the name was taken at once", [taken], false],
  ] as const)("is %s", async (_, answers, isUndecided) => {
    await using server = await startHttpServer(firstly(...answers));
    await using caller = callerOf();
    const error = await rejection(caller.call(createCall(server)));
    expect(isAmbiguousError(error)).toBe(isUndecided);
    if (answers.at(-1) === taken) expect(error).toMatchObject({ code: "AS.7041", status: 400 });
    expect(server.requests).toHaveLength(answers.length);
  });
});

test("a callback is not sent again after an internal error, behind which it may have added its hour", async () => {
  await using server = await startHttpServer(firstly([500, code("AS.0001")]));
  await using client = clientOf(server, { maxRetries: 3 });
  const extend = { lifecycleActionResult: "EXTEND", lifecycleActionKey: "4f" } as const;
  const error = await rejection(client.hangingInstances.complete(groupId, extend));
  expect(isAmbiguousError(error)).toBe(true);
  expect(error).toMatchObject({ status: 500, operation: "hangingInstances.complete" });
  expect(server.requests).toHaveLength(1);
});

test("an update and a delete are sent again after a lost answer: twice does no more than once", async () => {
  await using server = await startHttpServer(firstly("lost", [200, {}], "lost", [204]));
  await using caller = callerOf();
  const update = { operation: "lifecycleHooks.update", method: "PUT", body: "{}" } as const;
  await caller.call(readCall(server, update));
  await caller.call(readCall(server, { operation: "lifecycleHooks.delete", method: "DELETE" }));
  expect(server.requests.map(({ method }) => method)).toEqual(["PUT", "PUT", "DELETE", "DELETE"]);
});

describe("a delete", () => {
  const gone = [404, code("AS.0007")] as const;

  test.each([gone, [400, code("AS.2007")]] as const)(
    "that is sent again after a lost answer has worked when the second answer is %i %j",
    async (...second) => {
      await using server = await startHttpServer(firstly("lost", second));
      await using client = clientOf(server, { maxRetries: 3 });
      await expect(client.lifecycleHooks.delete(groupId, "drain")).resolves.toBeUndefined();
      expect(server.requests).toHaveLength(2);
    },
  );

  test.each([
    ["at once", [gone], "AS.0007"],
    [
      "after the service has only throttled the first one",
      [[429, {}, { "retry-after": "0" }], gone],
      "AS.0007",
    ],
    ["by something on the way after a lost answer", ["lost", [404, "<h1>Not Found</h1>"]], undefined],
  ] as const)("is a refusal when a 404 comes %s", async (_, answers, told) => {
    await using server = await startHttpServer(firstly(...answers));
    await using client = clientOf(server, { maxRetries: 3 });
    const error = await rejection(client.lifecycleHooks.delete(groupId, "drain"));
    expect(error).toMatchObject({ status: 404, code: told });
    expect(isNotFound(error)).toBe(true);
  });
});

test("each try is signed anew, with the date of its own moment", async () => {
  let now = Date.UTC(2026, 0, 2, 3, 4, 5);
  await using server = await startHttpServer(firstly([503]));
  const onResponse = () => {
    now += 60_000;
  };
  await using caller = callerOf({ now: () => now, observer: { onResponse } });
  await caller.call(readCall(server));
  expect(server.requests.map(({ headers }) => headers["x-sdk-date"])).toEqual([
    "20260102T030405Z",
    "20260102T030505Z",
  ]);
  expect(new Set(server.requests.map(({ headers }) => headers.authorization)).size).toBe(2);
});

test("an observer sees each attempt, with its number and its result", async () => {
  await using server = await startHttpServer(
    firstly("lost", [503, {}, { "x-request-id": "r1" }], [200, {}, { "x-request-id": "r2" }]),
  );
  const seen: unknown[] = [];
  await using caller = callerOf({ observer: { onResponse: (event) => seen.push(event) } });
  await caller.call(readCall(server, { query: [["name", "a b"]] }));
  const url = `${server.url}/hooks?name=a%20b`;
  const about = { operation: "lifecycleHooks.list", method: "GET", url, durationMs: expect.any(Number) };
  const answered = { ...about, date: expect.any(Date) };
  expect(seen).toEqual([
    { ...about, attempt: 0, failure: expect.stringContaining("other side closed") },
    { ...answered, attempt: 1, status: 503, requestId: "r1" },
    { ...answered, attempt: 2, status: 200, requestId: "r2" },
  ]);
});
