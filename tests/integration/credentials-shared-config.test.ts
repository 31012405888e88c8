import { expect, test } from "vitest";
import { sharedConfigCredentials } from "../../sdk/credentials/sources";
import { makeHome } from "../support/home";
import { rejection } from "../support/sdk";

const signal = new AbortController().signal;
const file = ".hcloud/config.json";
const ask = async (environment: NodeJS.ProcessEnv, region?: string) =>
  sharedConfigCredentials(environment, region)({ signal });

/** As KooCLI writes it, flags as strings. */
const config = {
  authEncrypt: "false",
  language: "en",
  current: "default",
  profiles: [
    {
      name: "default",
      mode: "AKSK",
      accessKeyId: "AKDEFAULT",
      secretAccessKey: "s",
      securityToken: "",
      region: "cn-north-4",
      projectId: "p",
      readTimeout: 10,
    },
    {
      name: "temporary",
      mode: "AKSK",
      accessKeyId: "AKTEMPORARY",
      secretAccessKey: "s",
      securityToken: "t",
      region: "",
      projectId: "p2",
    },
    {
      name: "sso",
      mode: "SSO",
      accessKeyId: "",
      secretAccessKey: "",
      ssoAuth: { stsToken: { accessKeyId: "AKSSO", secretAccessKey: "s", securityToken: "t" } },
    },
    { name: "signed-out", mode: "SSO", ssoAuth: { stsToken: null } },
    { name: "empty", mode: "AKSK", accessKeyId: "" },
    { name: "half", mode: "AKSK", accessKeyId: "AKHALF", secretAccessKey: "" },
    { name: "ecs", mode: "ecsAgency" },
    { name: "token", mode: "token" },
  ],
};

test("KooCLI's current profile in the home folder gives credentials", async () => {
  await using home = await makeHome();
  const path = await home.write(file, config);
  await expect(ask({ HOME: home.path })).resolves.toEqual({
    accessKey: "AKDEFAULT",
    secretKey: "s",
    securityToken: undefined,
    projectId: "p",
    source: `${path}, profile "default"`,
  });
});

test("HW_PROFILE chooses another profile of KooCLI, HW_SHARED_CONFIG_FILE another file", async () => {
  await using home = await makeHome();
  await home.write("koo.json", config);
  const environment = { HOME: home.path, HW_SHARED_CONFIG_FILE: "~/koo.json", HW_PROFILE: "temporary" };
  await expect(ask(environment)).resolves.toMatchObject({
    accessKey: "AKTEMPORARY",
    secretKey: "s",
    securityToken: "t",
  });
});

test("a profile of mode SSO gives the keys of its session", async () => {
  await using home = await makeHome();
  await home.write(file, config);
  await expect(ask({ HOME: home.path, HW_PROFILE: "sso" })).resolves.toMatchObject({
    accessKey: "AKSSO",
    secretKey: "s",
    securityToken: "t",
  });
});

test("the project of a KooCLI profile counts in its own region, or where it names none", async () => {
  await using home = await makeHome();
  await home.write(file, config);
  const project = async (name: string, region?: string) =>
    (await ask({ HOME: home.path, HW_PROFILE: name }, region)).projectId;
  expect(await project("default", "cn-north-4")).toBe("p");
  expect(await project("default")).toBe("p");
  expect(await project("default", "cn-south-1")).toBeUndefined();
  expect(await project("temporary", "cn-south-1")).toBe("p2");
});

test.each([
  ["the flag as KooCLI writes it", { ...config, authEncrypt: "true" }],
  ["the flag as a boolean", { ...config, authEncrypt: true }],
  [
    "no flag, but a key that is none",
    {
      current: "a",
      profiles: [{ name: "a", accessKeyId: "4f0c1e5a9b".repeat(7), secretAccessKey: "ciphertext" }],
    },
  ],
  [
    "no flag, but a key in base64",
    {
      current: "a",
      profiles: [{ name: "a", accessKeyId: "q83vEjRWeJA+/w==", secretAccessKey: "ciphertext" }],
    },
  ],
])(
  "an encrypted configuration of KooCLI (%s) is recognised, with the command that helps",
  async (_, encrypted) => {
    await using home = await makeHome();
    const path = await home.write(file, encrypted);
    expect((await rejection(ask({ HOME: home.path }))).message).toBe(
      `${path}: KooCLI has encrypted it; have the keys stored in clear with hcloud configure set --cli-auth-encrypt=false, or set HW_ACCESS_KEY and HW_SECRET_KEY`,
    );
  },
);

test("a configuration of KooCLI that does not say whether it is encrypted is used if its key looks like one", async () => {
  await using home = await makeHome();
  const { authEncrypt: _, ...unmarked } = config;
  await home.write(file, unmarked);
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
  await using home = await makeHome();
  const path = await home.write(file, config);
  const { message } = await rejection(ask({ HOME: home.path, HW_PROFILE: profile }));
  expect(message.startsWith(path)).toBe(true);
  expect(message).toContain(problem);
});

test.each([
  ['{"current":"a","profiles":[{"name":"a","secretAccessKey":"secret', "(the whole)"],
  ['["secret"]', "(the whole)"],
  ['{"profiles":[{"name":"a","secretAccessKey":["secret"]}]}', "(profiles.0.secretAccessKey)"],
  ['{"profiles":"secret"}', "(profiles)"],
])("%s is refused as KooCLI's configuration without quoting it", async (text, where) => {
  await using home = await makeHome();
  const path = await home.write(file, text);
  const { message } = await rejection(ask({ HOME: home.path }));
  expect(message).toBe(`${path}: it is not a configuration of KooCLI ${where}`);
});

test("a configuration of KooCLI without profiles is refused", async () => {
  await using home = await makeHome();
  const path = await home.write(file, {});
  expect((await rejection(ask({ HOME: home.path }))).message).toBe(
    `${path}: it has no current profile, nor any other`,
  );
});
