import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { isAmbiguousError, isConnectionError, isInvalidResponseError } from "../../sdk/errors/errors";
import { maxResponseBytes } from "../../sdk/http/transport";
import { clientOf, groupId, hookInput, rejection, wireHook } from "../support/sdk";
import { answer, startHttpServer, startTcpServer } from "../support/servers";

/** A server that writes this to each request, and then does that with the connection. */
async function startRaw(text: string, then: (socket: Socket) => void) {
  let count = 0;
  const server = await startTcpServer((socket) => {
    socket.on("data", () => {
      count++;
      // The reset must not overtake what was written.
      socket.write(text, () => setImmediate(() => then(socket)));
    });
  });
  return Object.defineProperty(server as typeof server & { readonly count: number }, "count", {
    get: () => count,
  });
}

const end = (socket: Socket) => socket.end();
const reset = (socket: Socket) => socket.resetAndDestroy();
const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

describe.each([
  ["is closed without an answer", "", end],
  ["is reset without an answer", "", reset],
  ["is reset in the middle of an answer", `${head}Content-Length: 100\r\n\r\n{"lifecycle_hook_name":`, reset],
  ["is closed in the middle of an answer", `${head}Content-Length: 100\r\n\r\n{"lifecycle_hook_name":`, end],
  ["is closed in the middle of a chunk", `${head}Transfer-Encoding: chunked\r\n\r\n40\r\n{`, end],
  ["is closed in the middle of the headers", `${head}X-Req`, end],
  ["carries something else than HTTP", "SSH-2.0-OpenSSH_9.6\r\n", end],
] as const)("a connection that %s", (_, text, then) => {
  test("is a ConnectionError for a call that only reads, and leaves a create and a callback undecided", async () => {
    await using server = await startRaw(text, then);
    await using client = clientOf(server);
    const error = await rejection(client.lifecycleHooks.get(groupId, "drain"));
    expect(isConnectionError(error) && error.retryable).toBe(true);
    expect(error.message).toMatch(/^reading lifecycle hook "drain" in scaling group .*: no response: /);
    const extend = { lifecycleActionResult: "EXTEND", lifecycleActionKey: "4f" } as const;
    const once = { maxRetries: 3 };
    for (const call of [
      client.lifecycleHooks.create(groupId, hookInput, once),
      client.hangingInstances.complete(groupId, extend, once),
    ]) {
      const undecided = await rejection(call);
      expect(isAmbiguousError(undecided)).toBe(true);
      expect(undecided.message).toContain("it may have taken effect or not, and was not sent again");
    }
    expect(server.count).toBe(3);
  });
});

test.each([
  ["by its Content-Length", true],
  ["by its chunks", false],
])("an answer that is too big %s is refused, and not asked for again", async (_, announced) => {
  const block = Buffer.alloc(64 * 1024, " ");
  let sent = 0;
  await using server = await startHttpServer((response) => {
    if (announced) response.setHeader("content-length", maxResponseBytes + 1);
    const more = () => {
      while (!response.destroyed && sent <= maxResponseBytes) {
        sent += block.length;
        if (!response.write(block)) return void response.once("drain", more);
      }
      response.end();
    };
    more();
  });
  await using client = clientOf(server, { maxRetries: 3 });
  const error = await rejection(client.lifecycleHooks.list(groupId));
  expect(error.message).toContain("the response is far too big for this API (UND_ERR_RES_EXCEEDED_MAX_SIZE)");
  expect(isConnectionError(error) && error.retryable).toBe(false);
  expect(server.requests).toHaveLength(1);
});

test("an answer of the greatest size is read", async () => {
  await using server = await startHttpServer((response) =>
    answer(response, 200, '{"lifecycle_hooks":[]}'.padEnd(maxResponseBytes)),
  );
  await using client = clientOf(server);
  await expect(client.lifecycleHooks.list(groupId)).resolves.toEqual([]);
});

describe.each([
  ["empty", "", "the body: "],
  ["JSON that was cut short", JSON.stringify(wireHook).slice(0, 40), "the body: "],
  ["a proxy's page", "<html><title>Please log in</title></html>", "the body: "],
  ["JSON of another kind", "[]", "the body: "],
  ["without a field", JSON.stringify({ ...wireHook, create_time: undefined }), "create_time: "],
  [
    "with a field of another type",
    JSON.stringify({ ...wireHook, default_timeout: "3600" }),
    "default_timeout: ",
  ],
])("a success whose body is %s", (_, body, named) => {
  test("is an InvalidResponseError that names what is wrong with it", async () => {
    await using server = await startHttpServer((response) =>
      answer(response, 200, body, { "x-request-id": "4f" }),
    );
    await using client = clientOf(server, { maxRetries: 3 });
    const error = await rejection(client.lifecycleHooks.get(groupId, "drain"));
    expect(isInvalidResponseError(error)).toBe(true);
    expect(error).toMatchObject({ status: 200, requestId: "4f", operation: "lifecycleHooks.get" });
    expect(error.message).toContain(`the response is not what the API documents (${named}`);
    expect(server.requests).toHaveLength(1);
  });
});

test("a value that the service adds fails neither a create that worked nor a list", async () => {
  const newer = { ...wireHook, lifecycle_hook_type: "INSTANCE_WARMING", default_result: "RETRY" };
  await using server = await startHttpServer((response, { method }) =>
    answer(response, 200, method === "POST" ? newer : { lifecycle_hooks: [wireHook, newer] }),
  );
  await using client = clientOf(server);
  const added = { lifecycleHookType: "INSTANCE_WARMING", defaultResult: "RETRY" };
  await expect(client.lifecycleHooks.create(groupId, hookInput)).resolves.toMatchObject(added);
  await expect(client.lifecycleHooks.list(groupId)).resolves.toEqual([
    expect.objectContaining({ defaultResult: "ABANDON" }),
    expect.objectContaining(added),
  ]);
});

test("a page of brackets as an error is told in no time, however many there are", async () => {
  await using server = await startHttpServer((response) =>
    answer(response, 502, "<".repeat(maxResponseBytes)),
  );
  await using client = clientOf(server);
  const start = performance.now();
  expect(await rejection(client.lifecycleHooks.list(groupId))).toMatchObject({ status: 502 });
  expect(performance.now() - start).toBeLessThan(1_000);
});

test("the request id is that of the header, and else that of the body", async () => {
  await using server = await startHttpServer((response, _request, count) =>
    answer(
      response,
      400,
      { error_code: "APIGW.0602", request_id: "from-body" },
      count === 0 ? { "x-request-id": "from-header" } : {},
    ),
  );
  await using client = clientOf(server);
  for (const requestId of ["from-header", "from-body"]) {
    const error = await rejection(client.lifecycleHooks.list(groupId));
    expect(error).toMatchObject({ requestId });
    expect(error.message).toContain(`request ${requestId}`);
  }
});

test("the identity service's request id has a header of its own", async () => {
  await using server = await startHttpServer((response) =>
    answer(response, 403, { error: { code: 403, message: "no" } }, { "x-iam-trace-id": "token_4f" }),
  );
  await using client = clientOf(server, { projectId: undefined });
  expect(await rejection(client.projectId())).toMatchObject({ status: 403, requestId: "token_4f" });
});
