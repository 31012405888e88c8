import { describe, expect, test } from "vitest";
import { metadataCredentials } from "../../sdk/credentials/sources";
import { clientOf, given, groupId, keys, rejection } from "../support/sdk";
import { always, answer, noHooks, startHttpServer, startTcpServer } from "../support/servers";
import { keysOfIam, temporaryKeys } from "../support/temporary-keys";

const forToken = { method: "PUT", path: "/meta-data/latest/api/token" };
const forKeys = { method: "GET", path: "/openstack/latest/securitykey" };
const { credential } = keysOfIam;

const ask = ({ url }: { url: string }, timeout = 2_000) =>
  given(metadataCredentials({ endpoint: url, timeout }));

/** A metadata service that knows tokens, and gives keys only for its own. */
function startMetadata(key: unknown = keysOfIam) {
  return startHttpServer((response, { method, path, headers }) => {
    if (method === "PUT" && path === forToken.path) return answer(response, 200, "the-token\n");
    if (headers["x-metadata-token"] !== "the-token") return answer(response, 401, "token required");
    answer(response, 200, key);
  });
}

test("the metadata service is asked for a token first, and for keys with it", async () => {
  await using metadata = await startMetadata();
  const source = `the agency of this ECS (${metadata.url})`;
  await expect(ask(metadata)).resolves.toEqual({ ...temporaryKeys, source });
  expect(metadata.requests).toMatchObject([
    { ...forToken, headers: { "x-metadata-token-ttl-seconds": "21600" } },
    forKeys,
  ]);
});

test.each([404, 405, 503])(
  "a metadata service that answers a request for a token with %i is asked for keys without one",
  async (status) => {
    await using metadata = await startHttpServer((response, { method }) =>
      answer(response, method === "PUT" ? status : 200, keysOfIam),
    );
    await expect(ask(metadata)).resolves.toMatchObject({ accessKey: temporaryKeys.accessKey });
    expect(metadata.requests).toMatchObject([forToken, forKeys]);
    expect(metadata.requests[1]?.headers).not.toHaveProperty("x-metadata-token");
  },
);

test.each([400, 403, 500, 302])(
  "a metadata service that answers a request for a token with %i is asked nothing more",
  async (status) => {
    await using metadata = await startHttpServer(always(status));
    const { message } = await rejection(ask(metadata));
    expect(message).toBe(`${metadata.url}: it refused a token (HTTP ${status})`);
    expect(metadata.requests).toHaveLength(1);
  },
);

test.each([
  ["an ECS without an agency", 200, 401, "no agency is bound to this ECS (HTTP 401)"],
  ["another cloud's service", 404, 404, "it has no keys, so this may not be an ECS (HTTP 404)"],
])("%s at the metadata service's address is reported as such", async (_, onToken, onKeys, problem) => {
  await using metadata = await startHttpServer((response, { method }) =>
    answer(response, method === "PUT" ? onToken : onKeys, "t"),
  );
  expect((await rejection(ask(metadata))).message).toContain(problem);
  expect(metadata.requests).toHaveLength(2);
});

describe("on a machine that is no ECS the metadata service is asked once, which is", () => {
  test("refused at once", async () => {
    const gone = await startHttpServer(() => {});
    await gone[Symbol.asyncDispose]();
    expect((await rejection(ask(gone))).message).toMatch(
      /: no response, so this is not an ECS \(connect ECONNREFUSED 127\.0\.0\.1:\d+\)$/,
    );
  });

  test("given up soon without a response", async () => {
    await using silent = await startTcpServer(() => {});
    const { message } = await rejection(ask(silent, 50));
    expect(message).toContain("no response, so this is not an ECS (nothing for 0.05 s)");
    expect(silent.connections).toBe(1);
  });

  test("given up soon when a response drips", async () => {
    await using dripping = await startHttpServer((response) => {
      response.writeHead(200);
      const drops = setInterval(() => response.write("x"), 5);
      response.once("close", () => clearInterval(drops));
    });
    expect((await rejection(ask(dripping, 60))).message).toContain("(nothing for 0.06 s)");
    expect(dripping.requests).toHaveLength(1);
  });
});

test.each([
  "",
  '{"credential":{"secret":"made-up-secret"',
  { credential: null },
  { credential: { ...credential, access: "" } },
  { credential: { ...credential, expires_at: "made-up-secret" } },
])("a metadata service that answers with %j in place of keys is refused without quoting it", async (key) => {
  await using metadata = await startMetadata(key);
  const { message } = await rejection(ask(metadata));
  expect(message).toBe(`${metadata.url}: its response has no keys of the documented form`);
});

test("a signal ends the request to the metadata service, with its reason", async () => {
  const controller = new AbortController();
  await using metadata = await startHttpServer(() => controller.abort(new Error("given up")));
  const asking = given(metadataCredentials({ endpoint: metadata.url }), controller.signal);
  expect((await rejection(asking)).message).toBe("given up");
});

test("a client asks the metadata service before its first call, and not at all where it has other credentials", async () => {
  await using metadata = await startMetadata();
  await using server = await startHttpServer(noHooks);
  await using client = clientOf(server, { credentials: metadataCredentials({ endpoint: metadata.url }) });
  expect(metadata.connections).toBe(0);
  await client.lifecycleHooks.list(groupId);
  expect(server.requests[0]?.headers["x-security-token"]).toBe(temporaryKeys.securityToken);
  await using other = clientOf(server, { credentials: keys });
  await other.lifecycleHooks.list(groupId);
  expect(metadata.requests).toHaveLength(2);
});

test.each([0, Number.NaN, Number.POSITIVE_INFINITY])(
  "a time-out of the metadata service of %d ms is refused by name",
  async (timeout) => {
    const { message } = await rejection(given(metadataCredentials({ timeout })));
    expect(message).toBe(`metadata.timeout ${timeout} is not a number of milliseconds from 1 to 2147483647`);
  },
);
