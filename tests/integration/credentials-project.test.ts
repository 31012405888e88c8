import { describe, expect, test } from "vitest";
import { isConfigurationError, isServiceError } from "../../sdk/errors/errors";
import { clientOf, groupId, keys, rejection } from "../support/sdk";
import { answer, type HttpServer, noHooks, startHttpServer } from "../support/servers";

const hooks = (project: string) => `/autoscaling-api/v1/${project}/scaling_lifecycle_hook/${groupId}/list`;
const paths = ({ requests }: HttpServer) => requests.map(({ method, path }) => `${method} ${path}`);
const look = "GET /v3/projects?name=cn-north-4";
const own = { id: "p1", name: "cn-north-4" };

/** IAM with these projects, whose first answers may be refusals, and Auto Scaling without hooks. */
function startCloud(projects: readonly { id: string; name: string }[], refusals = 0) {
  return startHttpServer((response, request, count) => {
    if (!request.path.startsWith("/v3/projects")) noHooks(response, request, count);
    else if (count < refusals) answer(response, 403, { error: { code: 403, message: "no" } });
    else answer(response, 200, { projects, links: {} });
  });
}

const lookingUp = { projectId: undefined } as const;

test("a project that is not given is looked up once for all calls, at once or later", async () => {
  await using server = await startCloud([own]);
  await using client = clientOf(server, lookingUp);
  await Promise.all([
    client.lifecycleHooks.list(groupId),
    client.lifecycleHooks.list(groupId),
    client.projectId(),
  ]);
  await client.lifecycleHooks.list(groupId);
  expect(paths(server)).toEqual([look, ...Array(3).fill(`GET ${hooks("p1")}`)]);
  expect(server.requests.at(-1)?.headers).toMatchObject({ "x-project-id": "p1" });
});

const none = "these credentials see no project of that name";

test.each([
  ["no project", [], none],
  ["only a project of another name", [{ id: "p2", name: "cn-north-4_team" }], none],
  ["several projects", [own, { ...own, id: "p2" }], "there are 2: p1, p2"],
])(
  "%s ends the look-up with an error that says what to set, and nothing is created",
  async (_, projects, found) => {
    await using server = await startCloud(projects);
    await using client = clientOf(server, { ...lookingUp, maxRetries: 3 });
    const error = await rejection(client.lifecycleHooks.list(groupId));
    expect(isConfigurationError(error)).toBe(true);
    expect(error.message).toBe(
      `looking up the project of region cn-north-4: ${found}; set projectId, or HW_PROJECT_ID`,
    );
    expect(paths(server)).toEqual([look]);
  },
);

test("a look-up that failed is repeated by the next call, and only GET is sent", async () => {
  await using server = await startCloud([own], 1);
  await using client = clientOf(server, lookingUp);
  const error = await rejection(client.lifecycleHooks.list(groupId));
  expect(isServiceError(error) && error.status).toBe(403);
  expect(error.message).toContain("(unnecessary when its id is set)");
  expect(error.message).toContain("iam:projects:listProjects");
  await client.lifecycleHooks.list(groupId);
  expect(paths(server)).toEqual([look, look, `GET ${hooks("p1")}`]);
});

test("a caller's signal ends its own wait for the look-up only", async () => {
  const arrived = Promise.withResolvers<() => void>();
  await using server = await startHttpServer((response) =>
    arrived.resolve(() => answer(response, 200, { projects: [own] })),
  );
  await using client = clientOf(server, lookingUp);
  const controller = new AbortController();
  const impatient = client.projectId({ signal: controller.signal });
  const patient = client.projectId();
  const release = await arrived.promise;
  controller.abort(new Error("given up"));
  expect((await rejection(impatient)).message).toBe("given up");
  release();
  expect(await patient).toBe("p1");
  expect(server.requests).toHaveLength(1);
});

describe("the project of a call", () => {
  const environment = { HW_ACCESS_KEY: "a", HW_SECRET_KEY: "s", HW_PROJECT_ID: "penv" };
  const ofSdk = { ...environment, HW_PROJECT_ID: "", HUAWEICLOUD_SDK_PROJECT_ID: "psdk" };
  const ofOtherRegion = { ...environment, HW_REGION_NAME: "cn-south-1" };
  const usual = { ...lookingUp, credentials: undefined };

  test.each([
    ["is the given one, also beside HW_PROJECT_ID", { ...usual, projectId: "given", environment }, "given"],
    [
      "comes with the credentials",
      { ...lookingUp, credentials: () => ({ ...keys, projectId: "pcred" }) },
      "pcred",
    ],
    [
      "is that of HW_PROJECT_ID, where the credentials are the default ones",
      { ...usual, environment },
      "penv",
    ],
    ["is that of HUAWEICLOUD_SDK_PROJECT_ID otherwise", { ...usual, environment: ofSdk }, "psdk"],
    [
      "is looked up where the environment's is of another region",
      { ...usual, environment: ofOtherRegion },
      "p1",
    ],
    [
      "is looked up for credentials of the program's own, which may be of another account than the environment's",
      { ...lookingUp, environment },
      "p1",
    ],
  ])("%s", async (_, options, id) => {
    await using server = await startCloud([own]);
    await using client = clientOf(server, options);
    await client.lifecycleHooks.list(groupId);
    expect(await client.projectId()).toBe(id);
    expect(paths(server)).toEqual([...(id === "p1" ? [look] : []), `GET ${hooks(id)}`]);
  });
});

test("a text that can't be a project's id is refused before it becomes part of a path", async () => {
  await using server = await startCloud([]);
  const projectId = "../../v3/users";
  expect(() => clientOf(server, { projectId })).toThrow(
    'making the client: projectId "../../v3/users" is not a project\'s id',
  );
  const environment = { HW_PROJECT_ID: projectId };
  const ofEnvironment = () => clientOf(server, { ...lookingUp, credentials: undefined, environment });
  expect(ofEnvironment).toThrow("HW_PROJECT_ID");
  const credentials = { ...keys, projectId, source: "the vault" };
  await using client = clientOf(server, { ...lookingUp, credentials });
  const error = await rejection(client.projectId());
  expect(isConfigurationError(error)).toBe(true);
  expect(error.message).toContain("(the vault) is no project's id");
  expect(server.connections).toBe(0);
});

test("credentials that are missing for a look-up are reported as such", async () => {
  await using server = await startCloud([]);
  const credentials = () => Promise.reject(new Error("the vault is sealed"));
  await using client = clientOf(server, { ...lookingUp, credentials });
  expect((await rejection(client.projectId())).message).toBe(
    "looking up the project of region cn-north-4: the vault is sealed",
  );
});
