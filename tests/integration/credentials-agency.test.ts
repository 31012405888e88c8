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
import { clientOf, groupId, keys, rejection } from "../support/sdk";
import { answer, type Received, startHttpServer, startTcpServer } from "../support/servers";

const signal = new AbortController().signal;
const later = "2026-01-02T03:04:05.678000Z";
const iamAnswer = {
  credential: {
    access: "AKAGENCY",
    secret: "made-up-secret",
    securitytoken: "made-up-token",
    expires_at: later,
  },
};
const stsAnswer = {
  assumed_agency: { urn: "sts::a:assumed-agency:ops/pulumi-huaweicloud-as", id: "i" },
  credentials: {
    access_key_id: "AKAGENCY",
    secret_access_key: "made-up-secret",
    security_token: "made-up-token",
    expiration: later,
  },
};
const region = "cn-north-4";
const environment = {};
const byName = { region, environment, credentials: keys, agencyName: "ops", domainName: "customer" };
const agencyUrn = "iam::0123456789abcdef0123456789abcdef:agency:ops";
const byUrn = { region, environment, credentials: keys, agencyUrn };

const agencies = [
  {
    service: "IAM",
    status: 201,
    body: iamAnswer,
    path: "/v3.0/OS-CREDENTIAL/securitytokens",
    ask: (endpoint: string, more = {}) => agencyCredentials({ ...byName, endpoint, ...more }),
    source: 'agency "ops" of account customer',
  },
  {
    service: "STS",
    status: 200,
    body: stsAnswer,
    path: "/v5/agencies/assume",
    ask: (endpoint: string, more = {}) => stsAgencyCredentials({ ...byUrn, endpoint, ...more }),
    source: `agency ${agencyUrn}`,
  },
];

/** The signature that a request should have. */
function expectedAuthorization(
  { method, path, headers, body }: Received,
  secretKey = keys.secretKey,
): string {
  const [, names = ""] = /SignedHeaders=([^,]*)/.exec(headers.authorization ?? "") ?? [];
  const signed = Object.fromEntries(names.split(";").map((name) => [name, String(headers[name])]));
  return authorization({ method, path, headers: signed, body }, signingKey(keys.accessKey, secretKey));
}

describe.each(agencies)("an agency through $service", ({ status, body, path, ask, source }) => {
  test("gives its temporary keys for one signed request", async () => {
    await using server = await startHttpServer((response) => answer(response, status, body));
    await expect(ask(server.url)({ signal })).resolves.toEqual({
      accessKey: "AKAGENCY",
      secretKey: "made-up-secret",
      securityToken: "made-up-token",
      expiresAt: new Date("2026-01-02T03:04:05.678Z"),
      source,
    });
    expect(server.requests.map((request) => `${request.method} ${request.path}`)).toEqual([`POST ${path}`]);
    const [request] = server.requests as [Received];
    expect(request.headers.authorization).toBe(expectedAuthorization(request));
  });

  test("is assumed with temporary credentials or a token as well", async () => {
    await using server = await startHttpServer((response) => answer(response, status, body));
    await ask(server.url, { credentials: { ...keys, securityToken: "base-token" } })({ signal });
    await ask(server.url, { credentials: () => ({ authToken: "base-token" }) })({ signal });
    expect(server.requests[0]?.headers["x-security-token"]).toBe("base-token");
    expect(server.requests[1]?.headers["x-auth-token"]).toBe("base-token");
  });

  test("is assumed with those of the environment, when none are given", async () => {
    await using server = await startHttpServer((response) => answer(response, status, body));
    const variables = { HW_ACCESS_KEY: "AKENVIRONMENT", HW_SECRET_KEY: "s" };
    await ask(server.url, { credentials: undefined, environment: variables })({ signal });
    expect(server.requests[0]?.headers.authorization).toContain("Access=AKENVIRONMENT,");
  });

  test("asks for its base credentials once, however often it is assumed", async () => {
    await using server = await startHttpServer((response) => answer(response, status, body));
    let asked = 0;
    const credentials = () => {
      asked++;
      return keys;
    };
    const provider = ask(server.url, { credentials });
    await provider({ signal });
    await provider({ signal });
    expect(asked).toBe(1);
    expect(server.requests).toHaveLength(2);
  });

  test("is assumed once more after a transient fault", async () => {
    await using server = await startHttpServer((response, _request, count) => {
      if (count === 0) answer(response, 503, {}, { "retry-after": "0" });
      else answer(response, status, body);
    });
    await expect(ask(server.url)({ signal })).resolves.toMatchObject({ accessKey: "AKAGENCY" });
    expect(server.requests).toHaveLength(2);
  });

  test("fails at once without the permission, which the error names", async () => {
    await using server = await startHttpServer((response) =>
      answer(
        response,
        403,
        { error_code: "PAP5.0008", error_msg: "not authorized" },
        { "x-request-id": "4f" },
      ),
    );
    const error = await rejection(Promise.resolve(ask(server.url)({ signal })));
    expect(isServiceError(error) && error.operation).toBe("agencies.assume");
    expect(error.message).toMatch(
      /^assuming agency .*ops.*: permission denied; the policy must allow iam:tokens:assume/,
    );
    expect(error.message).toContain('"not authorized" (PAP5.0008, request 4f)');
    expect(server.requests).toHaveLength(1);
  });

  test("fails at once when its base credentials are refused, and says where those come from", async () => {
    await using server = await startHttpServer((response) =>
      answer(response, 401, { error_code: "APIGW.0301" }),
    );
    const error = await rejection(
      Promise.resolve(ask(server.url, { credentials: { ...keys, source: "the vault" } })({ signal })),
    );
    expect(error.message).toContain("they come from the vault");
    expect(server.requests).toHaveLength(1);
  });

  test("fails on an undocumented response by naming the field, and no value", async () => {
    const text = JSON.stringify(body).replace(/"(access|access_key_id)":/, '"renamed":');
    await using server = await startHttpServer((response) => answer(response, status, text));
    const error = await rejection(Promise.resolve(ask(server.url)({ signal })));
    expect(isInvalidResponseError(error)).toBe(true);
    expect(error.message).toMatch(/credentials?\.(access|access_key_id): /);
    expect(error.message).not.toContain("made-up");
  });

  test("ends with its caller's signal", async () => {
    const controller = new AbortController();
    await using server = await startHttpServer(() => controller.abort(new Error("given up")));
    const asking = ask(server.url)({ signal: controller.signal });
    expect((await rejection(Promise.resolve(asking))).message).toBe("given up");
  });

  test("signs a client's calls, which fail as it fails", async () => {
    await using emulator = await startEmulator({
      accessKey: "AKAGENCY",
      secretKey: "made-up-secret",
      securityToken: "made-up-token",
    });
    await using server = await startHttpServer((response, _request, count) => {
      if (count === 0) answer(response, 403, { error_code: "X", error_msg: "not yet" });
      else answer(response, status, body);
    });
    await using client = clientOf(emulator, { projectId: undefined, credentials: ask(server.url) });
    const error = await rejection(client.lifecycleHooks.list(groupId));
    expect(isAutoScalingError(error) && error.operation).toBe("agencies.assume");
    expect(emulator.requests).toHaveLength(0);
    await expect(client.lifecycleHooks.list(groupId)).resolves.toEqual([]);
    expect(emulator.requests.map((request) => request.status)).toEqual([200, 200]);
  });

  test("is reported to observers like any other call", async () => {
    await using server = await startHttpServer((response) => answer(response, status, body));
    const seen: unknown[] = [];
    await ask(server.url, { onResponse: (event: unknown) => seen.push(event) })({ signal });
    expect(seen).toEqual([expect.objectContaining({ operation: "agencies.assume", method: "POST", status })]);
  });
});

test("IAM is told the agency, the account by name or by id, and the duration", async () => {
  await using server = await startHttpServer((response) => answer(response, 201, iamAnswer));
  await agencyCredentials({ ...byName, endpoint: server.url })({ signal });
  const byId = { ...byName, domainName: undefined, domainId: "d1", durationSeconds: 900 };
  await agencyCredentials({ ...byId, endpoint: server.url })({ signal });
  const auth = (account: object, duration_seconds: number) => ({
    auth: {
      identity: {
        methods: ["assume_role"],
        assume_role: { agency_name: "ops", ...account, duration_seconds },
      },
    },
  });
  expect(server.requests.map(({ body }) => JSON.parse(body))).toEqual([
    auth({ domain_name: "customer" }, 3600),
    auth({ domain_id: "d1" }, 900),
  ]);
});

test("STS is told the agency's URN, the session's name and the duration", async () => {
  await using server = await startHttpServer((response) => answer(response, 200, stsAnswer));
  await stsAgencyCredentials({ ...byUrn, endpoint: server.url })({ signal });
  const named = { ...byUrn, sessionName: "ci-17", durationSeconds: 43_200 };
  await stsAgencyCredentials({ ...named, endpoint: `${server.url}/` })({ signal });
  expect(server.requests.map(({ body }) => JSON.parse(body))).toEqual([
    { agency_urn: agencyUrn, agency_session_name: "pulumi-huaweicloud-as", duration_seconds: 3600 },
    { agency_urn: agencyUrn, agency_session_name: "ci-17", duration_seconds: 43_200 },
  ]);
});

test.each([
  [{ ...byName, agencyName: "" }, "agencyName is missing"],
  [{ ...byName, domainName: undefined }, "give one of domainName and domainId"],
  [{ ...byName, domainId: "d" }, "give one of domainName and domainId"],
  [{ ...byName, durationSeconds: 899 }, "durationSeconds is not a whole number from 900 to 86400"],
  [{ ...byName, durationSeconds: 86_401 }, "durationSeconds is not a whole number from 900 to 86400"],
  [{ ...byName, region: "cn north" }, 'region "cn north" is not the name of a region'],
  [{ ...byName, endpoint: "http://iam.example.com" }, "the iam endpoint http://iam.example.com is not https"],
])(
  "options of an agency that IAM would refuse are refused before anything is sent: %j",
  (options, problem) => {
    expect(() => agencyCredentials(options)).toThrow(problem);
  },
);

test.each([
  [{ ...byUrn, agencyUrn: "ops" }, "agencyUrn is not of the form iam::<account id>:agency:<name>"],
  [{ ...byUrn, sessionName: "x" }, "sessionName has not 2 to 128 characters"],
  [{ ...byUrn, durationSeconds: 43_201 }, "durationSeconds is not a whole number from 900 to 43200"],
  [{ ...byUrn, durationSeconds: 1000.5 }, "durationSeconds is not a whole number from 900 to 43200"],
  [{ ...byUrn, endpoint: "http://sts.example.com" }, "the sts endpoint http://sts.example.com is not https"],
])(
  "options of an agency that STS would refuse are refused before anything is sent: %j",
  (options, problem) => {
    expect(() => stsAgencyCredentials(options)).toThrow(problem);
  },
);

test("one ConfigurationError names every option of an agency that can't be used", () => {
  const wrong = { ...byName, agencyName: "", durationSeconds: 1 };
  try {
    agencyCredentials(wrong);
    expect.unreachable();
  } catch (error) {
    expect(isConfigurationError(error) && error.message).toBe(
      "assuming an agency: agencyName is missing; durationSeconds is not a whole number from 900 to 86400",
    );
  }
});

test.each([
  ["IAM", (more: object) => agencyCredentials({ ...byName, ...more }), "iam.cn-north-4.myhuaweicloud.com"],
  ["STS", (more: object) => stsAgencyCredentials({ ...byUrn, ...more }), "sts.cn-north-4.myhuaweicloud.com"],
  [
    "another operator's STS",
    (more: object) => stsAgencyCredentials({ ...byUrn, cloud: "example.com", ...more }),
    "sts.cn-north-4.example.com",
  ],
])("the address of %s follows the region's rule, and is reached through the proxy", async (_, ask, host) => {
  const controller = new AbortController();
  const tunnel = Promise.withResolvers<string>();
  await using proxy = await startTcpServer((socket) => {
    socket.once("data", (data) => {
      tunnel.resolve(data.toString().split("\r\n")[0] ?? "");
      controller.abort(new Error("seen enough"));
    });
  });
  const asking = ask({ environment: { HTTPS_PROXY: proxy.url } })({ signal: controller.signal });
  await rejection(Promise.resolve(asking));
  expect(await tunnel.promise).toBe(`CONNECT ${host}:443 HTTP/1.1`);
});
