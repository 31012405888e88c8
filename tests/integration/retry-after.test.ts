import { describe, expect, test } from "vitest";
import { callerOf, createCall, readCall, rejection } from "../support/sdk";
import { always, firstly, startHttpServer } from "../support/servers";

const throttled = { error_code: "APIGW.0308", error_msg: "limit:26,time:1 second" };

test("a throttled call is tried again, a create too, since the service has not taken it", async () => {
  await using server = await startHttpServer(firstly([429, throttled, { "retry-after": "0" }]));
  await using caller = callerOf();
  await expect(caller.call(createCall(server))).resolves.toEqual({});
  expect(server.requests).toHaveLength(2);
});

test("a throttled call fails at once where trying again is turned off", async () => {
  await using server = await startHttpServer(always(429, throttled));
  await using caller = callerOf({ maxRetries: 0 });
  expect(await rejection(caller.call(readCall(server)))).toMatchObject({ status: 429 });
  expect(server.requests).toHaveLength(1);
});

describe("Retry-After", () => {
  test.each([429, 503])("of a %i is waited for, written as a date", async (status) => {
    // A whole second in the header, and a clock that is 120 ms before it: the test need not wait for a second.
    const moment = Date.UTC(2026, 0, 2, 3, 4, 5);
    const header = { "retry-after": new Date(moment).toUTCString() };
    await using server = await startHttpServer(firstly([status, {}, header]));
    await using caller = callerOf({ now: () => moment - 120 });
    await caller.call(readCall(server));
    const [first, second] = server.requests;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(115);
  });

  test.each([
    [429, throttled, "too many requests"],
    [403, throttled, "too many requests"],
    [503, undefined, "HTTP 503"],
  ])("of a %i %j does not outlast the call", async (status, body, text) => {
    await using server = await startHttpServer(always(status, body, { "retry-after": "60" }));
    await using caller = callerOf({ callTimeout: 300 });
    const error = await rejection(caller.call(readCall(server)));
    expect(error).toMatchObject({ status, retryable: true, message: expect.stringContaining(text) });
    expect(server.requests).toHaveLength(1);
  });
});
