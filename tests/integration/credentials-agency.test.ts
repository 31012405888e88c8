import { describe, expect, test } from "vitest";
import { agencyCredentials, stsAgencyCredentials } from "../../sdk/credentials/agency";
import { startEmulator } from "../../sdk/emulator";
import {
  isAutoScalingError,
  isConfigurationError,
  isInvalidResponseError,
  isServiceError,
} from "../../sdk/errors/errors";
import { authorization, signingKey } from "../../sdk/http/signer";
import { clientOf, given, groupId, keys, rejection } from "../support/sdk";
import { always, firstly, startHttpServer, startTcpServer } from "../support/servers";
import { keysOfIam, keysOfSts, temporaryKeys } from "../support/temporary-keys";

const common = { region: "cn-north-4", environment: {}, credentials: keys };
const byName = { ...common, agencyName: "ops", domainName: "customer" };
const agencyUrn = "iam::0123456789abcdef0123456789abcdef:agency:ops";
const byUrn = { ...common, agencyUrn };

const agencies = [
  {
    service: "IAM",
    status: 201,
    body: keysOfIam,
    path: "/v3.0/OS-CREDENTIAL/securitytokens",
    assumed: (endpoint: string, more = {}) => agencyCredentials({ ...byName, endpoint, ...more }),
    source: 'agency "ops" of account customer',
  },
  {
    service: "STS",
    status: 200,
    body: keysOfSts,
    path: "/v5/agencies/assume",
    assumed: (endpoint: string, more = {}) => stsAgencyCredentials({ ...byUrn, endpoint, ...more }),
    source: `agency ${agencyUrn}`,
  },
];

describe.each(agencies)("an agency through $service", ({ status, body, path, assumed, source }) => {
  test("gives its temporary keys for one signed request, which observers see", async () => {
    await using server = await startHttpServer(always(status, body));
    const seen: unknown[] = [];
    const provider = assumed(server.url, { onResponse: (event: unknown) => seen.push(event) });
    await expect(given(provider)).resolves.toEqual({ ...temporaryKeys, source });
    expect(server.requests).toMatchObject([{ method: "POST", path }]);
    for (const { headers, ...request } of server.requests) {
      const [, names = ""] = /SignedHeaders=([^,]*)/.exec(headers.authorization ?? "") ?? [];
      const signed = Object.fromEntries(names.split(";").map((name) => [name, String(headers[name])]));
      const key = signingKey(keys.accessKey, keys.secretKey);
      expect(headers.authorization).toBe(authorization({ ...request, headers: signed }, key));
    }
    expect(seen).toEqual([expect.objectContaining({ operation: "agencies.assume", method: "POST", status })]);
  });

  test.each([
    ["temporary credentials", { ...keys, securityToken: "base" }, { "x-security-token": "base" }],
    ["a token", () => ({ authToken: "base" }), { "x-auth-token": "base" }],
    [
      "the credentials of the environment, when none are given",
      undefined,
      { authorization: expect.stringContaining("Access=AKENVIRONMENT,") },
    ],
  ])("is assumed with %s as well", async (_, credentials, headers) => {
    await using server = await startHttpServer(always(status, body));
    const environment = { HW_ACCESS_KEY: "AKENVIRONMENT", HW_SECRET_KEY: "s" };
    await given(assumed(server.url, { credentials, environment }));
    expect(server.requests).toMatchObject([{ headers }]);
  });

  test("asks for its base credentials once, however often it is assumed, also after a transient fault", async () => {
    await using server = await startHttpServer(
      firstly([503, {}, { "retry-after": "0" }], [status, body], [status, body]),
    );
    let asked = 0;
    const credentials = () => {
      asked++;
      return keys;
    };
    const provider = assumed(server.url, { credentials });
    await given(provider);
    await expect(given(provider)).resolves.toMatchObject({ accessKey: temporaryKeys.accessKey });
    expect(asked).toBe(1);
    expect(server.requests).toHaveLength(3);
  });

  test.each([
    [
      "without the permission, which the error names",
      [403, { error_code: "PAP5.0008", error_msg: "not authorized" }, { "x-request-id": "4f" }],
      /^assuming agency .*ops.*: permission denied; the policy must allow iam:tokens:assume.*"not authorized" \(PAP5.0008, request 4f\)$/,
    ],
    [
      "when its base credentials are refused, and says where those come from",
      [401, { error_code: "APIGW.0301" }],
      /they come from the vault/,
    ],
  ] as const)("fails at once %s", async (_, refusal, message) => {
    await using server = await startHttpServer(firstly(refusal));
    const credentials = { ...keys, source: "the vault" };
    const error = await rejection(given(assumed(server.url, { credentials })));
    expect(isServiceError(error) && error.operation).toBe("agencies.assume");
    expect(error.message).toMatch(message);
    expect(server.requests).toHaveLength(1);
  });

  test("fails on an undocumented response by naming the field, and no value", async () => {
    const text = JSON.stringify(body).replace(/"(access|access_key_id)":/, '"renamed":');
    await using server = await startHttpServer(always(status, text));
    const error = await rejection(given(assumed(server.url)));
    expect(isInvalidResponseError(error)).toBe(true);
    expect(error.message).toMatch(/credentials?\.(access|access_key_id): /);
    expect(error.message).not.toContain("made-up");
  });

  test("ends with its caller's signal", async () => {
    const controller = new AbortController();
    await using server = await startHttpServer(() => controller.abort(new Error("given up")));
    expect((await rejection(given(assumed(server.url), controller.signal))).message).toBe("given up");
  });

  test("signs a client's calls, which fail as it fails", async () => {
    await using emulator = await startEmulator(temporaryKeys);
    await using server = await startHttpServer(firstly([403, { error_code: "X" }], [status, body]));
    await using client = clientOf(emulator, { projectId: undefined, credentials: assumed(server.url) });
    const error = await rejection(client.lifecycleHooks.list(groupId));
    expect(isAutoScalingError(error) && error.operation).toBe("agencies.assume");
    expect(emulator.requests).toHaveLength(0);
    await expect(client.lifecycleHooks.list(groupId)).resolves.toEqual([]);
    expect(emulator.requests.map((request) => request.status)).toEqual([200, 200]);
  });
});

test("IAM is told the agency, the account by name or by id, and the duration", async () => {
  await using server = await startHttpServer(always(201, keysOfIam));
  const endpoint = server.url;
  await given(agencyCredentials({ ...byName, endpoint }));
  const byId = { ...byName, domainName: undefined, domainId: "d1", durationSeconds: 900 };
  await given(agencyCredentials({ ...byId, endpoint }));
  const methods = ["assume_role"];
  expect(server.requests.map(({ body }) => JSON.parse(body).auth.identity)).toEqual([
    { methods, assume_role: { agency_name: "ops", domain_name: "customer", duration_seconds: 3600 } },
    { methods, assume_role: { agency_name: "ops", domain_id: "d1", duration_seconds: 900 } },
  ]);
});

test("STS is told the agency's URN, the session's name and the duration", async () => {
  await using server = await startHttpServer(always(200, keysOfSts));
  await given(stsAgencyCredentials({ ...byUrn, endpoint: server.url }));
  const named = { ...byUrn, sessionName: "ci-17", durationSeconds: 43_200 };
  await given(stsAgencyCredentials({ ...named, endpoint: `${server.url}/` }));
  expect(server.requests.map(({ body }) => JSON.parse(body))).toEqual([
    { agency_urn: agencyUrn, agency_session_name: "pulumi-huaweicloud-as", duration_seconds: 3600 },
    { agency_urn: agencyUrn, agency_session_name: "ci-17", duration_seconds: 43_200 },
  ]);
});

const iamDuration = "durationSeconds is not a whole number from 900 to 86400";
const stsDuration = "durationSeconds is not a whole number from 900 to 43200";

test.each([
  [{ ...byName, agencyName: "" }, "agencyName is missing"],
  [{ ...byName, domainName: undefined }, "give one of domainName and domainId: the agency's account"],
  [{ ...byName, domainId: "d" }, "give one of domainName and domainId: the agency's account"],
  [{ ...byName, durationSeconds: 899 }, iamDuration],
  [{ ...byName, durationSeconds: 86_401 }, iamDuration],
  [{ ...byName, agencyName: "", durationSeconds: 1 }, `agencyName is missing; ${iamDuration}`],
  [{ ...byName, region: "cn north" }, 'region "cn north" is not the name of a region'],
  [{ ...byName, endpoint: "http://a.com" }, "the iam endpoint http://a.com is not https"],
  [{ ...byUrn, agencyUrn: "ops" }, "agencyUrn is not of the form iam::<account id>:agency:<name>"],
  [{ ...byUrn, sessionName: "x" }, "sessionName has not 2 to 128 characters"],
  [{ ...byUrn, durationSeconds: 43_201 }, stsDuration],
  [{ ...byUrn, durationSeconds: 1000.5 }, stsDuration],
  [{ ...byUrn, endpoint: "http://a.com" }, "the sts endpoint http://a.com is not https"],
])("options of an agency that can't work are refused before anything is sent: %j", (options, problem) => {
  const assume = () => ("agencyName" in options ? agencyCredentials(options) : stsAgencyCredentials(options));
  expect(assume).toThrow(`assuming an agency: ${problem}`);
  expect(assume).toThrow(expect.toSatisfy(isConfigurationError));
});

test.each([
  ["IAM", agencyCredentials, byName, "iam.cn-north-4.myhuaweicloud.com"],
  ["STS", stsAgencyCredentials, byUrn, "sts.cn-north-4.myhuaweicloud.com"],
  [
    "another operator's STS",
    stsAgencyCredentials,
    { ...byUrn, cloud: "example.com" },
    "sts.cn-north-4.example.com",
  ],
])(
  "the address of %s follows the region's rule, and is reached through the proxy",
  async (_, assume, options, host) => {
    const controller = new AbortController();
    const tunnel = Promise.withResolvers<string>();
    await using proxy = await startTcpServer((socket) => {
      socket.once("data", (data) => {
        tunnel.resolve(data.toString().split("\r\n")[0] ?? "");
        controller.abort(new Error("seen enough"));
      });
    });
    const environment = { HTTPS_PROXY: proxy.url };
    await rejection(given(assume({ ...byName, ...byUrn, ...options, environment }), controller.signal));
    expect(await tunnel.promise).toBe(`CONNECT ${host}:443 HTTP/1.1`);
  },
);
