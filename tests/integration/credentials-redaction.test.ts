import { join } from "node:path";
import { inspect } from "node:util";
import { expect, test, vi } from "vitest";
import { Caller } from "../../sdk/calls/caller";
import { agencyCredentials } from "../../sdk/credentials/agency";
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
import { clientOf, given, groupId } from "../support/sdk";
import { answer, startHttpServer } from "../support/servers";
import { keysOfIam, keysOfPod, keysOfSts, temporaryKeys } from "../support/temporary-keys";
import { everyTextOf } from "../support/texts";

const { secretKey, securityToken } = temporaryKeys;
const authToken = "made-up-auth-token";
const temporary = { accessKey: "AKVISIBLE", secretKey, securityToken };

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

test("what each source gives can be read, but prints as [redacted]", async () => {
  const profile = { name: "a", accessKeyId: "a", secretAccessKey: secretKey, securityToken };
  await using home = await makeHome({
    token: authToken,
    ".huaweicloud/credentials": `[basic]\nak=a\nsk=${secretKey}\nsecurity_token=${securityToken}\n`,
    ".hcloud/config.json": { authEncrypt: "false", current: "a", profiles: [profile] },
  });
  const credentials = { ...keysOfSts.credentials, ...keysOfPod.credentials };
  await using server = await startHttpServer((response, { method }) =>
    answer(response, method === "PUT" ? 404 : 200, { ...keysOfIam, credentials }),
  );
  const endpoint = server.url;
  const region = "cn-north-4";
  const environment = { HOME: home.path };
  const throughOidc = {
    HUAWEICLOUD_OIDC_PROVIDER_URN: "p",
    HUAWEICLOUD_OIDC_AGENCY_URN: "a",
    HUAWEICLOUD_OIDC_ID_TOKEN: authToken,
    HUAWEICLOUD_SDK_STS_ENDPOINT: endpoint,
  };
  const inPod = {
    HOME: join(home.path, "nowhere"),
    HC_CONTAINER_CREDENTIALS_FULL_URI: endpoint,
    HC_CONTAINER_AUTHORIZATION_TOKEN_FILE: join(home.path, "token"),
  };
  const agency = { agencyName: "a", domainName: "b", region, environment, endpoint, credentials: temporary };
  for (const found of [
    environmentCredentials({
      HW_ACCESS_KEY: "a",
      HW_SECRET_KEY: secretKey,
      HW_SECURITY_TOKEN: securityToken,
    }),
    environmentCredentials({ HW_AUTH_TOKEN: authToken }),
    await given(profileCredentials(environment)),
    await given(sharedConfigCredentials(environment)),
    await given(metadataCredentials({ endpoint })),
    await given(agencyCredentials(agency)),
    await given(defaultCredentials({ environment })),
    await given(defaultCredentials({ environment: throughOidc, region })),
    await given(defaultCredentials({ environment: inPod })),
  ]) {
    expect({ ...found }).toMatchObject(found && "authToken" in found ? { authToken } : { secretKey });
    expect(inspect(found)).toBe("[redacted]");
    expect(inspect({ nested: [found] })).toBe("{ nested: [ [redacted] ] }");
    expect(`${found}`).toBe("[redacted]");
    expect(JSON.stringify({ found })).toBe('{"found":"[redacted]"}');
    expectNoSecret(everyTextOf(found));
  }
});

test("the debug output names method, URL, status, duration and request id, and no header", async () => {
  const lines: string[] = [];
  const write = vi.spyOn(process.stderr, "write").mockImplementation((line) => lines.push(String(line)) > 0);
  try {
    await using server = await startHttpServer((response, _request, count) =>
      answer(response, count === 0 ? 200 : 400, { lifecycle_hooks: [] }, { "x-request-id": "4f" }),
    );
    await using client = clientOf(server, { credentials: temporary, environment: { HW_DEBUG: "1" } });
    await client.lifecycleHooks.list(groupId);
    await client.lifecycleHooks.list(groupId).catch(() => {});
    const path = `/autoscaling-api/v1/0123456789abcdef0123456789abcdef/scaling_lifecycle_hook/${groupId}/list`;
    const line = (status: number) =>
      new RegExp(`^huaweicloud-as: GET ${server.url}${path} ${status} in \\d+ ms \\(request 4f\\)\\n$`);
    expect(lines).toEqual([200, 400].map((status) => expect.stringMatching(line(status))));
    expectNoSecret(lines.join(""));
  } finally {
    write.mockRestore();
  }
});
