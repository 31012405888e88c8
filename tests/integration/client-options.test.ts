import { describe, expect, test } from "vitest";
import { type AutoScalingClientOptions, isConfigurationError, isInvalidInputError } from "../../sdk";
import { version } from "../../sdk/version";
import { clientOf, groupId, hookInput, rejection, wireHook } from "../support/sdk";
import { always, firstly, noHooks, startHttpServer } from "../support/servers";

const nowhere = { url: "https://as.example.com" };

describe("a number of the client's options", () => {
  const range = "is not a number of milliseconds from 1 to 2147483647";
  test.each<[Partial<AutoScalingClientOptions>, string]>([
    [{ timeouts: { call: Number.NaN } }, `timeouts.call NaN ${range}`],
    [{ timeouts: { headers: Infinity } }, `timeouts.headers Infinity ${range}`],
    [{ timeouts: { body: 2 ** 31 } }, `timeouts.body 2147483648 ${range}`],
    [{ timeouts: { connect: 0 } }, `timeouts.connect 0 ${range}`],
    [{ maxRetries: -1 }, "maxRetries -1 is not a whole number of retries from 0 to 999"],
    [{ maxRetries: Infinity }, "maxRetries Infinity is not"],
    [{ limits: { minTimeout: Number.NaN } }, "limits.minTimeout NaN is not a whole number"],
    [{ limits: { maxNameLength: 0.5 } }, "limits.maxNameLength 0.5 is not a whole number"],
  ])("is refused with its name where no call can work with it: %o", (options, problem) => {
    const make = () => clientOf(nowhere, options);
    expect(make).toThrow(problem);
    expect(make).toThrow(expect.toSatisfy(isConfigurationError));
  });

  test("keeps its default when it is undefined, and may be the most that a timer can wait", async () => {
    await using server = await startHttpServer(always(200, wireHook));
    await using client = clientOf(server, {
      timeouts: { call: undefined, headers: 2 ** 31 - 1 },
      limits: { minTimeout: undefined },
      maxRetries: undefined,
    });
    await expect(client.lifecycleHooks.create(groupId, hookInput)).resolves.toBeDefined();
    const tooShort = client.lifecycleHooks.create(groupId, { ...hookInput, defaultTimeout: -7 });
    await expect(tooShort).rejects.toThrow("allowed are whole numbers of seconds from 300 to 86400");
    await client.lifecycleHooks.get(groupId, "drain", { timeout: 2 ** 31 - 1 });
    expect(server.requests).toHaveLength(2);
  });
});

describe("the client's limits", () => {
  test("are those of a callback's hook name as well", async () => {
    await using server = await startHttpServer(always(204));
    await using client = clientOf(server, { limits: { maxNameLength: 64 } });
    const address = { instanceId: "i-1", lifecycleHookName: "n".repeat(64) };
    await client.hangingInstances.complete(groupId, { lifecycleActionResult: "CONTINUE", ...address });
    expect(server.requests).toHaveLength(1);
  });

  test("are named by their option in the advice about a short time-out", async () => {
    await using client = clientOf(nowhere);
    const creating = client.lifecycleHooks.create(groupId, { ...hookInput, defaultTimeout: 60 });
    await expect(creating).rejects.toThrow('if your site takes it, set limits to {"minTimeout": 60}');
  });
});

describe("an option of a single call", () => {
  test("bounds its retries", async () => {
    await using server = await startHttpServer(always(503, {}, { "retry-after": "0" }));
    await using client = clientOf(server, { maxRetries: 0 });
    await rejection(client.lifecycleHooks.list(groupId, { maxRetries: 2 }));
    expect(server.requests).toHaveLength(3);
  });

  test.each([
    [{ timeout: Number.NaN }, "timeout NaN is not a number of milliseconds"],
    [{ timeout: Infinity }, "timeout Infinity is not"],
    [{ maxRetries: 1.5 }, "maxRetries 1.5 is not a whole number"],
  ])("that is %j is refused before anything is sent", async (options, problem) => {
    await using server = await startHttpServer(noHooks);
    await using client = clientOf(server);
    const error = await rejection(client.lifecycleHooks.list(groupId, options));
    expect(isInvalidInputError(error)).toBe(true);
    expect(error.message).toContain(problem);
    expect(server.connections).toBe(0);
  });
});

describe("a user agent's suffix", () => {
  test("follows the package's own", async () => {
    await using server = await startHttpServer(noHooks);
    await using client = clientOf(server, { userAgentSuffix: "my-tool/1.2 (ci)" });
    await client.lifecycleHooks.list(groupId);
    expect(server.requests[0]?.headers["user-agent"]).toBe(
      `pulumi-huaweicloud-as/${version} node/${process.versions.node} my-tool/1.2 (ci)`,
    );
  });

  test.each(["my tool\r\nx-auth-token: y", "", "tööl"])(
    "that no header can carry is refused: %j",
    (suffix) => {
      expect(() => clientOf(nowhere, { userAgentSuffix: suffix })).toThrow("userAgentSuffix is not");
    },
  );
});

test("a hook of the name list can be deleted and changed, but neither read nor created", async () => {
  const renamed = { ...wireHook, lifecycle_hook_name: "list" };
  await using server = await startHttpServer(firstly([204], [200, renamed]));
  await using client = clientOf(server);
  await client.lifecycleHooks.delete(groupId, "list");
  await client.lifecycleHooks.update(groupId, "list", { defaultTimeout: 900 });
  await expect(client.lifecycleHooks.get(groupId, "list")).rejects.toThrow("cannot address");
  const creating = client.lifecycleHooks.create(groupId, { ...hookInput, lifecycleHookName: "list" });
  await expect(creating).rejects.toThrow("cannot address");
  expect(server.requests.map(({ method }) => method)).toEqual(["DELETE", "PUT"]);
});
