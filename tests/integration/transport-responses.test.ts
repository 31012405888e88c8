import type { Socket } from "node:net";
import { expect, test } from "vitest";
import { isAmbiguousError, isConnectionError, isInvalidResponseError } from "../../sdk/errors/errors";
import { maxResponseBytes } from "../../sdk/http/transport";
import { clientOf, groupId, hookInput, rejection, wireHook } from "../support/sdk";
import { always, answer, startHttpServer, startTcpServer } from "../support/servers";

const end = (socket: Socket) => socket.end();
const reset = (socket: Socket) => socket.resetAndDestroy();
const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

const half = `${head}Content-Length: 100\r\n\r\n{"lifecycle_hook_name":`;

test.each([
  ["is closed without an answer", "", end],
  ["is reset without an answer", "", reset],
  ["is reset in the middle of an answer", half, reset],
  ["is closed in the middle of an answer", half, end],
  ["is closed in the middle of a chunk", `${head}Transfer-Encoding: chunked\r\n\r\n40\r\n{`, end],
  ["is closed in the middle of the headers", `${head}X-Req`, end],
  ["carries something else than HTTP", "SSH-2.0-OpenSSH_9.6\r\n", end],
] as const)(
  "a connection that %s is a ConnectionError for a call that only reads, and leaves a create and a callback undecided",
  async (_, text, then) => {
    let asked = 0;
    await using server = await startTcpServer((socket) => {
      socket.on("data", () => {
        asked++;
        // The reset must not overtake what was written.
        socket.write(text, () => setImmediate(() => then(socket)));
      });
    });
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
    expect(asked).toBe(3);
  },
);

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
  await using server = await startHttpServer(always(200, '{"lifecycle_hooks":[]}'.padEnd(maxResponseBytes)));
  await using client = clientOf(server);
  await expect(client.lifecycleHooks.list(groupId)).resolves.toEqual([]);
});

test.each([
  ["is empty", "", "the body: "],
  ["is JSON that was cut short", JSON.stringify(wireHook).slice(0, 40), "the body: "],
  ["is a proxy's page", "<html><title>Please log in</title></html>", "the body: "],
  ["is JSON of another kind", "[]", "the body: "],
  ["lacks a field", { ...wireHook, create_time: undefined }, "create_time: "],
  ["has a field of another type", { ...wireHook, default_timeout: "3600" }, "default_timeout: "],
])(
  "a success whose body %s is an InvalidResponseError that names what is wrong with it",
  async (_, body, named) => {
    await using server = await startHttpServer(always(200, body, { "x-request-id": "4f" }));
    await using client = clientOf(server, { maxRetries: 3 });
    const error = await rejection(client.lifecycleHooks.get(groupId, "drain"));
    expect(isInvalidResponseError(error)).toBe(true);
    expect(error).toMatchObject({ status: 200, requestId: "4f", operation: "lifecycleHooks.get" });
    expect(error.message).toContain(`the response is not what the API documents (${named}`);
    expect(server.requests).toHaveLength(1);
  },
);

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
