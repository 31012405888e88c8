import { connect } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Dispatcher } from "undici";
import { expect, test } from "vitest";
import { AutoScalingClient } from "../../sdk/client";
import { isAmbiguousError, isConnectionError, isTimeoutError } from "../../sdk/errors/errors";
import { maxConnections } from "../../sdk/http/transport";
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

test("calls that follow each other share one connection", async () => {
  await using server = await startHttpServer(noHooks);
  await using client = clientOf(server);
  for (let count = 0; count < 5; count++) {
    await client.lifecycleHooks.list(groupId);
    // undici has a connection free again a turn of the event loop after its answer was read.
    await nextTurn();
  }
  expect(server.requests).toHaveLength(5);
  expect(server.connections).toBe(1);
});

test("calls that follow each other without a pause share two", async () => {
  await using server = await startHttpServer(noHooks);
  await using client = clientOf(server);
  for (let count = 0; count < 20; count++) await client.lifecycleHooks.list(groupId);
  expect(server.connections).toBeLessThanOrEqual(2);
});

test("a redirect is not followed: its target gets no request", async () => {
  await using elsewhere = await startHttpServer(noHooks);
  await using server = await startHttpServer(always(302, undefined, { location: `${elsewhere.url}/taken` }));
  await using client = clientOf(server, { maxRetries: 3 });
  expect(await rejection(client.lifecycleHooks.list(groupId))).toMatchObject({ status: 302 });
  expect(server.requests).toHaveLength(1);
  expect(elsewhere.connections).toBe(0);
});

test.each([0, 1])(
  "a call after the client was closed fails at once and says so, also after %i calls",
  async (calls) => {
    await using server = await startHttpServer(noHooks);
    const client = clientOf(server, { maxRetries: 3 });
    for (let count = 0; count < calls; count++) await client.lifecycleHooks.list(groupId);
    await client.close();
    await client.close();
    const error = await rejection(client.lifecycleHooks.list(groupId));
    expect(error.message).toMatch(/^listing the lifecycle hooks .*: no response: the client was closed/);
    expect(isConnectionError(error) && error.retryable).toBe(false);
    expect(server.connections).toBe(calls);
  },
);

test("closing the client waits for the calls under way", async () => {
  const arrived = Promise.withResolvers<() => void>();
  await using server = await startHttpServer((...request) => arrived.resolve(() => void noHooks(...request)));
  const client = clientOf(server);
  const listing = client.lifecycleHooks.list(groupId);
  const release = await arrived.promise;
  const closing = [client.close(), client.close()];
  release();
  await expect(listing).resolves.toEqual([]);
  await Promise.all(closing);
});

test("closing the client waits for calls between two attempts and for those that still wait to be sent", async () => {
  const soon = { "retry-after": "0.05" };
  await using server = await startHttpServer(firstly([429, {}, soon], [503, {}, soon]));
  await using client = clientOf(server, { maxRetries: 5 });
  const callback = { lifecycleActionResult: "CONTINUE", lifecycleActionKey: "4f" } as const;
  const complete = () => client.hangingInstances.complete(groupId, callback);
  const results = Promise.allSettled(Array.from({ length: 200 }, complete));
  await client.close();
  const failures = (await results).filter(({ status }) => status === "rejected");
  // The 503 leaves one callback in doubt.
  expect(failures.map((failure) => "reason" in failure && isAmbiguousError(failure.reason))).toEqual([true]);
  expect(server.requests).toHaveLength(201);
});

test("closing the client waits for calls that still sign in, and not for a look-up that no call waits for", async () => {
  await using server = await startHttpServer(() => {});
  const given = Promise.withResolvers<typeof keys>();
  const client = clientOf(server, { projectId: undefined, credentials: () => given.promise });
  const listing = client.lifecycleHooks.list(groupId, { timeout: 100 });
  const closing = client.close();
  given.resolve(keys);
  expect(isTimeoutError(await rejection(listing))).toBe(true);
  const start = performance.now();
  await closing;
  expect(performance.now() - start).toBeLessThan(1_000);
  expect(server.requests.map(({ path }) => path)).toEqual(["/v3/projects?name=cn-north-4"]);
});

test("2,000 calls at once share a bounded number of connections", async () => {
  await using server = await startHttpServer(noHooks);
  await using client = clientOf(server, { timeouts: {} });
  await Promise.all(Array.from({ length: 2_000 }, () => client.lifecycleHooks.list(groupId)));
  expect(server.requests).toHaveLength(2_000);
  expect(server.connections).toBeLessThanOrEqual(maxConnections);
});

test("a dispatcher that throws is a ConnectionError, also when the call is aborted afterwards", async () => {
  const unhandled: unknown[] = [];
  const listen = (reason: unknown) => unhandled.push(reason);
  process.on("unhandledRejection", listen);
  const broken = new (class extends Dispatcher {
    override dispatch(): boolean {
      throw new Error("no sockets left");
    }
  })();
  await using client = clientOf({ url: "https://as.example.com" }, { dispatcher: broken });
  const controller = new AbortController();
  const { signal } = controller;
  const error = await rejection(client.lifecycleHooks.create(groupId, hookInput, { signal }));
  controller.abort(new Error("enough"));
  await nextTurn();
  process.off("unhandledRejection", listen);
  expect(isConnectionError(error)).toBe(true);
  expect(error.message).toContain("no response: no sockets left");
  expect(unhandled).toEqual([]);
});

test("a server that speaks no TLS is told from one that is down, and was sent nothing", async () => {
  await using server = await startTcpServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  await using caller = callerOf();
  const url = `https://127.0.0.1:${server.port}`;
  const error = await rejection(caller.call(createCall({ url })));
  expect(isConnectionError(error) && error.retryable).toBe(false);
  expect(error.message).toContain("creating: no response: the endpoint does not speak TLS");
  expect(server.connections).toBe(1);
});

/** A proxy that connects each tunnel to `target`, whatever was asked for. */
async function startProxy(target: { readonly port: number }, status = "200 Connection established") {
  const tunnels: string[] = [];
  const server = await startTcpServer((socket) => {
    socket.once("data", (head) => {
      tunnels.push(head.toString().split("\r\n")[0] ?? "");
      socket.write(`HTTP/1.1 ${status}\r\n\r\n`);
      if (!status.startsWith("200")) return void socket.end();
      const onward = connect(target.port, "127.0.0.1");
      onward.on("error", () => socket.destroy());
      socket.once("close", () => onward.destroy());
      socket.pipe(onward).pipe(socket);
    });
  });
  return Object.assign(server, { tunnels });
}

test("a proxy of the environment makes the tunnel to an endpoint elsewhere", async () => {
  // No test has the certificate of the real endpoint: the name in the TLS greeting tells where the tunnel led.
  const hello = Promise.withResolvers<Buffer>();
  await using server = await startTcpServer((socket) => {
    socket.once("data", (data) => {
      hello.resolve(data);
      socket.end();
    });
  });
  await using proxy = await startProxy(server);
  await using caller = callerOf({ environment: { HTTPS_PROXY: proxy.url }, maxRetries: 0 });
  const error = await rejection(caller.call(readCall({ url: "https://as.cn-north-4.myhuaweicloud.com" })));
  expect(isConnectionError(error)).toBe(true);
  expect(proxy.tunnels).toEqual(["CONNECT as.cn-north-4.myhuaweicloud.com:443 HTTP/1.1"]);
  expect((await hello.promise).toString("latin1")).toContain("as.cn-north-4.myhuaweicloud.com");
});

test("a loopback endpoint is reached without the proxy", async () => {
  await using server = await startHttpServer(noHooks);
  await using proxy = await startProxy(server);
  await using client = clientOf(server, { environment: { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url } });
  await expect(client.lifecycleHooks.list(groupId)).resolves.toEqual([]);
  expect(proxy.connections).toBe(0);
});

test.each([
  ["that is in NO_PROXY", ["HTTPS_PROXY"], "other.example.com,.invalid"],
  ["that is https, where the proxy is for plain http alone,", ["HTTP_PROXY", "http_proxy"], ""],
])("an endpoint %s is reached without the proxy", async (_, variables, NO_PROXY) => {
  await using proxy = await startProxy({ port: 0 });
  const urls = Object.fromEntries(variables.map((variable) => [variable, proxy.url]));
  await using caller = callerOf({ environment: { ...urls, NO_PROXY }, maxRetries: 0 });
  const error = await rejection(caller.call(readCall({ url: "https://as.nowhere.invalid" })));
  expect(isConnectionError(error)).toBe(true);
  expect(proxy.connections).toBe(0);
});

const authenticate = "wants a user name and a password, or others than those in its URL (407)";

test.each([
  ["HTTPS_PROXY", "407 Proxy Authentication Required", 1, authenticate],
  ["https_proxy", "403 Forbidden", 1, "did not connect to the endpoint: Proxy response (403)"],
  ["HTTPS_PROXY", "502 Bad Gateway", 3, "did not connect to the endpoint: Proxy response (502)"],
])(
  "a proxy of %s that answers %s is asked %i times and named, and a create was not sent",
  async (variable, status, asked, told) => {
    await using proxy = await startProxy({ port: 0 }, status);
    await using caller = callerOf({ environment: { [variable]: proxy.url }, maxRetries: 2 });
    const error = await rejection(caller.call(createCall({ url: "https://as.example.com" })));
    expect(isConnectionError(error)).toBe(true);
    expect(error.message).toContain(`the proxy (HTTPS_PROXY) ${told}`);
    expect(proxy.tunnels).toHaveLength(asked);
  },
);

const wrong = [
  "user:password@proxy:3128",
  "proxy:3128",
  "ftp://proxy",
  "http://%ff:x@proxy:3128",
  "socks5:proxy",
];

test.each(wrong)(
  "HTTPS_PROXY=%s is refused by name, not by its value, in the constructor",
  async (HTTPS_PROXY) => {
    const options = { environment: { HTTPS_PROXY }, region: "cn-north-4", credentials: keys };
    const make = () => new AutoScalingClient(options);
    expect(make).toThrow(/^making the client: HTTPS_PROXY is not the URL of a proxy, such as [^@]*$/);
    await using server = await startHttpServer(noHooks);
    await using local = clientOf(server, options);
    await expect(local.lifecycleHooks.list(groupId)).resolves.toEqual([]);
  },
);
