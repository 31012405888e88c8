import { expect, test } from "vitest";
import { defaultCredentials } from "../../sdk/credentials/sources";
import { makeHome } from "../support/home";
import { clientOf, groupId, rejection } from "../support/sdk";
import { answer, startHttpServer } from "../support/servers";

const signal = new AbortController().signal;
const keys = {
  assumedAgency: { urn: "u", id: "i" },
  credentials: {
    accessKeyId: "AKPOD",
    secretAccessKey: "made-up-secret",
    securityToken: "made-up-token",
    expiration: "2030-01-08T03:50:07.574000Z",
  },
};

/** A pod's home with the token of its service account, and its environment. */
async function makePod(uri: string, token = "pod-token\n") {
  const home = await makeHome();
  const file = await home.write("token", token);
  const environment = {
    HOME: home.path,
    HC_CONTAINER_CREDENTIALS_FULL_URI: uri,
    HC_CONTAINER_AUTHORIZATION_TOKEN_FILE: file,
  };
  return Object.assign(home, { environment });
}

test("a pod's keys are fetched with its token, as the vendor's SDKs do", async () => {
  await using agent = await startHttpServer((response) => answer(response, 200, keys));
  await using pod = await makePod(`${agent.url}/v1/credentials`);
  const credentials = await defaultCredentials({ environment: pod.environment })({ signal });
  expect(credentials).toEqual({
    accessKey: "AKPOD",
    secretKey: "made-up-secret",
    securityToken: "made-up-token",
    expiresAt: new Date("2030-01-08T03:50:07.574Z"),
    source: `the pod identity of CCE (${agent.url})`,
  });
  expect(agent.requests).toMatchObject([
    { method: "POST", path: "/v1/credentials", body: "{}", headers: { authorization: "pod-token" } },
  ]);
});

test("a client in a pod signs with its keys, and does not ask the server's metadata service", async () => {
  await using agent = await startHttpServer((response) => answer(response, 200, keys));
  await using pod = await makePod(agent.url);
  await using service = await startHttpServer((response) => answer(response, 200, { lifecycle_hooks: [] }));
  await using client = clientOf(service, { credentials: undefined, environment: pod.environment });
  await client.lifecycleHooks.list(groupId);
  expect(service.requests[0]?.headers).toMatchObject({
    authorization: expect.stringContaining("Access=AKPOD,"),
    "x-security-token": "made-up-token",
  });
});

test.each([
  ["refuses", 403, { message: "pod-token" }, "refused it (HTTP 403)"],
  [
    "gives something else",
    200,
    { credentials: { accessKeyId: "made-up-secret" } },
    "has no keys of the known form",
  ],
])(
  "an agent that %s ends the search, and nothing of its response is quoted",
  async (_, status, body, problem) => {
    await using agent = await startHttpServer((response) => answer(response, status, body));
    await using metadata = await startHttpServer((response) => answer(response, 404));
    await using pod = await makePod(agent.url);
    const options = { environment: pod.environment, metadata: { endpoint: metadata.url } };
    const { message } = await rejection(Promise.resolve(defaultCredentials(options)({ signal })));
    expect(message).toMatch(
      /^the pod identity of CCE: .* \(HC_CONTAINER_CREDENTIALS_FULL_URI asks for it\)$/,
    );
    expect(message).toContain(problem);
    expect(message).not.toMatch(/made-up|pod-token/);
    expect(agent.requests).toHaveLength(1);
    expect(metadata.requests).toHaveLength(0);
  },
);

test("a token goes to this machine or over https alone", async () => {
  for (const uri of ["http://example.com/v1", "http://169.254.1.1.example.com", "file:///etc", "nowhere"]) {
    await using pod = await makePod(uri);
    const { message } = await rejection(
      Promise.resolve(defaultCredentials({ environment: pod.environment })({ signal })),
    );
    expect(message).toContain(
      "HC_CONTAINER_CREDENTIALS_FULL_URI is neither https nor plain http on this machine",
    );
  }
});

test.each([
  [
    { HC_CONTAINER_CREDENTIALS_FULL_URI: undefined },
    "but not HC_CONTAINER_CREDENTIALS_FULL_URI: set both, or neither",
  ],
  [{ HC_CONTAINER_AUTHORIZATION_TOKEN_FILE: undefined }, "but not HC_CONTAINER_AUTHORIZATION_TOKEN_FILE"],
  [
    { HC_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/nowhere" },
    "/nowhere: no such file (HC_CONTAINER_AUTHORIZATION_TOKEN_FILE names it)",
  ],
])("half of a pod's variables, or a file that is not there, ends the search: %j", async (change, problem) => {
  await using pod = await makePod("http://127.0.0.1:1");
  const environment = { ...pod.environment, ...change };
  const { message } = await rejection(Promise.resolve(defaultCredentials({ environment })({ signal })));
  expect(message).toContain(problem);
});

test("an empty token file is told", async () => {
  await using pod = await makePod("http://127.0.0.1:1", "\n");
  const { message } = await rejection(
    Promise.resolve(defaultCredentials({ environment: pod.environment })({ signal })),
  );
  expect(message).toContain("token: the file is empty (HC_CONTAINER_AUTHORIZATION_TOKEN_FILE names it)");
});
