import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { defaultCredentials } from "../../sdk/credentials/sources";
import { isConfigurationError } from "../../sdk/errors/errors";
import { makeHome } from "../support/home";
import { clientOf, given, groupId, rejection } from "../support/sdk";
import { answer, noHooks, startHttpServer } from "../support/servers";
import { keysOfIam, temporaryKeys } from "../support/temporary-keys";

const variables = { HW_ACCESS_KEY: "AKENVIRONMENT", HW_SECRET_KEY: "s" };
const profileFile = ".huaweicloud/credentials";
const sharedFile = ".hcloud/config.json";
const profile = "[basic]\nak = AKPROFILE\nsk = s\n";
const shared = {
  authEncrypt: "false",
  current: "default",
  profiles: [
    { name: "default", mode: "AKSK", accessKeyId: "AKSHARED", secretAccessKey: "s" },
    { name: "agency", mode: "ecsAgency" },
  ],
};
const everything = { [profileFile]: profile, [sharedFile]: shared };

/** A home folder with these files, and a metadata service. */
async function makeWorld(
  files: Readonly<Record<string, unknown>> = {},
  ofAgency: [number, unknown] = [200, keysOfIam],
) {
  const home = await makeHome(files);
  const metadata = await startHttpServer((response, { method }) =>
    method === "PUT" ? answer(response, 200, "t") : answer(response, ...ofAgency),
  );
  return {
    home,
    metadata,
    async accessKey(environment: NodeJS.ProcessEnv = {}) {
      const options = {
        environment: { HOME: home.path, ...environment },
        metadata: { endpoint: metadata.url },
      };
      const credentials = await given(defaultCredentials(options));
      return "accessKey" in credentials ? credentials.accessKey : undefined;
    },
    async [Symbol.asyncDispose]() {
      await home[Symbol.asyncDispose]();
      await metadata[Symbol.asyncDispose]();
    },
  };
}

describe("where several sources have credentials", () => {
  test("the environment comes first, then the profile file, then KooCLI's profile", async () => {
    await using world = await makeWorld(everything);
    expect(await world.accessKey(variables)).toBe("AKENVIRONMENT");
    expect(await world.accessKey()).toBe("AKPROFILE");
    await world.home.write(profileFile, "[global]\nak = x\nsk = s\n");
    expect(await world.accessKey()).toBe("AKSHARED");
    expect(world.metadata.connections).toBe(0);
  });

  test("a file that a variable names comes before one in the home folder", async () => {
    await using world = await makeWorld(everything);
    expect(await world.accessKey({ HW_PROFILE: "default" })).toBe("AKSHARED");
    const path = await world.home.write("other", "[basic]\nak = AKOTHER\nsk = s\n");
    const both = { HW_PROFILE: "default", HUAWEICLOUD_SDK_CREDENTIALS_FILE: path };
    expect(await world.accessKey(both)).toBe("AKOTHER");
    expect(await world.accessKey({ ...both, ...variables })).toBe("AKENVIRONMENT");
  });
});

test.each([
  ["is not there", {}],
  ["is encrypted", { [sharedFile]: { ...shared, authEncrypt: "true" } }],
  ["signs in by another mode", { [sharedFile]: { ...shared, current: "agency" } }],
  ["has no profile", { [sharedFile]: {} }],
  ["is not KooCLI's", { [sharedFile]: "not even JSON" }],
])(
  "a file in the home folder that %s is passed over, and the agency of the ECS comes last",
  async (_, files) => {
    await using world = await makeWorld(files);
    expect(await world.accessKey()).toBe(temporaryKeys.accessKey);
  },
);

describe("the search for credentials ends, and no other source signs in,", () => {
  test.each([
    [
      "half a pair of variables",
      { HW_ACCESS_KEY: "a" },
      "the environment has HW_ACCESS_KEY but not HW_SECRET_KEY",
    ],
    [
      "a profile file that is named and not there",
      { HUAWEICLOUD_SDK_CREDENTIALS_FILE: "~/nowhere" },
      "nowhere: no such file (HUAWEICLOUD_SDK_CREDENTIALS_FILE asks for it)",
    ],
    [
      "a configuration that is named and not there",
      { HW_SHARED_CONFIG_FILE: "~/nowhere" },
      "nowhere: no such file (HW_SHARED_CONFIG_FILE asks for it)",
    ],
    [
      "a profile that is named and not there",
      { HW_PROFILE: "x" },
      'it has no profile "x", but "default", "agency"',
    ],
    [
      "a profile that is named and can't be used",
      { HW_PROFILE: "agency" },
      'signs in by "ecsAgency", which is not supported: AKSK and SSO are (HW_PROFILE asks for it)',
    ],
  ])("with %s", async (_, environment, problem) => {
    await using world = await makeWorld(everything);
    expect((await rejection(world.accessKey(environment))).message).toContain(problem);
    expect(world.metadata.connections).toBe(0);
  });

  const half = { ...shared, profiles: [{ name: "default", secretAccessKey: "s" }] };
  test.each([
    [profileFile, "[basic]\nak = a\n", "has ak but not sk"],
    [profileFile, "[basic]\nno key\n", "line 2 is not of the form key = value"],
    [sharedFile, half, "has secretAccessKey but not accessKeyId"],
  ])("with %s: %j", async (name, content, problem) => {
    await using world = await makeWorld({ [name]: content });
    const { message } = await rejection(world.accessKey());
    expect(message).toContain(join(world.home.path, name));
    expect(message).toContain(problem);
    expect(world.metadata.connections).toBe(0);
  });
});

test("an error names each source in which no credentials were found, with the reason", async () => {
  await using world = await makeWorld({ [sharedFile]: { ...shared, authEncrypt: "true" } }, [401, "t"]);
  const { message } = await rejection(world.accessKey());
  expect(message).toBe(
    [
      "no credentials found; looked in (1) the environment: none of HW_AUTH_TOKEN, HW_ACCESS_KEY and HW_SECRET_KEY, HUAWEICLOUD_OIDC_PROVIDER_URN and HUAWEICLOUD_OIDC_AGENCY_URN, HUAWEICLOUD_SDK_IDP_ID and HUAWEICLOUD_SDK_ID_TOKEN_FILE, HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK is set",
      `(2) ${join(world.home.path, profileFile)}: no such file`,
      `(3) ${join(world.home.path, sharedFile)}: KooCLI has encrypted it; have the keys stored in clear with hcloud configure set --cli-auth-encrypt=false, or set HW_ACCESS_KEY and HW_SECRET_KEY`,
      "(4) the pod identity of CCE: HC_CONTAINER_CREDENTIALS_FULL_URI is not set",
      `(5) ${world.metadata.url}: no agency is bound to this ECS (HTTP 401): create an agency for ECS with the permissions that are needed, and choose it in the server's settings`,
    ].join("; "),
  );
});

test("a client without credentials searches for them at its next call again, and sends nothing until then", async () => {
  await using home = await makeHome();
  await using server = await startHttpServer(noHooks);
  const environment = { HOME: home.path, HW_PROFILE: "default" };
  await using client = clientOf(server, { credentials: undefined, environment });
  const error = await rejection(client.lifecycleHooks.list(groupId));
  expect(isConfigurationError(error) && error.operation).toBe("lifecycleHooks.list");
  expect(error.message).toBe(
    `listing the lifecycle hooks of scaling group ${groupId}: ${join(home.path, sharedFile)}: no such file (HW_PROFILE asks for it)`,
  );
  expect(server.connections).toBe(0);
  await home.write(sharedFile, shared);
  await client.lifecycleHooks.list(groupId);
  expect(server.requests[0]?.headers.authorization).toContain("Access=AKSHARED,");
});
