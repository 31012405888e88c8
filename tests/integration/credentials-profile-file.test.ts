import { join } from "node:path";
import { expect, test } from "vitest";
import { profileCredentials } from "../../sdk/credentials/sources";
import { makeHome } from "../support/home";
import { given, rejection } from "../support/sdk";

const file = ".huaweicloud/credentials";
const ask = (environment: NodeJS.ProcessEnv) => given(profileCredentials(environment));

test("the profile file in the home folder gives a pair with all that belongs to it, and itself as the source", async () => {
  await using home = await makeHome();
  const rest = "project_id = p\niam_endpoint = https://iam.example.com\ndomain_id = d\n";
  const path = await home.write(
    file,
    `[basic]\nak = a\nsk = s\nsecurity_token = t\n${rest}[global]\nak = x\n`,
  );
  await expect(ask({ HOME: home.path })).resolves.toEqual({
    accessKey: "a",
    secretKey: "s",
    securityToken: "t",
    projectId: "p",
    iamEndpoint: "https://iam.example.com",
    source: path,
  });
});

test("the profile file is found in USERPROFILE on Windows", async () => {
  await using home = await makeHome({ [file]: "[basic]\nak = a\nsk = s\n" });
  await expect(ask({ USERPROFILE: home.path })).resolves.toMatchObject({
    accessKey: "a",
    projectId: undefined,
  });
});

test.each(["", "~/"])(
  "HUAWEICLOUD_SDK_CREDENTIALS_FILE names another profile file, also from the home folder: %j",
  async (folder) => {
    await using home = await makeHome({ [file]: "[basic]\nak = wrong\nsk = wrong\n" });
    const path = await home.write("elsewhere/keys", "[basic]\nak = a\nsk = s\n");
    const name = folder === "" ? path : `${folder}elsewhere/keys`;
    const environment = { HOME: home.path, HUAWEICLOUD_SDK_CREDENTIALS_FILE: name };
    await expect(ask(environment)).resolves.toMatchObject({ accessKey: "a", source: path });
  },
);

test("a profile file that can't be read is named, with the system's code", async () => {
  await using home = await makeHome({ [`${file}/inside`]: "" });
  const { message } = await rejection(ask({ HOME: home.path }));
  expect(message).toBe(`${join(home.path, file)} can't be read (EISDIR)`);
});

const pair = "[basic]\nak = a\nsk = secret\n";
const nothing = "section [basic] has neither ak and sk nor idp_id";

test.each([
  ["[global]\nak = a\nsk = secret\n", "it has no section [basic]"],
  ["[basic]\nregion = x\n", nothing],
  ["[basic]\nak =\nsk =\n", nothing],
  [`${pair}idp_id = b\n`, "section [basic], has idp_id but not id_token_file: set both, or neither"],
  [`${pair}id_token_file = b\n`, "section [basic], has id_token_file but not idp_id"],
  ["[basic]\nak = a\n", "section [basic], has ak but not sk: set both, or neither"],
  ["[basic]\nsk = secret\n", "section [basic], has sk but not ak: set both, or neither"],
  [`${pair}secret\n`, "line 4 is not of the form key = value"],
  [`${pair}iam_endpoint = secret\n`, "iam_endpoint is not the https address of a service"],
])("a profile file %j is refused: %s", async (text, problem) => {
  await using home = await makeHome();
  const path = await home.write(file, text);
  const { message } = await rejection(ask({ HOME: home.path }));
  expect(message.startsWith(path)).toBe(true);
  expect(message).toContain(problem);
  expect(message.slice(path.length)).not.toContain("secret");
});
