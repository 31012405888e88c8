import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { Credentials } from "../../sdk/credentials/credentials";
import { startEmulator } from "../../sdk/emulator";
import { isConfigurationError, isServiceError } from "../../sdk/errors/errors";
import { clientOf, groupId, keys, rejection } from "../support/sdk";
import { always, answer, type HttpServer, noHooks, startHttpServer } from "../support/servers";

const refusal = { error: { code: "AS.0006", message: "The token in the request is incorrect." } };

/** Accepts one token alone. */
function startTokenServer(accepted: string) {
  return startHttpServer((response, request, count) => {
    if (request.headers["x-auth-token"] === accepted) noHooks(response, request, count);
    else answer(response, 401, refusal);
  });
}

const sentTokens = ({ requests }: HttpServer) => requests.map(({ headers }) => headers["x-auth-token"]);

/** Gives these credentials, one after the other, and counts how often it was asked. */
function providerOf(...credentials: readonly Credentials[]) {
  const provider = () => credentials[Math.min(provider.asked++, credentials.length - 1)] ?? keys;
  provider.asked = 0;
  return provider;
}

test("calls under way together send a refused token once, with no signature, and a new one of its provider from then on", async () => {
  await using server = await startTokenServer("new");
  const credentials = providerOf({ authToken: "old" }, { authToken: "new" });
  await using client = clientOf(server, { credentials, maxRetries: 0 });
  await Promise.all(Array.from({ length: 5 }, () => client.lifecycleHooks.list(groupId)));
  expect(sentTokens(server)).toEqual(["old", ...Array(5).fill("new")]);
  for (const { headers } of server.requests) expect(headers).not.toHaveProperty("authorization");
  expect(credentials.asked).toBe(2);
});

test("twenty calls at once send a wrong secret key once, and the right one is not locked out", async () => {
  await using emulator = await startEmulator(keys);
  const { projectId } = emulator;
  const credentials = { ...keys, secretKey: "wrong", source: "the vault" };
  await using wrong = clientOf(emulator, { projectId, credentials });
  const [first, ...others] = await Promise.all(
    Array.from({ length: 20 }, () => rejection(wrong.lifecycleHooks.list(groupId))),
  );
  const later = await rejection(wrong.lifecycleHooks.list(groupId));
  expect(emulator.requests).toHaveLength(1);
  expect(isServiceError(first) && first.status).toBe(401);
  for (const error of [...others, later]) {
    expect(isConfigurationError(error)).toBe(true);
    expect(error.message).toContain("listing the lifecycle hooks of scaling group");
    expect(error.message).toContain("not sent: the service has refused these credentials before");
    expect(error.message).toContain("they come from the vault");
  }
  await using right = clientOf(emulator, { projectId });
  await expect(right.lifecycleHooks.list(groupId)).resolves.toEqual([]);
});

test.each([
  ["after a second refusal", ["a", "b", "c"], ["a", "b"]],
  ["when its provider gives the same token again", ["a"], ["a"]],
])("a call whose token is refused ends %s", async (_, tokens, sent) => {
  await using server = await startTokenServer("never");
  const credentials = providerOf(...tokens.map((authToken) => ({ authToken })));
  await using client = clientOf(server, { credentials, maxRetries: 5 });
  const error = await rejection(client.lifecycleHooks.list(groupId));
  expect(error).toMatchObject({ status: 401, code: "AS.0006", retryable: false });
  expect(sentTokens(server)).toEqual(sent);
  expect(credentials.asked).toBe(2);
});

test.each([
  ["fixed token", { authToken: "a" }, {}],
  ["token of the environment", undefined, { HW_AUTH_TOKEN: "a" }],
  ["fixed access key", keys, {}],
  ["access key of a provider", providerOf(keys, { ...keys, accessKey: "ANOTHER" }), {}],
  ["access key of the environment", undefined, { HW_ACCESS_KEY: "a", HW_SECRET_KEY: "b" }],
])("a refused %s is never tried again", async (_, credentials, environment) => {
  await using server = await startHttpServer(always(401, refusal));
  await using client = clientOf(server, { credentials, environment, maxRetries: 5 });
  const error = await rejection(client.lifecycleHooks.list(groupId));
  expect(isServiceError(error) && error.status).toBe(401);
  expect(server.requests).toHaveLength(1);
});

test("IAM's own refusal says where the credentials come from, too", async () => {
  const message = "The request you have made requires authentication.";
  await using server = await startHttpServer(always(401, { error: { code: 401, message } }));
  const environment = { HW_ACCESS_KEY: "a", HW_SECRET_KEY: "b" };
  await using client = clientOf(server, { credentials: undefined, projectId: undefined, environment });
  expect((await rejection(client.lifecycleHooks.list(groupId))).message).toContain(
    `looking up the project of region cn-north-4 (unnecessary when its id is set): the credentials were refused (they come from the environment (HW_ACCESS_KEY, HW_SECRET_KEY)): "${message}"`,
  );
});

test("a process that waits for a sign-in alone does not end in silence", async () => {
  await using server = await startHttpServer(noHooks);
  // An unref'd timer: nothing but the client keeps the process alive.
  const script = `
    const { AutoScalingClient } = require(${JSON.stringify(resolve("dist/sdk/index.js"))});
    const credentials = () => new Promise((give) => setTimeout(give, 50, ${JSON.stringify(keys)}).unref());
    const [endpoint, projectId] = ["${server.url}", "p"];
    const client = new AutoScalingClient({ region: "cn-north-4", credentials, endpoint, projectId });
    client.lifecycleHooks.list("${groupId}").then((hooks) => { console.log(hooks.length); return client.close(); });
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", script]);
  expect(stdout).toBe("0\n");
});

test("a provider of credentials that fails after a refusal is reported as a problem of the configuration", async () => {
  await using server = await startTokenServer("never");
  let asked = 0;
  const credentials = () => {
    if (asked++ === 0) return { authToken: "a" };
    throw new Error("the vault is sealed");
  };
  await using client = clientOf(server, { credentials });
  const error = await rejection(client.lifecycleHooks.list(groupId));
  expect(isConfigurationError(error)).toBe(true);
  expect(error.message).toContain("listing the lifecycle hooks");
  expect(error.message).toContain("the vault is sealed");
  expect(server.requests).toHaveLength(1);
});
