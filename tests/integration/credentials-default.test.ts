import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { defaultCredentials } from "../../sdk/credentials/sources";
import { isConfigurationError } from "../../sdk/errors/errors";
import { makeHome } from "../support/home";
import { clientOf, groupId, rejection } from "../support/sdk";
import { answer, type HttpServer, startHttpServer } from "../support/servers";

const signal = new AbortController().signal;
const variables = { HW_ACCESS_KEY: "AKENVIRONMENT", HW_SECRET_KEY: "s" };
const profile = "[basic]\nak = AKPROFILE\nsk = s\n";
const shared = {
  authEncrypt: "false",
  current: "default",
  profiles: [
    { name: "default", mode: "AKSK", accessKeyId: "AKSHARED", secretAccessKey: "s" },
    { name: "agency", mode: "ecsAgency" },
  ],
};
const credential = {
  access: "AKMETADATA",
  secret: "s",
  securitytoken: "t",
  expires_at: "2030-01-02T03:04:05Z",
};

function startMetadata() {
  return startHttpServer((response, { method }) => {
    if (method === "PUT") answer(response, 200, "t");
    else answer(response, 200, { credential });
  });
}

async function accessKey(environment: NodeJS.ProcessEnv, metadata: { url: string }) {
  const credentials = await defaultCredentials({ environment, metadata: { endpoint: metadata.url } })({
    signal,
  });
  return "accessKey" in credentials ? credentials.accessKey : undefined;
}

/** A home folder with both files, and a metadata service. */
async function everything() {
  const home = await makeHome();
  await home.write(".huaweicloud/credentials", profile);
  await home.write(".hcloud/config.json", shared);
  const metadata: HttpServer = await startMetadata();
  return {
    home,
    metadata,
    async [Symbol.asyncDispose]() {
      await home[Symbol.asyncDispose]();
      await metadata[Symbol.asyncDispose]();
    },
  };
}

describe("where several sources have credentials", () => {
  test("the environment comes first, then the profile file, then KooCLI's profile", async () => {
    await using world = await everything();
    const HOME = world.home.path;
    expect(await accessKey({ HOME, ...variables }, world.metadata)).toBe("AKENVIRONMENT");
    expect(await accessKey({ HOME }, world.metadata)).toBe("AKPROFILE");
    await world.home.write(".huaweicloud/credentials", "[global]\nak = x\nsk = s\n");
    expect(await accessKey({ HOME }, world.metadata)).toBe("AKSHARED");
    expect(world.metadata.connections).toBe(0);
  });

  test("a file that a variable names comes before one in the home folder", async () => {
    await using world = await everything();
    const HOME = world.home.path;
    expect(await accessKey({ HOME, HW_PROFILE: "default" }, world.metadata)).toBe("AKSHARED");
    const path = await world.home.write("other", "[basic]\nak = AKOTHER\nsk = s\n");
    const both = { HOME, HW_PROFILE: "default", HUAWEICLOUD_SDK_CREDENTIALS_FILE: path };
    expect(await accessKey(both, world.metadata)).toBe("AKOTHER");
    expect(await accessKey({ ...both, ...variables }, world.metadata)).toBe("AKENVIRONMENT");
  });

  test("the agency of the ECS comes last", async () => {
    await using home = await makeHome();
    await using metadata = await startMetadata();
    expect(await accessKey({ HOME: home.path }, metadata)).toBe("AKMETADATA");
  });
});

describe("a file in the home folder that can't be used is passed over", () => {
  test.each([
    ["is encrypted", { ...shared, authEncrypt: "true" }],
    ["signs in by another mode", { ...shared, current: "agency" }],
    ["has no profile", {}],
    ["is not KooCLI's", "not even JSON"],
  ])("when it %s", async (_, config) => {
    await using home = await makeHome();
    await home.write(".hcloud/config.json", config);
    await using metadata = await startMetadata();
    expect(await accessKey({ HOME: home.path }, metadata)).toBe("AKMETADATA");
  });
});

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
    await using world = await everything();
    const { message } = await rejection(accessKey({ HOME: world.home.path, ...environment }, world.metadata));
    expect(message).toContain(problem);
    expect(world.metadata.connections).toBe(0);
  });

  test.each([
    [".huaweicloud/credentials", "[basic]\nak = a\n", "has ak but not sk"],
    [".huaweicloud/credentials", "[basic]\nno key\n", "line 2 is not of the form key = value"],
    [
      ".hcloud/config.json",
      { ...shared, profiles: [{ name: "default", secretAccessKey: "s" }] },
      "has secretAccessKey but not accessKeyId",
    ],
  ])("with %s: %j", async (name, content, problem) => {
    await using home = await makeHome();
    await home.write(name, content);
    await using metadata = await startMetadata();
    const { message } = await rejection(accessKey({ HOME: home.path }, metadata));
    expect(message).toContain(join(home.path, name));
    expect(message).toContain(problem);
    expect(metadata.connections).toBe(0);
  });
});

test("an error names each source in which no credentials were found, with the reason", async () => {
  await using home = await makeHome();
  const config = await home.write(".hcloud/config.json", { ...shared, authEncrypt: "true" });
  await using metadata = await startHttpServer((response, { method }) =>
    answer(response, method === "PUT" ? 200 : 401, "t"),
  );
  const { message } = await rejection(accessKey({ HOME: home.path }, metadata));
  expect(message).toBe(
    [
      "no credentials found; looked in (1) the environment: none of HW_AUTH_TOKEN, HW_ACCESS_KEY and HW_SECRET_KEY, HUAWEICLOUD_OIDC_PROVIDER_URN and HUAWEICLOUD_OIDC_AGENCY_URN, HUAWEICLOUD_SDK_IDP_ID and HUAWEICLOUD_SDK_ID_TOKEN_FILE, HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK is set",
      `(2) ${join(home.path, ".huaweicloud/credentials")}: no such file`,
      `(3) ${config}: KooCLI has encrypted it; have the keys stored in clear with hcloud configure set --cli-auth-encrypt=false, or set HW_ACCESS_KEY and HW_SECRET_KEY`,
      "(4) the pod identity of CCE: HC_CONTAINER_CREDENTIALS_FULL_URI is not set",
      `(5) ${metadata.url}: no agency is bound to this ECS (HTTP 401): create an agency for ECS with the permissions that are needed, and choose it in the server's settings`,
    ].join("; "),
  );
});

test("a search that found no credentials is repeated by the next call", async () => {
  await using home = await makeHome();
  const gone = await startHttpServer(() => {});
  await gone[Symbol.asyncDispose]();
  const provider = defaultCredentials({ environment: { HOME: home.path }, metadata: { endpoint: gone.url } });
  await rejection(Promise.resolve(provider({ signal })));
  await home.write(".huaweicloud/credentials", profile);
  await expect(provider({ signal })).resolves.toMatchObject({ accessKey: "AKPROFILE" });
});

describe("a client without credentials", () => {
  test("takes the usual ones of its environment", async () => {
    await using home = await makeHome();
    await home.write(".huaweicloud/credentials", profile);
    await using server = await startHttpServer((response) => answer(response, 200, { lifecycle_hooks: [] }));
    const environment = { HOME: home.path };
    await using client = clientOf(server, { credentials: undefined, environment });
    await Promise.all([client.lifecycleHooks.list(groupId), client.lifecycleHooks.list(groupId)]);
    expect(server.requests.every(({ headers }) => headers.authorization?.includes("Access=AKPROFILE,"))).toBe(
      true,
    );
  });

  test("fails with a ConfigurationError that says what was being done, and sends nothing", async () => {
    await using home = await makeHome();
    await using server = await startHttpServer((response) => answer(response, 200, {}));
    const environment = { HOME: home.path, HW_PROFILE: "x" };
    await using client = clientOf(server, { credentials: undefined, environment });
    const error = await rejection(client.lifecycleHooks.list(groupId));
    expect(isConfigurationError(error) && error.operation).toBe("lifecycleHooks.list");
    expect(error.message).toBe(
      `listing the lifecycle hooks of scaling group ${groupId}: ${join(home.path, ".hcloud/config.json")}: no such file (HW_PROFILE asks for it)`,
    );
    expect(server.connections).toBe(0);
  });
});
