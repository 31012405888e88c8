import { expect, test } from "vitest";
import { defaultCredentials } from "../../sdk/credentials/sources";
import { makeHome } from "../support/home";
import { clientOf, given, groupId, rejection } from "../support/sdk";
import { always, noHooks, startHttpServer } from "../support/servers";
import { keysOfPod, temporaryKeys } from "../support/temporary-keys";

/** A pod's home with the token of its service account, and its environment. */
async function makePod(uri: string, token = "pod-token\n") {
  const home = await makeHome({ token });
  const environment = {
    HOME: home.path,
    HC_CONTAINER_CREDENTIALS_FULL_URI: uri,
    HC_CONTAINER_AUTHORIZATION_TOKEN_FILE: `${home.path}/token`,
  };
  return Object.assign(home, { environment });
}

test("a pod's keys are fetched with its token, as the vendor's SDKs do", async () => {
  await using agent = await startHttpServer(always(200, keysOfPod));
  await using pod = await makePod(`${agent.url}/v1/credentials`);
  const credentials = await given(defaultCredentials({ environment: pod.environment }));
  expect(credentials).toEqual({ ...temporaryKeys, source: `the pod identity of CCE (${agent.url})` });
  expect(agent.requests).toMatchObject([
    { method: "POST", path: "/v1/credentials", body: "{}", headers: { authorization: "pod-token" } },
  ]);
});

test("a client in a pod signs with its keys, and does not ask the server's metadata service", async () => {
  await using agent = await startHttpServer(always(200, keysOfPod));
  await using pod = await makePod(agent.url);
  await using service = await startHttpServer(noHooks);
  await using client = clientOf(service, { credentials: undefined, environment: pod.environment });
  await client.lifecycleHooks.list(groupId);
  expect(service.requests[0]?.headers).toMatchObject({
    authorization: expect.stringContaining(`Access=${temporaryKeys.accessKey},`),
    "x-security-token": temporaryKeys.securityToken,
  });
});

const wrongKeys = { credentials: { accessKeyId: "made-up-secret" } };

test.each([
  ["refuses", 403, { message: "pod-token" }, "refused it (HTTP 403)"],
  ["gives something else", 200, wrongKeys, "has no keys of the known form"],
])(
  "an agent that %s ends the search, and nothing of its response is quoted",
  async (_, status, body, problem) => {
    await using agent = await startHttpServer(always(status, body));
    await using metadata = await startHttpServer(always(404));
    await using pod = await makePod(agent.url);
    const options = { environment: pod.environment, metadata: { endpoint: metadata.url } };
    const { message } = await rejection(given(defaultCredentials(options)));
    expect(message).toMatch(
      /^the pod identity of CCE: .* \(HC_CONTAINER_CREDENTIALS_FULL_URI asks for it\)$/,
    );
    expect(message).toContain(problem);
    expect(message).not.toMatch(/made-up|pod-token/);
    expect(agent.requests).toHaveLength(1);
    expect(metadata.requests).toHaveLength(0);
  },
);

const uri = "HC_CONTAINER_CREDENTIALS_FULL_URI";
const tokenFile = "HC_CONTAINER_AUTHORIZATION_TOKEN_FILE";
const elsewhere = `${uri} is neither https nor plain http on this machine`;

test.each([
  [{ [uri]: undefined }, `but not ${uri}: set both, or neither`],
  [{ [tokenFile]: undefined }, `but not ${tokenFile}`],
  [{ [tokenFile]: "/nowhere" }, `/nowhere: no such file (${tokenFile} names it)`],
  [{ [uri]: "http://example.com/v1" }, elsewhere],
  [{ [uri]: "http://169.254.1.1.example.com" }, elsewhere],
  [{ [uri]: "file:///etc" }, elsewhere],
  [{ [uri]: "nowhere" }, elsewhere],
  [{}, `token: the file is empty (${tokenFile} names it)`, "\n"],
])(
  "variables of a pod that can't be used, or an empty file, end the search: %j",
  async (change, problem, token?: string) => {
    await using pod = await makePod("http://127.0.0.1:1", token);
    const environment = { ...pod.environment, ...change };
    expect((await rejection(given(defaultCredentials({ environment })))).message).toContain(problem);
  },
);
