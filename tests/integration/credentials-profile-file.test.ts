import { join } from "node:path";
import { expect, test } from "vitest";
import { profileCredentials } from "../../sdk/credentials/sources";
import { makeHome } from "../support/home";
import { clientOf, groupId, rejection } from "../support/sdk";
import { answer, startHttpServer } from "../support/servers";

const signal = new AbortController().signal;
const file = ".huaweicloud/credentials";
const ask = async (environment: NodeJS.ProcessEnv) => profileCredentials(environment)({ signal });

test("the profile file in the home folder gives a pair, its token, its project, and itself as the source", async () => {
  await using home = await makeHome();
  const text =
    "[basic]\nak = a\nsk = s\nsecurity_token = t\nproject_id = p\ndomain_id = d\n[global]\nak = x\n";
  const path = await home.write(file, text);
  await expect(ask({ HOME: home.path })).resolves.toEqual({
    accessKey: "a",
    secretKey: "s",
    securityToken: "t",
    projectId: "p",
    source: path,
  });
});

test("the profile file is found in USERPROFILE on Windows", async () => {
  await using home = await makeHome();
  await home.write(file, "[basic]\nak = a\nsk = s\n");
  await expect(ask({ USERPROFILE: home.path })).resolves.toMatchObject({
    accessKey: "a",
    projectId: undefined,
  });
});

test("HUAWEICLOUD_SDK_CREDENTIALS_FILE names another profile file, also from the home folder", async () => {
  await using home = await makeHome();
  await home.write(file, "[basic]\nak = wrong\nsk = wrong\n");
  const path = await home.write("elsewhere/keys", "[basic]\nak = a\nsk = s\n");
  for (const name of [path, "~/elsewhere/keys"]) {
    const environment = { HOME: home.path, HUAWEICLOUD_SDK_CREDENTIALS_FILE: name };
    await expect(ask(environment)).resolves.toMatchObject({ accessKey: "a", source: path });
  }
});

test("a profile file that can't be read is named, with the system's code", async () => {
  await using home = await makeHome();
  await home.write(`${file}/inside`, "");
  expect((await rejection(ask({ HOME: home.path }))).message).toBe(
    `${join(home.path, file)} can't be read (EISDIR)`,
  );
});

test.each([
  ["[global]\nak = a\nsk = secret\n", "it has no section [basic]"],
  ["[basic]\nregion = x\n", "section [basic] has neither ak and sk nor idp_id"],
  ["[basic]\nak =\nsk =\n", "section [basic] has neither ak and sk nor idp_id"],
  [
    "[basic]\nak = a\nsk = secret\nidp_id = b\n",
    "section [basic], has idp_id but not id_token_file: set both, or neither",
  ],
  ["[basic]\nak = a\nsk = secret\nid_token_file = b\n", "section [basic], has id_token_file but not idp_id"],
  ["[basic]\nak = a\n", "section [basic], has ak but not sk: set both, or neither"],
  ["[basic]\nsk = secret\n", "section [basic], has sk but not ak: set both, or neither"],
  ["[basic]\nak = a\nsecret\n", "line 3 is not of the form key = value"],
  ["[basic]\nak = a\nsk = %secret\n", "line 3 has a % that belongs to no %(key)s"],
  ["[basic]\nak = a\nsk = b\niam_endpoint = secret\n", "iam_endpoint is not the https address of a service"],
])("a profile file %j is refused: %s", async (text, problem) => {
  await using home = await makeHome();
  const path = await home.write(file, text);
  const { message } = await rejection(ask({ HOME: home.path }));
  expect(message.startsWith(path)).toBe(true);
  expect(message).toContain(problem);
  expect(message).not.toContain("secret\n");
  expect(message.slice(path.length)).not.toContain("secret");
});

test("a client signs with a profile file, for its project, and looks nothing up", async () => {
  await using home = await makeHome();
  await home.write(file, "[basic]\nak = AKFROMFILE\nsk = s\nsecurity_token = t\nproject_id = p1\n");
  await using server = await startHttpServer((response) => answer(response, 200, { lifecycle_hooks: [] }));
  await using client = clientOf(server, {
    projectId: undefined,
    credentials: profileCredentials({ HOME: home.path }),
  });
  await client.lifecycleHooks.list(groupId);
  expect(server.requests.map(({ path }) => path)).toEqual([
    `/autoscaling-api/v1/p1/scaling_lifecycle_hook/${groupId}/list`,
  ]);
  expect(server.requests[0]?.headers).toMatchObject({
    authorization: expect.stringContaining("Access=AKFROMFILE,"),
    "x-security-token": "t",
    "x-project-id": "p1",
  });
});

test("the project is looked up at the iam_endpoint of the profile file", async () => {
  await using iam = await startHttpServer((response) =>
    answer(response, 200, { projects: [{ id: "p1", name: "cn-north-4" }] }),
  );
  await using home = await makeHome();
  await home.write(file, `[basic]\nak = a\nsk = s\niam_endpoint = ${iam.url}\n`);
  await using client = clientOf(iam, {
    projectId: undefined,
    iamEndpoint: undefined,
    credentials: undefined,
    environment: { HOME: home.path },
  });
  expect(await client.projectId()).toBe("p1");
  expect(iam.requests).toHaveLength(1);
});
