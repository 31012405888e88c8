import { join } from "node:path";
import { inspect } from "node:util";
import { expect, test, vi } from "vitest";
import { Caller } from "../../sdk/calls/caller";
import { agencyCredentials } from "../../sdk/credentials/agency";
import type { Credentials } from "../../sdk/credentials/credentials";
import { environmentCredentials } from "../../sdk/credentials/environment";
import { SecretCredentials } from "../../sdk/credentials/secret-credentials";
import { CredentialsSession } from "../../sdk/credentials/session";
import {
  defaultCredentials,
  metadataCredentials,
  profileCredentials,
  sharedConfigCredentials,
} from "../../sdk/credentials/sources";
import { Transport } from "../../sdk/http/transport";
import { makeHome } from "../support/home";
import { clientOf, groupId } from "../support/sdk";
import { answer, startHttpServer } from "../support/servers";
import { everyTextOf } from "../support/texts";

const secretKey = "made-up-secret-key";
const securityToken = "made-up-security-token";
const authToken = "made-up-auth-token";
const temporary = { accessKey: "AKVISIBLE", secretKey, securityToken };
const signal = new AbortController().signal;

function expectNoSecret(text: string): void {
  for (const secret of [secretKey, securityToken, authToken]) expect(text).not.toContain(secret);
}

test.each([temporary, { authToken }])("credentials that a client holds print as [redacted]", (given) => {
  const held = new SecretCredentials({ ...given, source: "the vault" });
  expect(inspect(held)).toBe("SecretCredentials [redacted] from the vault");
  expect(`${held}`).toBe("[redacted]");
  expect(JSON.stringify({ held })).toBe('{"held":"[redacted]"}');
  expectNoSecret(everyTextOf(held));
  expectNoSecret(inspect(held, { customInspect: false, showHidden: true, depth: Number.POSITIVE_INFINITY }));
});

test.each([
  ["fixed credentials", temporary],
  ["a fixed token", { authToken }],
  ["a provider", () => temporary],
])("a client with %s shows no secret, before a call and after it", async (_, credentials) => {
  await using server = await startHttpServer((response) => answer(response, 200, { lifecycle_hooks: [] }));
  await using client = clientOf(server, { credentials });
  expectNoSecret(everyTextOf(client));
  await client.lifecycleHooks.list(groupId);
  expect(server.requests).toHaveLength(1);
  expectNoSecret(everyTextOf(client));
  expectNoSecret(everyTextOf(client.lifecycleHooks));
});

test("the parts of a client show no secret", async () => {
  const session = new CredentialsSession(() => temporary);
  await session.get();
  expectNoSecret(everyTextOf(session));
  const transport = new Transport({
    timeouts: { connect: 1, headers: 1, body: 1, call: 1 },
    environment: { HW_SECRET_KEY: secretKey, HTTPS_PROXY: `http://user:${authToken}@127.0.0.1` },
  });
  expectNoSecret(everyTextOf(transport));
  const options = { transport, credentials: session, observer: {}, maxRetries: 0, callTimeout: 1 };
  expectNoSecret(everyTextOf(new Caller(options)));
});

/** One of each source that gives credentials, with a server that plays IAM and the metadata service. */
async function sources() {
  const home = await makeHome();
  await home.write(
    ".huaweicloud/credentials",
    `[basic]\nak=a\nsk=${secretKey}\nsecurity_token=${securityToken}\n`,
  );
  const profile = { name: "a", accessKeyId: "a", secretAccessKey: secretKey, securityToken };
  await home.write(".hcloud/config.json", { authEncrypt: "false", current: "a", profiles: [profile] });
  const credential = {
    access: "a",
    secret: secretKey,
    securitytoken: securityToken,
    expires_at: "2030-01-01T00:00:00Z",
  };
  const expiration = credential.expires_at;
  const ofSts = {
    access_key_id: "a",
    secret_access_key: secretKey,
    security_token: securityToken,
    expiration,
  };
  const ofPod = { accessKeyId: "a", secretAccessKey: secretKey, securityToken, expiration };
  const server = await startHttpServer((response, { method }) => {
    if (method === "PUT") answer(response, 404);
    else answer(response, 200, { credential, credentials: { ...ofSts, ...ofPod } });
  });
  const environment = { HOME: home.path };
  const throughOidc = {
    HUAWEICLOUD_OIDC_PROVIDER_URN: "p",
    HUAWEICLOUD_OIDC_AGENCY_URN: "a",
    HUAWEICLOUD_OIDC_ID_TOKEN: authToken,
    HUAWEICLOUD_SDK_STS_ENDPOINT: server.url,
  };
  const inPod = {
    HOME: join(home.path, "nowhere"),
    HC_CONTAINER_CREDENTIALS_FULL_URI: server.url,
    HC_CONTAINER_AUTHORIZATION_TOKEN_FILE: await home.write("token", authToken),
  };
  const region = "cn-north-4";
  const agency = {
    region,
    environment,
    endpoint: server.url,
    agencyName: "a",
    domainName: "b",
    credentials: temporary,
  };
  const pair = { HW_ACCESS_KEY: "a", HW_SECRET_KEY: secretKey, HW_SECURITY_TOKEN: securityToken };
  return {
    given: [
      environmentCredentials(pair),
      environmentCredentials({ HW_AUTH_TOKEN: authToken }),
      await profileCredentials(environment)({ signal }),
      await sharedConfigCredentials(environment)({ signal }),
      await metadataCredentials({ endpoint: server.url })({ signal }),
      await agencyCredentials(agency)({ signal }),
      await defaultCredentials({ environment })({ signal }),
      await defaultCredentials({ environment: throughOidc, region })({ signal }),
      await defaultCredentials({ environment: inPod })({ signal }),
    ] as readonly Credentials[],
    async [Symbol.asyncDispose]() {
      await home[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

test("what each source gives can be read, but prints as [redacted]", async () => {
  await using all = await sources();
  for (const credentials of all.given) {
    expect("authToken" in credentials ? credentials.authToken : credentials.secretKey).toMatch(/^made-up/);
    expect(inspect(credentials)).toBe("[redacted]");
    expect(inspect({ nested: [credentials] })).toBe("{ nested: [ [redacted] ] }");
    expect(`${credentials}`).toBe("[redacted]");
    expect(JSON.stringify({ credentials })).toBe('{"credentials":"[redacted]"}');
    expectNoSecret(everyTextOf(credentials));
  }
});

test("the debug output names method, URL, status, duration and request id, and no header", async () => {
  const lines: string[] = [];
  const write = vi.spyOn(process.stderr, "write").mockImplementation((line) => lines.push(String(line)) > 0);
  try {
    await using server = await startHttpServer((response, _request, count) =>
      answer(response, count === 0 ? 200 : 400, { lifecycle_hooks: [] }, { "x-request-id": "4f" }),
    );
    const environment = { HW_DEBUG: "1" };
    await using client = clientOf(server, { credentials: temporary, environment });
    await client.lifecycleHooks.list(groupId);
    await client.lifecycleHooks.list(groupId).catch(() => {});
    const [first, second] = lines;
    const path = `/autoscaling-api/v1/0123456789abcdef0123456789abcdef/scaling_lifecycle_hook/${groupId}/list`;
    const line = (status: number) =>
      new RegExp(`^huaweicloud-as: GET ${server.url}${path} ${status} in \\d+ ms \\(request 4f\\)\\n$`);
    expect(first).toMatch(line(200));
    expect(second).toMatch(line(400));
    expect(lines).toHaveLength(2);
    expectNoSecret(lines.join(""));
  } finally {
    write.mockRestore();
  }
});
