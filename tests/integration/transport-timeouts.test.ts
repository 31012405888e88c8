import { describe, expect, test } from "vitest";
import { isAmbiguousError, isConnectionError, isTimeoutError } from "../../sdk/errors/errors";
import { callerOf, clientOf, createCall, groupId, hookInput, readCall, rejection } from "../support/sdk";
import { always, noHooks, startHttpServer, startTcpServer } from "../support/servers";

/** Enough for everything else; what is tested is far shorter. */
const long = 60_000;
const timeouts = { connect: long, headers: long, body: long, call: long };

// undici looks at the clock about once a second, so each of its time-outs takes that long: side by side.
describe.concurrent("a time-out", () => {
  test("for connecting counts until TLS stands; the service has not been asked", async () => {
    await using silent = await startTcpServer(() => {});
    const url = `https://127.0.0.1:${silent.port}`;
    await using client = clientOf({ url }, { timeouts: { ...timeouts, connect: 50 } });
    const error = await rejection(client.lifecycleHooks.create(groupId, hookInput));
    expect(isConnectionError(error) && error.retryable).toBe(true);
    expect(error.message).toMatch(/no response: Connect Timeout Error .*UND_ERR_CONNECT_TIMEOUT/);
  });

  test("for the headers ends a call without a response", async () => {
    await using silent = await startHttpServer(() => {});
    await using client = clientOf(silent, { timeouts: { ...timeouts, headers: 50 } });
    const error = await rejection(client.lifecycleHooks.list(groupId));
    expect(isConnectionError(error) && error.retryable).toBe(true);
    expect(error.message).toContain("no response: Headers Timeout Error (UND_ERR_HEADERS_TIMEOUT)");
    expect(silent.requests).toHaveLength(1);
  });

  test("for the body ends an answer that stops in the middle", async () => {
    await using server = await startHttpServer((response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("{");
    });
    await using client = clientOf(server, { timeouts: { ...timeouts, body: 50 } });
    const error = await rejection(client.lifecycleHooks.list(groupId));
    expect(isConnectionError(error)).toBe(true);
    expect(error.message).toContain("no response: Body Timeout Error (UND_ERR_BODY_TIMEOUT)");
  });

  test("for a proxy that never makes the tunnel is that for connecting", async () => {
    await using silent = await startTcpServer(() => {});
    await using caller = callerOf({
      environment: { HTTPS_PROXY: silent.url },
      timeouts: { ...timeouts, connect: 50 },
      callTimeout: long,
      maxRetries: 0,
    });
    const error = await rejection(caller.call(readCall({ url: "https://as.example.com" })));
    expect(isConnectionError(error)).toBe(true);
    expect(silent.connections).toBe(1);
  });
});

describe("the time for the whole call", () => {
  test("ends one that is not answered, and leaves a create undecided", async () => {
    await using silent = await startHttpServer(() => {});
    await using client = clientOf(silent, { timeouts: { ...timeouts, call: 50 }, maxRetries: 5 });
    const error = await rejection(client.lifecycleHooks.list(groupId));
    expect(isConnectionError(error) && error.retryable).toBe(true);
    expect(error.message).toContain("the call took longer than its 0.05 s");
    expect(isAmbiguousError(await rejection(client.lifecycleHooks.create(groupId, hookInput)))).toBe(true);
    expect(silent.requests).toHaveLength(2);
  });

  test("ends an answer that drips slowly, each drop in time", async () => {
    await using server = await startHttpServer((response) => {
      response.writeHead(200);
      const dripping = setInterval(() => response.write(" "), 5);
      response.once("close", () => clearInterval(dripping));
    });
    await using client = clientOf(server, { timeouts: { ...timeouts, call: 100 } });
    const error = await rejection(client.lifecycleHooks.list(groupId));
    expect(error.message).toContain("the call took longer than its 0.1 s");
  });

  test("that passes while the connection is still being made leaves no create in doubt", async () => {
    await using silent = await startTcpServer(() => {});
    const url = `https://127.0.0.1:${silent.port}`;
    await using client = clientOf({ url }, { timeouts: { ...timeouts, call: 50 } });
    const error = await rejection(client.lifecycleHooks.create(groupId, hookInput));
    expect(isAmbiguousError(error)).toBe(false);
    expect(isTimeoutError(error) && error.retryable).toBe(true);
  });

  test("ends the look-up of the project", async () => {
    await using silent = await startHttpServer(() => {});
    await using client = clientOf(silent, { projectId: undefined, timeouts: { ...timeouts, call: 50 } });
    const error = await rejection(client.lifecycleHooks.create(groupId, hookInput, { timeout: 40 }));
    expect(error.message).toContain('creating lifecycle hook "drain"');
    expect(error.message).toContain("the call took longer than its 0.04 s");
    expect(isTimeoutError(error)).toBe(true);
    expect(isTimeoutError(await rejection(client.projectId({ timeout: 40 })))).toBe(true);
  });

  test("ends the wait for another try, and says why there was to be one", async () => {
    await using server = await startHttpServer(always(503, { error_code: "APIGW.0613" }));
    await using caller = callerOf({ callTimeout: 50, random: () => 0.999 });
    const error = await rejection(caller.call(createCall(server)));
    expect(error.message).toContain("IAM is unavailable");
    expect(server.requests).toHaveLength(1);
  });

  test("ends the wait for credentials", async () => {
    await using server = await startHttpServer(noHooks);
    await using client = clientOf(server, {
      credentials: () => new Promise(() => {}),
      timeouts: { ...timeouts, call: 50 },
    });
    const error = await rejection(client.lifecycleHooks.list(groupId));
    expect(error.message).toContain("the call took longer than its 0.05 s");
    expect(server.connections).toBe(0);
  });
});
