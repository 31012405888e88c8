import { describe, expect, test } from "vitest";
import { startEmulator } from "../../sdk/emulator";
import { isConfigurationError, isServiceError } from "../../sdk/errors/errors";
import { clientOf, groupId, keys, rejection } from "../support/sdk";
import { answer, type HttpServer, startHttpServer } from "../support/servers";

const hooks = (project: string) => `/autoscaling-api/v1/${project}/scaling_lifecycle_hook/${groupId}/list`;
const paths = ({ requests }: HttpServer) => requests.map(({ method, path }) => `${method} ${path}`);
const look = "GET /v3/projects?name=cn-north-4";

/** IAM with these projects, and Auto Scaling without hooks. */
function startCloud(projects: readonly { id: string; name: string }[]) {
  return startHttpServer((response, { path }) => {
    if (path.startsWith("/v3/projects")) answer(response, 200, { projects, links: {} });
    else answer(response, 200, { lifecycle_hooks: [] });
  });
}

const lookingUp = { projectId: undefined } as const;

test("a project that is given is used, and nothing is looked up", async () => {
  await using server = await startCloud([]);
  await using client = clientOf(server, { projectId: "given" });
  await client.lifecycleHooks.list(groupId);
  expect(await client.projectId()).toBe("given");
  expect(paths(server)).toEqual([`GET ${hooks("given")}`]);
});

test("a project that is not given is looked up once for all calls, at once or later", async () => {
  await using server = await startCloud([{ id: "p1", name: "cn-north-4" }]);
  await using client = clientOf(server, lookingUp);
  await Promise.all([
    client.lifecycleHooks.list(groupId),
    client.lifecycleHooks.list(groupId),
    client.projectId(),
  ]);
  await client.lifecycleHooks.list(groupId);
  expect(paths(server)).toEqual([look, ...Array(3).fill(`GET ${hooks("p1")}`)]);
});

test("the look-up is signed as the identity service wants it, against the emulator", async () => {
  await using emulator = await startEmulator();
  const { accessKey, secretKey } = emulator;
  await using client = clientOf(emulator, { ...lookingUp, credentials: { accessKey, secretKey } });
  expect(await client.projectId()).toBe(emulator.projectId);
  expect(emulator.requests.map(({ method, path, query, status }) => [method, path, query, status])).toEqual([
    ["GET", "/v3/projects", "name=cn-north-4", 200],
  ]);
});

describe.each([
  ["no project", [], "these credentials see no project of that name"],
  [
    "only one of another name",
    [{ id: "p2", name: "cn-north-4_team" }],
    "these credentials see no project of that name",
  ],
  [
    "several projects",
    [
      { id: "p1", name: "cn-north-4" },
      { id: "p2", name: "cn-north-4" },
    ],
    "there are 2: p1, p2",
  ],
])("%s", (_, projects, found) => {
  test("ends the look-up of a project with an error that says what to set, and nothing is created", async () => {
    await using server = await startCloud(projects);
    await using client = clientOf(server, { ...lookingUp, maxRetries: 3 });
    const error = await rejection(client.lifecycleHooks.list(groupId));
    expect(isConfigurationError(error)).toBe(true);
    expect(error.message).toBe(
      `looking up the project of region cn-north-4: ${found}; set projectId, or HW_PROJECT_ID`,
    );
    expect(paths(server)).toEqual([look]);
  });
});

test("a look-up that failed is repeated by the next call, and only GET is sent", async () => {
  await using server = await startHttpServer((response, { path }, count) => {
    if (count === 0) answer(response, 403, { error: { code: 403, message: "no", title: "Forbidden" } });
    else if (path.startsWith("/v3")) answer(response, 200, { projects: [{ id: "p1", name: "cn-north-4" }] });
    else answer(response, 200, { lifecycle_hooks: [] });
  });
  await using client = clientOf(server, lookingUp);
  const error = await rejection(client.lifecycleHooks.list(groupId));
  expect(isServiceError(error) && error.status).toBe(403);
  expect(error.message).toContain("(unnecessary when its id is set)");
  expect(error.message).toContain("iam:projects:listProjects");
  await client.lifecycleHooks.list(groupId);
  expect(paths(server)).toEqual([look, look, `GET ${hooks("p1")}`]);
});

test("a caller's signal ends its own wait for the look-up only", async () => {
  const release = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  await using server = await startHttpServer(async (response) => {
    arrived.resolve();
    await release.promise;
    answer(response, 200, { projects: [{ id: "p1", name: "cn-north-4" }] });
  });
  await using client = clientOf(server, lookingUp);
  const controller = new AbortController();
  const impatient = client.projectId({ signal: controller.signal });
  const patient = client.projectId();
  await arrived.promise;
  controller.abort(new Error("given up"));
  expect((await rejection(impatient)).message).toBe("given up");
  release.resolve();
  expect(await patient).toBe("p1");
  expect(server.requests).toHaveLength(1);
});

describe("the project of the environment", () => {
  const environment = { HW_ACCESS_KEY: "a", HW_SECRET_KEY: "s", HW_PROJECT_ID: "penv" };
  const usual = { credentials: undefined, ...lookingUp };

  test.each([
    ["HW_PROJECT_ID", environment, "penv"],
    [
      "HUAWEICLOUD_SDK_PROJECT_ID",
      { ...environment, HW_PROJECT_ID: "", HUAWEICLOUD_SDK_PROJECT_ID: "psdk" },
      "psdk",
    ],
  ])("is that of %s, where the credentials are the default ones", async (_, variables, id) => {
    await using server = await startCloud([]);
    await using client = clientOf(server, { ...usual, environment: variables });
    await client.lifecycleHooks.list(groupId);
    expect(paths(server)).toEqual([`GET ${hooks(id)}`]);
  });

  test.each([
    [
      "of a client with a project of its own",
      { ...usual, projectId: "given", environment },
      [`GET ${hooks("given")}`],
    ],
    [
      "of a client with credentials of its own, which may be of another account",
      { ...lookingUp, credentials: keys, environment },
      [look, `GET ${hooks("p1")}`],
    ],
    [
      "in another region than the environment's",
      { ...usual, environment: { ...environment, HW_REGION_NAME: "cn-south-1" } },
      [look, `GET ${hooks("p1")}`],
    ],
  ])("does not apply %s", async (_, options, expected) => {
    await using server = await startCloud([{ id: "p1", name: "cn-north-4" }]);
    await using client = clientOf(server, options);
    await client.lifecycleHooks.list(groupId);
    expect(paths(server)).toEqual(expected);
  });
});

test("a project that comes with the credentials is used, and nothing is looked up", async () => {
  await using server = await startCloud([]);
  await using client = clientOf(server, {
    ...lookingUp,
    credentials: () => ({ ...keys, projectId: "pcred" }),
  });
  await client.lifecycleHooks.list(groupId);
  expect(paths(server)).toEqual([`GET ${hooks("pcred")}`]);
});

test("a text that can't be a project's id is refused before it becomes part of a path", async () => {
  await using server = await startCloud([]);
  const wrong = "../../v3/users";
  expect(() => clientOf(server, { projectId: wrong })).toThrow(
    'making the client: projectId "../../v3/users" is not a project\'s id',
  );
  const environment = { HW_PROJECT_ID: wrong };
  expect(() => clientOf(server, { ...lookingUp, credentials: undefined, environment })).toThrow(
    "HW_PROJECT_ID",
  );
  await using client = clientOf(server, {
    ...lookingUp,
    credentials: { ...keys, projectId: wrong, source: "the vault" },
  });
  const error = await rejection(client.projectId());
  expect(isConfigurationError(error)).toBe(true);
  expect(error.message).toContain("(the vault) is no project's id");
  expect(server.connections).toBe(0);
});

test("credentials that are missing for a look-up are reported as such", async () => {
  await using server = await startCloud([]);
  const credentials = () => {
    throw new Error("the vault is sealed");
  };
  await using client = clientOf(server, { ...lookingUp, credentials });
  expect((await rejection(client.projectId())).message).toBe(
    "looking up the project of region cn-north-4: the vault is sealed",
  );
});
