import { describe, expect, test } from "vitest";
import { environmentCredentials } from "../../sdk/credentials/environment";
import { defaultCredentials, profileCredentials } from "../../sdk/credentials/sources";
import { isConfigurationError, isServiceError } from "../../sdk/errors/errors";
import { makeHome } from "../support/home";
import { clientOf, given, groupId, rejection } from "../support/sdk";
import { always, answer, type HttpServer, noHooks, startHttpServer } from "../support/servers";
import { keysOfIam, keysOfSts, temporaryKeys } from "../support/temporary-keys";

const idToken = "made-up.id.token";
const providerUrn = "iam::0123456789abcdef0123456789abcdef:oidcProvider:ci";
const agencyUrn = "iam::0123456789abcdef0123456789abcdef:agency:deployer";
const region = "cn-north-4";
const stsPath = "/v5/agencies/assume-with-oidc";

/** STS and IAM, as far as they exchange ID tokens, and Auto Scaling without hooks. */
function startCloud() {
  return startHttpServer((response, request, count) => {
    if (request.path === stsPath) answer(response, 200, keysOfSts);
    else if (request.path === "/v3.0/OS-AUTH/id-token/tokens")
      answer(response, 201, { token: {} }, { "X-Subject-Token": "made-up-unscoped-token" });
    else if (request.path === "/v3.0/OS-CREDENTIAL/securitytokens") answer(response, 201, keysOfIam);
    else noHooks(response, request, count);
  });
}

const throughSts = ({ url }: HttpServer) => ({
  HUAWEICLOUD_OIDC_PROVIDER_URN: providerUrn,
  HUAWEICLOUD_OIDC_AGENCY_URN: agencyUrn,
  HUAWEICLOUD_OIDC_ID_TOKEN: idToken,
  HUAWEICLOUD_SDK_STS_ENDPOINT: url,
});
const ask = (environment: NodeJS.ProcessEnv) => given(defaultCredentials({ environment, region }));
const paths = ({ requests }: HttpServer) => requests.map(({ path }) => path);

describe("through STS", () => {
  test("one unsigned request exchanges the ID token for the keys of an agency", async () => {
    await using cloud = await startCloud();
    const source = `agency ${agencyUrn}, assumed with the ID token (HUAWEICLOUD_OIDC_ID_TOKEN)`;
    await expect(ask(throughSts(cloud))).resolves.toEqual({ ...temporaryKeys, source });
    expect(cloud.requests.map(({ body }) => JSON.parse(body))).toEqual([
      {
        provider_urn: providerUrn,
        agency_urn: agencyUrn,
        agency_session_name: "pulumi-huaweicloud-as",
        id_token: idToken,
        duration_seconds: 3600,
      },
    ]);
    expect(cloud.requests[0]?.headers).not.toHaveProperty("authorization");
    expect(cloud.requests[0]?.headers).not.toHaveProperty("x-auth-token");
  });

  test("the session's name, its duration and its policies are those of the environment", async () => {
    await using cloud = await startCloud();
    await ask({
      ...throughSts(cloud),
      HUAWEICLOUD_OIDC_SESSION_NAME: "ci-17",
      HUAWEICLOUD_OIDC_DURATION_SECONDS: "900",
      HUAWEICLOUD_OIDC_POLICY: "{}",
      HUAWEICLOUD_OIDC_POLICY_IDS: "a, b,",
    });
    expect(JSON.parse(cloud.requests[0]?.body ?? "")).toMatchObject({
      agency_session_name: "ci-17",
      duration_seconds: 900,
      policy: "{}",
      policy_ids: ["a", "b"],
    });
  });

  test("a token in a file is read anew for each sign-in", async () => {
    await using cloud = await startCloud();
    await using home = await makeHome();
    const file = await home.write("token", "first\n");
    const variables = { HUAWEICLOUD_OIDC_ID_TOKEN: "", HUAWEICLOUD_OIDC_TOKEN_FILE: file };
    const { source } = await ask({ ...throughSts(cloud), ...variables });
    expect(source).toContain(`(HUAWEICLOUD_OIDC_TOKEN_FILE: ${file})`);
    await home.write("token", "second\n");
    await ask({ ...throughSts(cloud), ...variables });
    expect(cloud.requests.map(({ body }) => JSON.parse(body).id_token)).toEqual(["first", "second"]);
  });

  test("a client signs with the agency's keys, and signs in once for all its calls", async () => {
    await using cloud = await startCloud();
    await using client = clientOf(cloud, { credentials: undefined, environment: throughSts(cloud) });
    await Promise.all([client.lifecycleHooks.list(groupId), client.lifecycleHooks.list(groupId)]);
    expect(paths(cloud).filter((path) => path === stsPath)).toHaveLength(1);
    expect(cloud.requests.at(-1)?.headers).toMatchObject({
      authorization: expect.stringContaining(`Access=${temporaryKeys.accessKey},`),
      "x-security-token": temporaryKeys.securityToken,
    });
  });

  test.each([
    [
      "a refusal says which token was refused, without it",
      { error_code: "STS5.1001", error_msg: `the token ${idToken} has expired` },
      401,
      'the credentials were refused (they come from the ID token (HUAWEICLOUD_OIDC_ID_TOKEN)): "the token [redacted] has expired" (STS5.1001)',
    ],
    [
      "a missing trust is told as that",
      { error_code: "PAP5.0008", error_msg: "not authorized" },
      403,
      'permission denied; the trust policy must allow it: "not authorized" (PAP5.0008)',
    ],
  ])("%s, and the request is not repeated", async (_, body, status, message) => {
    await using cloud = await startHttpServer(always(status, body));
    const error = await rejection(ask(throughSts(cloud)));
    expect(isServiceError(error) && error.operation).toBe("oidc.signIn");
    expect(error.message).toBe(`assuming agency ${agencyUrn} through OIDC: ${message}`);
    expect(cloud.requests).toHaveLength(1);
  });
});

describe("through IAM", () => {
  const throughIam = (cloud: HttpServer, home: { path: string }) => ({
    HOME: home.path,
    HUAWEICLOUD_SDK_IDP_ID: "ci",
    HUAWEICLOUD_SDK_ID_TOKEN_FILE: `${home.path}/token`,
    HUAWEICLOUD_SDK_IAM_ENDPOINT: cloud.url,
  });

  test("the ID token is exchanged for a token, and that for keys", async () => {
    await using cloud = await startCloud();
    await using home = await makeHome({ token: idToken });
    const source = `identity provider "ci", for the ID token (HUAWEICLOUD_SDK_ID_TOKEN_FILE: ${home.path}/token)`;
    await expect(ask(throughIam(cloud, home))).resolves.toEqual({ ...temporaryKeys, source });
    const id = "made-up-unscoped-token";
    expect(cloud.requests).toMatchObject([
      { path: "/v3.0/OS-AUTH/id-token/tokens", headers: { "x-idp-id": "ci" } },
      { path: "/v3.0/OS-CREDENTIAL/securitytokens", headers: { "x-auth-token": id } },
    ]);
    expect(cloud.requests[0]?.headers).not.toHaveProperty("authorization");
    expect(cloud.requests.map(({ body }) => JSON.parse(body))).toEqual([
      { auth: { id_token: { id: idToken } } },
      { auth: { identity: { methods: ["token"], token: { id, duration_seconds: 3600 } } } },
    ]);
  });

  test("a profile file with idp_id signs in so, at its own endpoint, and not with the keys beside it", async () => {
    await using cloud = await startCloud();
    await using home = await makeHome({ token: idToken });
    const file = `${home.path}/token`;
    const path = await home.write(
      ".huaweicloud/credentials",
      `[basic]\nak = AKOTHER\nsk = s\nidp_id = ci\nid_token_file = ${file}\niam_endpoint = ${cloud.url}\nproject_id = p1\n`,
    );
    const credentials = profileCredentials({ HOME: home.path }, region);
    await using client = clientOf(cloud, { projectId: undefined, iamEndpoint: undefined, credentials });
    await client.lifecycleHooks.list(groupId);
    expect(cloud.requests.at(-1)).toMatchObject({
      path: `/autoscaling-api/v1/p1/scaling_lifecycle_hook/${groupId}/list`,
      headers: { authorization: expect.stringContaining(`Access=${temporaryKeys.accessKey},`) },
    });
    const { source } = await given(credentials);
    expect(source).toBe(`identity provider "ci", for the ID token (id_token_file of ${path}: ${file})`);
  });

  test("a response without the token is told, and nothing of it quoted", async () => {
    await using cloud = await startHttpServer(always(201, { token: "made-up-secret" }));
    await using home = await makeHome({ token: idToken });
    const { message } = await rejection(ask(throughIam(cloud, home)));
    expect(message).toMatch(/^signing in through identity provider "ci": it succeeded, .*x-subject-token/);
    expect(message).not.toContain("made-up");
  });

  test("a token file that is not there is named with its variable", async () => {
    await using cloud = await startCloud();
    await using home = await makeHome();
    const environment = { ...throughIam(cloud, home), HUAWEICLOUD_SDK_ID_TOKEN_FILE: "/nowhere" };
    await using client = clientOf(cloud, { credentials: undefined, environment });
    const error = await rejection(client.lifecycleHooks.list(groupId));
    expect(isConfigurationError(error)).toBe(true);
    expect(error.message).toContain("/nowhere: no such file (HUAWEICLOUD_SDK_ID_TOKEN_FILE names it)");
    expect(cloud.requests).toHaveLength(0);
  });
});

test.each([
  [
    "OIDC comes before the SDKs' own pair, as in the vendor's SDKs",
    { HUAWEICLOUD_SDK_AK: "AKPAIR", HUAWEICLOUD_SDK_SK: "s" },
    temporaryKeys.accessKey,
    [stsPath],
  ],
  [
    "the Terraform provider's variables come before OIDC",
    { HW_ACCESS_KEY: "AKTERRAFORM", HW_SECRET_KEY: "s" },
    "AKTERRAFORM",
    [],
  ],
  [
    "OIDC through STS comes before OIDC through IAM",
    { HUAWEICLOUD_SDK_IDP_ID: "x", HUAWEICLOUD_SDK_ID_TOKEN_FILE: "x" },
    temporaryKeys.accessKey,
    [stsPath],
  ],
])("%s", async (_, others, accessKey, asked) => {
  await using cloud = await startCloud();
  const environment = { ...throughSts(cloud), ...others };
  await expect(ask(environment)).resolves.toMatchObject({ accessKey });
  expect(paths(cloud)).toEqual(asked);
  expect(environmentCredentials(environment) === undefined).toBe(asked.length > 0);
});

test.each([
  [
    { HUAWEICLOUD_OIDC_AGENCY_URN: "" },
    "has HUAWEICLOUD_OIDC_PROVIDER_URN but not HUAWEICLOUD_OIDC_AGENCY_URN: set all of them, or none",
  ],
  [{ HUAWEICLOUD_OIDC_ID_TOKEN: "" }, "but not HUAWEICLOUD_OIDC_TOKEN_FILE"],
  [{ HUAWEICLOUD_OIDC_SESSION_NAME: "a b" }, "HUAWEICLOUD_OIDC_SESSION_NAME has not 2 to 128"],
  [{ HUAWEICLOUD_OIDC_DURATION_SECONDS: "1h" }, 'HUAWEICLOUD_OIDC_DURATION_SECONDS "1h" is not a number'],
  [{ HUAWEICLOUD_OIDC_DURATION_SECONDS: "899" }, 'HUAWEICLOUD_OIDC_DURATION_SECONDS "899" is not a number'],
  [
    { HUAWEICLOUD_SDK_STS_ENDPOINT: "http://a.com" },
    "HUAWEICLOUD_SDK_STS_ENDPOINT http://a.com is not https",
  ],
])("variables of OIDC that can't be used end the search: %j", async (change, problem) => {
  await using cloud = await startCloud();
  const { message } = await rejection(ask({ ...throughSts(cloud), ...change }));
  expect(message).toContain(problem);
  expect(message).not.toContain(idToken);
  expect(cloud.connections).toBe(0);
});

test("without a region there is no STS to ask, which is told", async () => {
  await using cloud = await startCloud();
  const { message } = await rejection(given(defaultCredentials({ environment: throughSts(cloud) })));
  expect(message).toBe("signing in through OIDC: no region is known, so set HW_REGION_NAME");
});
