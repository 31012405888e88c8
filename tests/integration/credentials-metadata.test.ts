import { describe, expect, test } from "vitest";
import { metadataCredentials } from "../../sdk/credentials/sources";
import { clientOf, groupId, keys, rejection } from "../support/sdk";
import { answer, type HttpServer, startHttpServer, startTcpServer } from "../support/servers";

const signal = new AbortController().signal;
const tokenPath = "/meta-data/latest/api/token";
const keyPath = "/openstack/latest/securitykey";
const credential = {
  access: "AKMETADATA",
  secret: "made-up-secret",
  securitytoken: "made-up-token",
  expires_at: "2026-01-02T03:04:05.678000Z",
};

const ask = async ({ url }: { url: string }, timeout = 2_000) =>
  metadataCredentials({ endpoint: url, timeout })({ signal });

const asked = ({ requests }: HttpServer) => requests.map(({ method, path }) => `${method} ${path}`);

/** A metadata service that knows tokens, and gives keys only for its own. */
function startMetadata(key: unknown = { credential }) {
  return startHttpServer((response, { method, path, headers }) => {
    if (method === "PUT" && path === tokenPath) return answer(response, 200, "the-token\n");
    if (headers["x-metadata-token"] !== "the-token") return answer(response, 401, "token required");
    answer(response, 200, key);
  });
}

test("the metadata service is asked for a token first, and for keys with it", async () => {
  await using metadata = await startMetadata();
  await expect(ask(metadata)).resolves.toEqual({
    accessKey: "AKMETADATA",
    secretKey: "made-up-secret",
    securityToken: "made-up-token",
    expiresAt: new Date("2026-01-02T03:04:05.678Z"),
    source: `the agency of this ECS (${metadata.url})`,
  });
  expect(asked(metadata)).toEqual([`PUT ${tokenPath}`, `GET ${keyPath}`]);
  expect(metadata.requests[0]?.headers["x-metadata-token-ttl-seconds"]).toBe("21600");
});

test.each([404, 405, 503])(
  "a metadata service that answers a request for a token with %i is asked for keys without one",
  async (status) => {
    await using metadata = await startHttpServer((response, { method }) => {
      if (method === "PUT") answer(response, status);
      else answer(response, 200, { credential });
    });
    await expect(ask(metadata)).resolves.toMatchObject({ accessKey: "AKMETADATA" });
    expect(asked(metadata)).toEqual([`PUT ${tokenPath}`, `GET ${keyPath}`]);
    expect(metadata.requests[1]?.headers).not.toHaveProperty("x-metadata-token");
  },
);

test.each([400, 403, 500, 302])(
  "a metadata service that answers a request for a token with %i is asked nothing more",
  async (status) => {
    await using metadata = await startHttpServer((response) => answer(response, status));
    expect((await rejection(ask(metadata))).message).toBe(
      `${metadata.url}: it refused a token (HTTP ${status})`,
    );
    expect(metadata.requests).toHaveLength(1);
  },
);

test("an ECS without an agency is reported as such", async () => {
  await using metadata = await startHttpServer((response, { method }) => {
    if (method === "PUT") answer(response, 200, "t");
    else answer(response, 401, "Please configure Cloud Service Agency first");
  });
  expect((await rejection(ask(metadata))).message).toContain("no agency is bound to this ECS (HTTP 401)");
  expect(metadata.requests).toHaveLength(2);
});

test("another cloud's service at the same address is reported as such", async () => {
  await using metadata = await startHttpServer((response) => answer(response, 404));
  expect((await rejection(ask(metadata))).message).toContain(
    "it has no keys, so this may not be an ECS (HTTP 404)",
  );
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
    expect((await rejection(ask(silent, 50))).message).toContain(
      "no response, so this is not an ECS (nothing for 0.05 s)",
    );
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

test("an undocumented response of the metadata service is refused without quoting it", async () => {
  for (const key of [
    "",
    '{"credential":{"secret":"made-up-secret"',
    { credential: null },
    { credential: { ...credential, access: "" } },
    { credential: { ...credential, expires_at: "made-up-secret" } },
  ]) {
    await using metadata = await startMetadata(key);
    expect((await rejection(ask(metadata))).message).toBe(
      `${metadata.url}: its response has no keys of the documented form`,
    );
  }
});

test("a signal ends the request to the metadata service, with its reason", async () => {
  const controller = new AbortController();
  await using metadata = await startHttpServer(() => controller.abort(new Error("given up")));
  const asking = metadataCredentials({ endpoint: metadata.url })({ signal: controller.signal });
  expect((await rejection(Promise.resolve(asking))).message).toBe("given up");
});

test("the metadata service is not asked where credentials are given", async () => {
  await using metadata = await startMetadata();
  await using server = await startHttpServer((response) => answer(response, 200, { lifecycle_hooks: [] }));
  await using client = clientOf(server, { credentials: metadataCredentials({ endpoint: metadata.url }) });
  expect(metadata.connections).toBe(0);
  await client.lifecycleHooks.list(groupId);
  expect(server.requests[0]?.headers).toMatchObject({
    authorization: expect.stringContaining("Access=AKMETADATA,"),
    "x-security-token": "made-up-token",
  });
  await using other = clientOf(server, { credentials: keys });
  await other.lifecycleHooks.list(groupId);
  expect(metadata.requests).toHaveLength(2);
});

test("a time-out of the metadata service that is no number of milliseconds is refused by name", async () => {
  for (const timeout of [0, Number.NaN, Number.POSITIVE_INFINITY]) {
    const { message } = await rejection(Promise.resolve(metadataCredentials({ timeout })({ signal })));
    expect(message).toBe(`metadata.timeout ${timeout} is not a number of milliseconds from 1 to 2147483647`);
  }
});
