import { expect, test } from "vitest";
import { sharedConfigCredentials } from "../../sdk/credentials/sources";
import { makeHome } from "../support/home";
import { given, rejection } from "../support/sdk";

const file = ".hcloud/config.json";
const ask = (environment: NodeJS.ProcessEnv, region?: string) =>
  given(sharedConfigCredentials(environment, region));

const pair = { mode: "AKSK", accessKeyId: "AKDEFAULT", secretAccessKey: "s", securityToken: "" };
const session = { accessKeyId: "AKSSO", secretAccessKey: "s", securityToken: "t" };

/** As KooCLI writes it, flags as strings. */
const config = {
  authEncrypt: "false",
  language: "en",
  current: "default",
  profiles: [
    { ...pair, name: "default", region: "cn-north-4", projectId: "p", readTimeout: 10 },
    { ...pair, name: "temporary", securityToken: "t", region: "", projectId: "p2" },
    { name: "sso", mode: "SSO", accessKeyId: "", secretAccessKey: "", ssoAuth: { stsToken: session } },
    { name: "signed-out", mode: "SSO", ssoAuth: { stsToken: null } },
    { name: "empty", mode: "AKSK", accessKeyId: "" },
    { ...pair, name: "half", secretAccessKey: "" },
    { name: "ecs", mode: "ecsAgency" },
    { name: "token", mode: "token" },
  ],
};

test("KooCLI's current profile in the home folder gives credentials", async () => {
  await using home = await makeHome({ [file]: config });
  await expect(ask({ HOME: home.path })).resolves.toEqual({
    accessKey: "AKDEFAULT",
    secretKey: "s",
    securityToken: undefined,
    projectId: "p",
    source: `${home.path}/${file}, profile "default"`,
  });
});

test.each([
  ["temporary", "AKDEFAULT"],
  ["sso", "AKSSO"],
])(
  "HW_PROFILE chooses the profile %s of KooCLI, HW_SHARED_CONFIG_FILE another file",
  async (name, accessKey) => {
    await using home = await makeHome({ "koo.json": config });
    const environment = { HOME: home.path, HW_SHARED_CONFIG_FILE: "~/koo.json", HW_PROFILE: name };
    await expect(ask(environment)).resolves.toMatchObject({ accessKey, secretKey: "s", securityToken: "t" });
  },
);

test.each([
  ["default", "cn-north-4", "p"],
  ["default", undefined, "p"],
  ["default", "cn-south-1", undefined],
  ["temporary", "cn-south-1", "p2"],
])(
  "the project of a KooCLI profile counts in its own region, or where it names none: %s in %s has %s",
  async (name, region, projectId) => {
    await using home = await makeHome({ [file]: config });
    expect(await ask({ HOME: home.path, HW_PROFILE: name }, region)).toMatchObject({ projectId });
  },
);

const withKey = (accessKeyId: string) => ({
  current: "a",
  profiles: [{ name: "a", accessKeyId, secretAccessKey: "ciphertext" }],
});

test.each([
  ["the flag as KooCLI writes it", { ...config, authEncrypt: "true" }],
  ["the flag as a boolean", { ...config, authEncrypt: true }],
  ["no flag, but a key that is none", withKey("4f0c1e5a9b".repeat(7))],
  ["no flag, but a key in base64", withKey("q83vEjRWeJA+/w==")],
])(
  "an encrypted configuration of KooCLI (%s) is recognised, with the command that helps",
  async (_, encrypted) => {
    await using home = await makeHome({ [file]: encrypted });
    expect((await rejection(ask({ HOME: home.path }))).message).toBe(
      `${home.path}/${file}: KooCLI has encrypted it; have the keys stored in clear with hcloud configure set --cli-auth-encrypt=false, or set HW_ACCESS_KEY and HW_SECRET_KEY`,
    );
  },
);

test("a configuration of KooCLI that does not say whether it is encrypted is used if its key looks like one", async () => {
  await using home = await makeHome({ [file]: { ...config, authEncrypt: undefined } });
  await expect(ask({ HOME: home.path })).resolves.toMatchObject({ accessKey: "AKDEFAULT" });
});

test.each([
  ["missing", 'it has no profile "missing", but "default", "temporary"'],
  ["signed-out", 'profile "signed-out", has no keys: sign in with hcloud configure sso'],
  ["empty", 'profile "empty", has no keys: set them with hcloud configure set'],
  ["half", 'profile "half", has accessKeyId but not secretAccessKey: set both, or neither'],
  ["ecs", 'profile "ecs", signs in by "ecsAgency", which is not supported: AKSK and SSO are'],
  ["token", 'profile "token", signs in by "token", which is not supported: AKSK and SSO are'],
])("KooCLI's profile %s is refused: %s", async (profile, problem) => {
  await using home = await makeHome({ [file]: config });
  const { message } = await rejection(ask({ HOME: home.path, HW_PROFILE: profile }));
  expect(message.startsWith(`${home.path}/${file}`)).toBe(true);
  expect(message).toContain(problem);
});

const wrong = "it is not a configuration of KooCLI";

test.each([
  ['{"current":"a","profiles":[{"name":"a","secretAccessKey":"secret', `${wrong} (the whole)`],
  ['["secret"]', `${wrong} (the whole)`],
  ['{"profiles":[{"name":"a","secretAccessKey":["secret"]}]}', `${wrong} (profiles.0.secretAccessKey)`],
  ['{"profiles":"secret"}', `${wrong} (profiles)`],
  ["{}", "it has no current profile, nor any other"],
])("%s is refused as KooCLI's configuration without quoting it: %s", async (text, problem) => {
  await using home = await makeHome({ [file]: text });
  const { message } = await rejection(ask({ HOME: home.path }));
  expect(message).toBe(`${home.path}/${file}: ${problem}`);
});
