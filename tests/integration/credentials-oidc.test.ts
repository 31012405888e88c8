import { describe, expect, test } from "vitest";
import { environmentCredentials } from "../../sdk/credentials/environment";
import { defaultCredentials, profileCredentials } from "../../sdk/credentials/sources";
import { isConfigurationError, isServiceError } from "../../sdk/errors/errors";
import { makeHome } from "../support/home";
import { clientOf, groupId, rejection } from "../support/sdk";
import { answer, type HttpServer, startHttpServer } from "../support/servers";

const signal = new AbortController().signal;
const idToken = "made-up.id.token";
const providerUrn = "iam::0123456789abcdef0123456789abcdef:oidcProvider:ci";
const agencyUrn = "iam::0123456789abcdef0123456789abcdef:agency:deployer";
const region = "cn-north-4";
const keys = { accessKey: "AKOIDC", secretKey: "made-up-secret", securityToken: "made-up-token" };
const end = "2030-01-02T03:04:05.678000Z";

/** STS and IAM, as far as they exchange ID tokens, and Auto Scaling without hooks. */
function startCloud() {
  return startHttpServer((response, { path }) => {
    const [access, secret, token] = [keys.accessKey, keys.secretKey, keys.securityToken];
    if (path === "/v5/agencies/assume-with-oidc") {
      const credentials = {
        access_key_id: access,
        secret_access_key: secret,
        security_token: token,
        expiration: end,
      };
      answer(response, 200, { assumed_agency: { urn: "u", id: "i" }, credentials });
    } else if (path === "/v3.0/OS-AUTH/id-token/tokens") {
      answer(response, 201, { token: { expires_at: end } }, { "X-Subject-Token": "made-up-unscoped-token" });
    } else if (path === "/v3.0/OS-CREDENTIAL/securitytokens") {
      answer(response, 201, { credential: { access, secret, securitytoken: token, expires_at: end } });
    } else {
      answer(response, 200, { lifecycle_hooks: [] });
    }
  });
}

const throughSts = ({ url }: HttpServer) => ({
  HUAWEICLOUD_OIDC_PROVIDER_URN: providerUrn,
  HUAWEICLOUD_OIDC_AGENCY_URN: agencyUrn,
  HUAWEICLOUD_OIDC_ID_TOKEN: idToken,
  HUAWEICLOUD_SDK_STS_ENDPOINT: url,
});
const ask = async (environment: NodeJS.ProcessEnv) => defaultCredentials({ environment, region })({ signal });
const paths = ({ requests }: HttpServer) => requests.map(({ path }) => path);

describe("through STS", () => {
  test("one unsigned request exchanges the ID token for the keys of an agency", async () => {
    await using cloud = await startCloud();
    await expect(ask(throughSts(cloud))).resolves.toEqual({
      ...keys,
      expiresAt: new Date(end),
      source: `agency ${agencyUrn}, assumed with the ID token (HUAWEICLOUD_OIDC_ID_TOKEN)`,
    });
    const [request] = cloud.requests;
    expect(cloud.requests).toHaveLength(1);
    expect(JSON.parse(request?.body ?? "")).toEqual({
      provider_urn: providerUrn,
      agency_urn: agencyUrn,
      agency_session_name: "pulumi-huaweicloud-as",
      id_token: idToken,
      duration_seconds: 3600,
    });
    expect(Object.keys(request?.headers ?? {})).not.toEqual(expect.arrayContaining(["authorization"]));
    expect(request?.headers).not.toHaveProperty("x-auth-token");
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
    const environment = {
      ...throughSts(cloud),
      HUAWEICLOUD_OIDC_ID_TOKEN: "",
      HUAWEICLOUD_OIDC_TOKEN_FILE: file,
    };
    const { source } = await ask(environment);
    expect(source).toContain(`(HUAWEICLOUD_OIDC_TOKEN_FILE: ${file})`);
    await home.write("token", "second\n");
    await ask(environment);
    expect(cloud.requests.map(({ body }) => JSON.parse(body).id_token)).toEqual(["first", "second"]);
  });

  test("a client signs with the agency's keys, and signs in once for all its calls", async () => {
    await using cloud = await startCloud();
    const options = { credentials: undefined, environment: throughSts(cloud) };
    await using client = clientOf(cloud, options);
    await Promise.all([client.lifecycleHooks.list(groupId), client.lifecycleHooks.list(groupId)]);
    expect(paths(cloud).filter((path) => path.startsWith("/v5"))).toHaveLength(1);
    expect(cloud.requests.at(-1)?.headers).toMatchObject({
      authorization: expect.stringContaining("Access=AKOIDC,"),
      "x-security-token": keys.securityToken,
    });
  });

  test("a refusal says which token was refused, without it, and is not repeated", async () => {
    await using cloud = await startHttpServer((response) =>
      answer(response, 401, { error_code: "STS5.1001", error_msg: `the token ${idToken} has expired` }),
    );
    const error = await rejection(ask(throughSts(cloud)));
    expect(isServiceError(error) && error.operation).toBe("oidc.signIn");
    expect(error.message).toBe(
      `assuming agency ${agencyUrn} through OIDC: the credentials were refused (they come from the ID token (HUAWEICLOUD_OIDC_ID_TOKEN)): "the token [redacted] has expired" (STS5.1001)`,
    );
    expect(cloud.requests).toHaveLength(1);
  });

  test("a missing trust is told as that", async () => {
    await using cloud = await startHttpServer((response) =>
      answer(response, 403, { error_code: "PAP5.0008", error_msg: "not authorized" }),
    );
    expect((await rejection(ask(throughSts(cloud)))).message).toContain(
      'permission denied; the trust policy must allow it: "not authorized"',
    );
  });
});

describe("through IAM", () => {
  const throughIam = async (cloud: HttpServer, home: Awaited<ReturnType<typeof makeHome>>) => ({
    HOME: home.path,
    HUAWEICLOUD_SDK_IDP_ID: "ci",
    HUAWEICLOUD_SDK_ID_TOKEN_FILE: await home.write("token", idToken),
    HUAWEICLOUD_SDK_IAM_ENDPOINT: cloud.url,
  });

  test("the ID token is exchanged for a token, and that for keys", async () => {
    await using cloud = await startCloud();
    await using home = await makeHome();
    const environment = await throughIam(cloud, home);
    const source = `identity provider "ci", for the ID token (HUAWEICLOUD_SDK_ID_TOKEN_FILE: ${environment.HUAWEICLOUD_SDK_ID_TOKEN_FILE})`;
    await expect(ask(environment)).resolves.toEqual({ ...keys, expiresAt: new Date(end), source });
    const [first, second] = cloud.requests;
    expect(first).toMatchObject({ path: "/v3.0/OS-AUTH/id-token/tokens", headers: { "x-idp-id": "ci" } });
    expect(JSON.parse(first?.body ?? "")).toEqual({ auth: { id_token: { id: idToken } } });
    expect(first?.headers).not.toHaveProperty("authorization");
    expect(second).toMatchObject({
      path: "/v3.0/OS-CREDENTIAL/securitytokens",
      headers: { "x-auth-token": "made-up-unscoped-token" },
    });
    expect(JSON.parse(second?.body ?? "")).toEqual({
      auth: {
        identity: { methods: ["token"], token: { id: "made-up-unscoped-token", duration_seconds: 3600 } },
      },
    });
  });

  test("a profile file with idp_id signs in so, at its own endpoint, and not with the keys beside it", async () => {
    await using cloud = await startCloud();
    await using home = await makeHome();
    const file = await home.write("token", idToken);
    const path = await home.write(
      ".huaweicloud/credentials",
      `[basic]\nak = AKOTHER\nsk = s\nidp_id = ci\nid_token_file = ${file}\niam_endpoint = ${cloud.url}\nproject_id = p1\n`,
    );
    await using client = clientOf(cloud, {
      projectId: undefined,
      iamEndpoint: undefined,
      credentials: profileCredentials({ HOME: home.path }, region),
    });
    await client.lifecycleHooks.list(groupId);
    expect(cloud.requests.at(-1)).toMatchObject({
      path: `/autoscaling-api/v1/p1/scaling_lifecycle_hook/${groupId}/list`,
      headers: { authorization: expect.stringContaining("Access=AKOIDC,") },
    });
    const { source } = await profileCredentials({ HOME: home.path }, region)({ signal });
    expect(source).toBe(`identity provider "ci", for the ID token (id_token_file of ${path}: ${file})`);
  });

  test("a response without the token is told, and nothing of it quoted", async () => {
    await using cloud = await startHttpServer((response) =>
      answer(response, 201, { token: "made-up-secret" }),
    );
    await using home = await makeHome();
    const { message } = await rejection(ask(await throughIam(cloud, home)));
    expect(message).toMatch(/^signing in through identity provider "ci": it succeeded, .*x-subject-token/);
    expect(message).not.toContain("made-up");
  });

  test("a token file that is not there is named, as a problem of the configuration", async () => {
    await using cloud = await startCloud();
    await using home = await makeHome();
    const environment = { ...(await throughIam(cloud, home)), HUAWEICLOUD_SDK_ID_TOKEN_FILE: "/nowhere" };
    await using client = clientOf(cloud, { credentials: undefined, environment });
    const error = await rejection(client.lifecycleHooks.list(groupId));
    expect(isConfigurationError(error)).toBe(true);
    expect(error.message).toContain("/nowhere: no such file (HUAWEICLOUD_SDK_ID_TOKEN_FILE names it)");
    expect(cloud.requests).toHaveLength(0);
  });
});

describe("the order", () => {
  const pair = { HUAWEICLOUD_SDK_AK: "AKPAIR", HUAWEICLOUD_SDK_SK: "s" };

  test("is that of the vendor's SDKs: OIDC comes before their own pair", async () => {
    await using cloud = await startCloud();
    const environment = { ...throughSts(cloud), ...pair };
    expect(environmentCredentials(environment)).toBeUndefined();
    await expect(ask(environment)).resolves.toMatchObject({ accessKey: "AKOIDC" });
  });

  test("puts the Terraform provider's variables before those of the SDKs", async () => {
    await using cloud = await startCloud();
    const environment = { ...throughSts(cloud), HW_ACCESS_KEY: "AKTERRAFORM", HW_SECRET_KEY: "s" };
    await expect(ask(environment)).resolves.toMatchObject({ accessKey: "AKTERRAFORM" });
    expect(cloud.connections).toBe(0);
  });

  test("through STS comes before through IAM", async () => {
    await using cloud = await startCloud();
    const environment = {
      ...throughSts(cloud),
      HUAWEICLOUD_SDK_IDP_ID: "x",
      HUAWEICLOUD_SDK_ID_TOKEN_FILE: "x",
    };
    await expect(ask(environment)).resolves.toMatchObject({ accessKey: "AKOIDC" });
    expect(paths(cloud)).toEqual(["/v5/agencies/assume-with-oidc"]);
  });
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
    { HUAWEICLOUD_SDK_STS_ENDPOINT: "http://sts.example.com" },
    "HUAWEICLOUD_SDK_STS_ENDPOINT http://sts.example.com is not https",
  ],
])("variables that can't be used end the search: %j", async (change, problem) => {
  await using cloud = await startCloud();
  const { message } = await rejection(ask({ ...throughSts(cloud), ...change }));
  expect(message).toContain(problem);
  expect(message).not.toContain(idToken);
  expect(cloud.connections).toBe(0);
});

test("without a region there is no STS to ask, which is told", async () => {
  await using cloud = await startCloud();
  const asking = defaultCredentials({ environment: throughSts(cloud) })({ signal });
  expect((await rejection(Promise.resolve(asking))).message).toBe(
    "signing in through OIDC: no region is known, so set HW_REGION_NAME",
  );
});
