import { expect, test } from "vitest";
import { agencyCredentials, stsAgencyCredentials } from "../../sdk/credentials/agency";
import { isConfigurationError } from "../../sdk/errors/errors";
import { keys, rejection } from "../support/sdk";
import { answer, startHttpServer, startTcpServer } from "../support/servers";

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
