import type { Socket } from "node:net";
import { inspect } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type AutoScalingClient, isAutoScalingError } from "../../sdk";
import { endingOf, Ticks } from "../support/lateness";
import { clientOf, groupId, hookInput, wireHook } from "../support/sdk";
import { startTcpServer } from "../support/servers";

/** 20,000 responses of any kind: whatever a server sends, a call ends in time, with an error of this package. */

const batches = 480;
/** As many as the rate limiter lets go at once. */
const callsPerClient = 25;
/** Few, since each call that ends waits for the work of those that end at the same moment. */
const clientsPerBatch = 2;
const responsesPerBatch = callsPerClient * clientsPerBatch;
/** Milliseconds for a call. */
const timeout = 40;
const accessKey = "AKIDEXAMPLE0000000001";
const secrets = ["made-up-secret-key-of-the-fuzz", "made-up/security+token=of-the-fuzz"] as const;
const [secretKey, securityToken] = secrets;

/** What a server does with a request: the bytes, how many it sends, in how many parts, and what follows. */
interface Reaction {
  readonly bytes: Buffer;
  readonly parts: number;
  readonly after: "keep" | "end" | "reset";
}

const echo = fc.constantFrom(...secrets, accessKey, "x".repeat(200));
const text = fc.oneof(fc.string({ unit: "binary", maxLength: 40 }), echo);
const codes = ["AS.0001", "AS.0031", "AS.2007", "AS.2033", "AS.7038", "AS.7041", "APIGW.0308", "APIGW.0613"];
const code = fc.oneof(
  fc.constantFrom(...codes),
  fc.constantFrom("__proto__", "constructor", "toString"),
  text,
);
const list = { lifecycle_hooks: [wireHook], instance_hanging_info: [], projects: [] };
const json = fc.oneof(
  fc.record({ error: fc.record({ code, message: text }) }),
  fc.record({ error_code: code, error_msg: text, request_id: text }),
  fc.constantFrom<unknown>(wireHook, list, { ...wireHook, default_timeout: "3600" }, null, [], {}),
  fc.jsonValue(),
);
const body = fc.oneof(
  json.map((value) => Buffer.from(JSON.stringify(value))),
  json.map((value) => Buffer.from(JSON.stringify(value)).subarray(0, -3)),
  json.map((value) => Buffer.from(`\uFEFF${JSON.stringify(value)}`, "utf16le")),
  text.map((told) => Buffer.from(`<html><title>${told}</title><p>${told}<`)),
  fc.constantFrom("<", "[", '{"a":', " ", "\\u0000").map((one) => Buffer.from(one.repeat(5_000))),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
);
const plain = text.map((told) => told.replace(/[^\x20-\x7e]/g, ""));
const longAgo = `Date: ${new Date(0).toUTCString()}`;
const header = fc.oneof(
  fc.constantFrom("0", "-5", "1.5", "99999999999999999999").map((value) => `Retry-After: ${value}`),
  fc.constantFrom("Content-Encoding: gzip", "Connection: close", "Upgrade: websocket", "Trailer: x"),
  fc.constantFrom("Date: never", longAgo, "X-Request-Id: 4f", "Location: //evil"),
  fc
    .tuple(fc.constantFrom("X-Request-Id", "X-IAM-Trace-Id", "Retry-After", "Set-Cookie", "Date"), plain)
    .map(([name, value]) => `${name}: ${value}`),
);
/** What comes mostly, and what comes now and then. */
const mostly = <T>(weight: number, usual: fc.Arbitrary<T>, ...others: readonly fc.Arbitrary<T>[]) =>
  fc.oneof({ weight, arbitrary: usual }, ...others.map((arbitrary) => ({ weight: 1, arbitrary })));
const status = mostly(
  8,
  fc.constantFrom(200, 201, 204, 302, 400, 401, 403, 404, 429, 500, 502, 503, 504),
  fc.integer({ min: 100, max: 999 }),
);
const framing = mostly(
  6,
  fc.constant((bytes: Buffer) => `Content-Length: ${bytes.length}\r\n`),
  fc.constantFrom(-1, 5, 1e9).map((length) => () => `Content-Length: ${length}\r\n`),
  fc.constant(() => "Transfer-Encoding: chunked\r\n"),
  fc.constant(() => ""),
);
const whole = fc
  .tuple(status, fc.array(header, { maxLength: 4 }), framing, body)
  .map(([answered, headers, frame, bytes]) => {
    const lines = headers.map((line) => `${line}\r\n`).join("");
    return Buffer.concat([Buffer.from(`HTTP/1.1 ${answered} X\r\n${lines}${frame(bytes)}\r\n`), bytes]);
  });
const garbage = fc.oneof(
  fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom("HTTP/1.1 200", "HTTP/9.9 200 OK\r\n\r\n", "HTTP/1.1 99999 X\r\n\r\n", "SSH-2.0-x\r\n")
    .map(Buffer.from),
);
const reaction: fc.Arbitrary<Reaction> = fc
  .record({
    bytes: mostly(9, whole, garbage),
    share: mostly(6, fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
    parts: fc.constantFrom(1, 1, 1, 3, 20),
    after: fc.constantFrom("keep", "keep", "end", "reset"),
  })
  .map(({ bytes, share, ...rest }) => ({
    ...rest,
    bytes: bytes.subarray(0, Math.round(bytes.length * share)),
  }));

/** Writes a reaction part by part, a turn of the event loop after the other. */
function react(socket: Socket, { bytes, parts, after }: Reaction): void {
  const size = Math.max(1, Math.ceil(bytes.length / parts));
  const writeFrom = (start: number) => {
    if (socket.destroyed) return;
    if (start < bytes.length) {
      socket.write(bytes.subarray(start, start + size), () => setImmediate(writeFrom, start + size));
    } else if (after === "end") socket.end();
    else if (after === "reset") socket.resetAndDestroy();
  };
  writeFrom(0);
}

const hook = JSON.stringify(wireHook);
const accepted: Reaction = {
  bytes: Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${hook.length}\r\n\r\n${hook}`),
  parts: 1,
  after: "keep",
};

const lookUp = (client: AutoScalingClient) => client.projectId();
const address = { lifecycleActionResult: "EXTEND", lifecycleActionKey: "4f" } as const;
const calls: readonly ((client: AutoScalingClient) => Promise<unknown>)[] = [
  (client) => client.lifecycleHooks.create(groupId, hookInput),
  (client) => client.lifecycleHooks.get(groupId, "drain"),
  (client) => client.lifecycleHooks.list(groupId),
  (client) => client.lifecycleHooks.update(groupId, "drain", { defaultTimeout: 900 }),
  (client) => client.lifecycleHooks.delete(groupId, "drain"),
  (client) => client.hangingInstances.list(groupId),
  (client) => client.hangingInstances.complete(groupId, address),
  (client) => client.hangingInstances.waitFor(groupId, () => true, { timeout, interval: 5 }),
  (client) => client.hangingInstances.waitUntilNone(groupId, { timeout, interval: 5 }),
  (client) => client.scalingGroups.get(groupId),
  (client) => client.scalingGroups.list(),
  (client) => client.scalingGroups.activities(groupId),
  lookUp,
];

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
const heap = () => {
  collect();
  return process.memoryUsage().heapUsed;
};

test("whatever a server sends, each call ends in time, tells no secret and leaves nothing behind", {
  timeout: 400_000,
}, async () => {
  // Reading a stack takes longer than making a response.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const unhandled: unknown[] = [];
  const listen = (reason: unknown) => unhandled.push(reason);
  process.on("unhandledRejection", listen);
  let reactions: readonly Reaction[] = [];
  let served = 0;
  await using server = await startTcpServer((socket) => {
    socket.on("data", (request) => {
      const isFirst = request.includes("/first/");
      react(socket, isFirst ? accepted : (reactions[served++ % reactions.length] as Reaction));
    });
  });
  using ticks = new Ticks();
  let clients = 0;
  let early = 0;
  const useClient = async (): Promise<void> => {
    const call = calls[clients++ % calls.length] as (typeof calls)[number];
    const events: unknown[] = [];
    const observe = (event: unknown) => events.push(event);
    await using client = clientOf(server, {
      projectId: call === lookUp ? undefined : "0123456789abcdef0123456789abcdef",
      credentials: { accessKey, secretKey, securityToken },
      maxRetries: 1,
      timeouts: { call: timeout },
      onRequest: observe,
      onResponse: observe,
      onRetry: observe,
    });
    // Once the credentials were accepted, all calls go at once.
    if (call !== lookUp)
      await client.lifecycleHooks.get("first", "drain", { timeout: 60_000, maxRetries: 5 });
    const endings = await Promise.all(
      Array.from({ length: callsPerClient }, () => endingOf(call(client), timeout, ticks)),
    );
    expect(Math.max(...endings.map(({ late }) => late))).toBeLessThan(50);
    const errors = endings.flatMap(({ error }) => error ?? []);
    expect(errors.filter((error) => !isAutoScalingError(error))).toEqual([]);
    const told = inspect(endings, { depth: 10 }) + JSON.stringify([events, endings]);
    expect(secrets.filter((secret) => told.includes(secret))).toEqual([]);
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(reaction, { minLength: responsesPerBatch, maxLength: responsesPerBatch }),
      async (generated) => {
        reactions = generated;
        await Promise.all(Array.from({ length: clientsPerBatch }, useClient));
        if (clients === (batches / 4) * clientsPerBatch) early = heap();
      },
    ),
    { numRuns: batches, endOnFailure: true },
  );
  process.off("unhandledRejection", listen);
  Error.stackTraceLimit = stackTraceLimit;
  expect(unhandled).toEqual([]);
  expect(served).toBeGreaterThan(20_000);
  expect(heap() - early).toBeLessThan(8 * 1024 * 1024);
});
