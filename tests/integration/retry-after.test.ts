import { describe, expect, test } from "vitest";
import { callerOf, clientOf, createCall, groupId, readCall, rejection } from "../support/sdk";
import { always, firstly, startHttpServer } from "../support/servers";

describe("429", () => {
  test("is tried again, a create too, since the service has not taken it", async () => {
    await using server = await startHttpServer(
      firstly([
        429,
        { error_code: "APIGW.0308", error_msg: "limit:26,time:1 second" },
        { "retry-after": "0" },
      ]),
    );
    await using caller = callerOf();
    await expect(caller.call(createCall(server))).resolves.toEqual({});
    expect(server.requests).toHaveLength(2);
  });

  test("waits as long as Retry-After says, written as a date", async () => {
    // A whole second in the header, and a clock that is 120 ms before it: the test need not wait for a second.
    const moment = Date.UTC(2026, 0, 2, 3, 4, 5);
    await using server = await startHttpServer(
      firstly([429, {}, { "retry-after": new Date(moment).toUTCString() }]),
    );
    await using caller = callerOf({ now: () => moment - 120 });
    await caller.call(readCall(server));
    const [first, second] = server.requests;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(115);
  });

  test("does not count as a try, but is bounded by the time of the call", async () => {
    await using server = await startHttpServer(
      always(429, { error_code: "APIGW.0308" }, { "retry-after": "60" }),
    );
    await using caller = callerOf({ maxRetries: 1, callTimeout: 60 });
    const error = await rejection(caller.call(readCall(server)));
    expect(error).toMatchObject({ status: 429, code: "APIGW.0308", retryable: true });
    expect(error.message).toContain("too many requests");
    expect(server.requests).toHaveLength(1);
  });

  test("is known by its code as well, and waited for in the same way", async () => {
    await using server = await startHttpServer(
      always(403, { error_code: "APIGW.0308" }, { "retry-after": "60" }),
    );
    await using caller = callerOf({ callTimeout: 60 });
    expect(await rejection(caller.call(readCall(server)))).toMatchObject({ code: "APIGW.0308" });
    expect(server.requests).toHaveLength(1);
  });

  test("is told at once when trying again is turned off", async () => {
    await using server = await startHttpServer(always(429, { error_code: "APIGW.0308" }));
    await using client = clientOf(server, { maxRetries: 0 });
    expect(await rejection(client.lifecycleHooks.list(groupId))).toMatchObject({ status: 429 });
    expect(server.requests).toHaveLength(1);
  });
});

describe("Retry-After of a fault that passes", () => {
  test("takes the place of the random delay", async () => {
    const moment = Date.UTC(2026, 0, 2, 3, 4, 5);
    const header = { "retry-after": new Date(moment).toUTCString() };
    await using server = await startHttpServer(firstly([503, undefined, header]));
    await using caller = callerOf({ now: () => moment - 120, random: () => 0 });
    await caller.call(readCall(server));
    const [first, second] = server.requests;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(115);
  });

  test("does not outlast the call", async () => {
    await using server = await startHttpServer(always(503, undefined, { "retry-after": "3600" }));
    await using caller = callerOf({ callTimeout: 60 });
    expect(await rejection(caller.call(readCall(server)))).toMatchObject({ status: 503 });
    expect(server.requests).toHaveLength(1);
  });
});
