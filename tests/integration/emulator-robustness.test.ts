import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { startEmulator } from "../../sdk/emulator";
import { emulatorOfEachTest } from "../support/emulator";
import { type CallOptions, call, pathsOf, sampleHook, send } from "../support/emulator-calls";

const emulator = emulatorOfEachTest(() => ({ strict: true, authToken: "TOKEN" }));

const list = (on = emulator, options: CallOptions = {}) => call(on, "GET", pathsOf(on).hookList, options);
const get = (target: string) => send(emulator, { method: "GET", target });

describe("a body", () => {
  test.each([
    ["that is missing", "", "AS.0002"],
    ["of blanks", " \n", "AS.0002"],
    ["that is not JSON", "{", "AS.0022"],
    ["that is an array", "[]", "AS.0022"],
    ["that is a string", '"hook"', "AS.0022"],
    ["that is null", "null", "AS.7036"],
    ["with a field that the call does not know", '{"__proto__":{}}', "AS.0022"],
  ])("%s is refused", async (_, body, code) => {
    const { hooks, hook } = pathsOf(emulator);
    emulator.putHook(emulator.groups[0] ?? "", { lifecycle_hook_name: "x" });
    expect(await call(emulator, "POST", hooks, { body })).toMatchObject({ status: 400, code });
    expect(await call(emulator, "PUT", hook("x"), { body })).toMatchObject({ status: 400, code });
  });

  test.each([
    ["that is not UTF-8", Buffer.from([0x7b, 0xff, 0x7d]), 400, "AS.0022", "{\ufffd}"],
    ["that is larger than the gateway takes", Buffer.alloc(12 * 1024 * 1024 + 1, "x"), 413, "APIGW.0201", ""],
  ])("%s is refused, and the log has what is text of it", async (_, body, status, code, logged) => {
    const headers = { "x-auth-token": "TOKEN" };
    const answer = await send(emulator, { method: "POST", target: pathsOf(emulator).hooks, headers, body });
    expect(answer).toMatchObject({ status, code });
    expect(emulator.requests).toMatchObject([{ body: logged, status }]);
  });

  test("is not needed where there is nothing to say", async () => {
    expect(await list(emulator, { body: "garbage" })).toMatchObject({ status: 200 });
  });
});

describe("what is not a request", () => {
  test.each([
    ["garbage", "\u0000\u0001\u0002\r\n\r\n", "400"],
    ["a request without a host", "GET / HTTP/1.1\r\n\r\n", "400"],
    ["headers without an end", `GET / HTTP/1.1\r\nHost: h\r\nX: ${"x".repeat(20_000)}\r\n\r\n`, "431"],
    ["a tunnel", "CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n", "405"],
    ["a broken chunk", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n", "400"],
  ])("%s gets an answer and the end of the connection", async (_, bytes, status) => {
    const socket = connect(emulator.port, "127.0.0.1");
    socket.write(bytes);
    expect(await text(socket)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(await list()).toMatchObject({ status: 200 });
  });

  test.each(["/%ff", "/autoscaling-api/v1/p/scaling_lifecycle_hook/g/list%"])(
    "the target %s, which can't be decoded, is a bad request",
    async (target) => {
      expect(await get(target)).toMatchObject({ status: 400, code: "APIGW.0201" });
    },
  );

  test("a whole URL as the target is its path", async () => {
    const { hookList } = pathsOf(emulator);
    expect(await get(`${emulator.url}${hookList}`)).toMatchObject({ status: 401 });
    expect(emulator.requests).toMatchObject([{ path: hookList }]);
  });

  test("a client that goes away in the middle leaves nothing behind", async () => {
    const socket = connect(emulator.port, "127.0.0.1");
    socket.write("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf", () => socket.destroy());
    await once(socket, "close");
    expect(await list()).toMatchObject({ status: 200 });
    expect(emulator.requests).toHaveLength(1);
  });

  test.each([
    ["a tunnel", "CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n"],
    ["garbage", "garbage\r\n\r\n"],
    ["a request", "GET / HTTP/1.1\r\nHost: h\r\n\r\n"],
  ])("a client that resets the connection after %s does not end the server", async (_, bytes) => {
    for (let count = 1; count <= 20; count++) {
      const socket = connect(emulator.port, "127.0.0.1");
      socket.on("error", () => {});
      socket.write(bytes, () => socket.resetAndDestroy());
      await new Promise((resolve) => socket.on("close", resolve));
    }
    expect(await list()).toMatchObject({ status: 200 });
  });
});

test("whatever is sent, its signature is right, and the answer is the API's or a refusal with a code", {
  timeout: 120_000,
}, async () => {
  const { hooks, hook, callback, instances } = pathsOf(emulator);
  const value = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.integer(),
    fc.double(),
    fc.constantFrom(null, true, [], {}, ...Object.values(sampleHook)),
  );
  const fields = [...Object.keys(sampleHook), "notification_metadata", "lifecycle_action_result"];
  const body = fc.oneof(
    fc.string({ unit: "binary" }).map((text) => text.toWellFormed()),
    fc.json(),
    fc.dictionary(fc.constantFrom(...fields), value).map((json) => JSON.stringify(json)),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("GET", "POST", "PUT", "DELETE", "PATCH"),
      fc.oneof(
        fc.constantFrom(hooks, hook("a"), callback, instances),
        fc.string({ unit: "binary" }).map(hook),
        fc.string({ unit: "binary" }).map((path) => `/${path}`),
      ),
      body,
      fc.dictionary(fc.string({ unit: "binary" }), fc.string({ unit: "binary" })),
      async (method, path, content, query) => {
        const answer = await call(emulator, method, path, { body: content, query });
        if (answer.status >= 300) expect(answer.code).toMatch(/^(AS|APIGW)\.\d{4}$/);
        expect(answer.status).toBeLessThan(500);
        expect(answer.status).not.toBe(401);
      },
    ),
    { numRuns: 300 },
  );
});

describe("closing", () => {
  test("ends idle connections, those under way and late answers, at once and as often as wanted", async () => {
    const closing = await startEmulator();
    const idle = connect(closing.port, "127.0.0.1");
    await once(idle, "connect");
    const idleEnd = once(idle.resume(), "close");
    closing.intercept(({ method }) => (method === "GET" ? new Promise(() => {}) : { delay: 3_600_000 }));
    const held = expect(list(closing)).rejects.toThrow("socket hang up");
    const { hooks } = pathsOf(closing);
    const late = expect(call(closing, "POST", hooks, { body: sampleHook })).rejects.toThrow("socket hang up");
    await expect.poll(() => closing.requests.map(({ status }) => status).sort()).toEqual([200, undefined]);
    await Promise.all([closing.close(), closing.close()]);
    await closing.close();
    await Promise.all([held, late, idleEnd]);
  });

  test("frees the port, which only one can have", async () => {
    const { port } = emulator;
    await expect(startEmulator({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
    await emulator.close();
    await using again = await startEmulator({ port });
    expect(again.port).toBe(port);
  });

  test("can't start on what is not a port", async () => {
    await expect(startEmulator({ port: 70_000 })).rejects.toThrow("port");
  });
});
