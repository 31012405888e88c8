import { expect, test } from "vitest";
import { ManualClock, startEmulator } from "../../sdk/emulator";
import { emulatorOfFile } from "../support/emulator";
import { type CallOptions, call, pathsOf, sampleHook } from "../support/emulator-calls";
import { groupId as group } from "../support/hooks";

const emulator = emulatorOfFile();
const ask = (method: string, path: string, options?: CallOptions) => call(emulator, method, path, options);

test("the environment leads to it, and leaves the project to be looked up", async () => {
  expect(emulator.url).toBe(`http://127.0.0.1:${emulator.port}`);
  const expected = {
    HW_REGION_NAME: "cn-north-4",
    HW_ACCESS_KEY: emulator.accessKey,
    HW_SECRET_KEY: emulator.secretKey,
    HW_SECURITY_TOKEN: "",
    HW_AUTH_TOKEN: "",
    HW_PROJECT_ID: "",
    HUAWEICLOUD_SDK_PROJECT_ID: "",
    HW_ENDPOINTS: JSON.stringify({ autoscaling: emulator.url, iam: emulator.url }),
  };
  expect(emulator.env).toEqual(expected);
  await using temporary = await startEmulator({ securityToken: "STS" });
  expect(temporary.env).toMatchObject({ HW_SECURITY_TOKEN: "STS" });
});

test("IAM's look-up finds the project that is named like the region, and no other", async () => {
  await using west = await startEmulator({ region: "eu-west-101" });
  const look = (query = {}) => call(west, "GET", "/v3/projects", { query });
  const project = { id: west.projectId, name: "eu-west-101", enabled: true };
  for (const query of [{ name: "eu-west-101" }, {}]) {
    expect(await look(query)).toMatchObject({ status: 200, json: { projects: [project] } });
  }
  expect(await look({ name: "eu-west-10" })).toMatchObject({ status: 200, json: { projects: [] } });
});

test("a request that is not rightly signed is refused by the gateway, and has no effect", async () => {
  const answer = await ask("POST", pathsOf(emulator).hooks, { body: sampleHook, secretKey: "wrong" });
  expect(answer.status).toBe(401);
  expect(answer.json).toEqual({
    error_code: "APIGW.0301",
    error_msg: expect.stringMatching(
      /^Incorrect IAM authentication information: verify aksk signature fail, canonicalRequest:POST\|\/autoscaling/,
    ),
    request_id: answer.headers["x-request-id"],
  });
  expect(emulator.hooks(group)).toEqual([]);
});

test("an IAM token takes the place of a signature, and is refused by each service in its own words", async () => {
  await using open = await startEmulator({ authToken: "TOKEN" });
  const get = (path: string, token: string, from = open) =>
    call(from, "GET", path, { anonymous: true, unsigned: { "x-auth-token": token } });
  const { hookList, projects } = pathsOf(open);
  expect(await get(hookList, "TOKEN")).toMatchObject({ status: 200 });
  expect(await get(projects, "TOKEN")).toMatchObject({ status: 200 });
  const incorrect = { code: "AS.0006", message: "The token of the header in the request is incorrect." };
  expect(await get(hookList, "other")).toMatchObject({ status: 401, json: { error: incorrect } });
  expect(await get(hookList, "")).toMatchObject({ status: 401, json: { error: { code: "AS.0005" } } });
  const keystone = { error: { code: 401, title: "Unauthorized" } };
  expect(await get(projects, "other")).toMatchObject({ status: 401, json: keystone });
  expect(await get(hookList, "TOKEN", emulator)).toMatchObject({ status: 401, json: { error: incorrect } });
});

const unknownPath = "The API does not exist or has not been published in the environment.";
const unknownMethod = "The API does not exist.";

test.each([
  ["GET", "/nowhere", unknownPath],
  ["GET", "/autoscaling-api/v2/p/scaling_lifecycle_hook/g/list", unknownPath],
  ["GET", "/autoscaling-api/v1/p/scaling_lifecycle_hook//list", unknownPath],
  ["GET", "/autoscaling-api/v1/p/scaling_lifecycle_hook/g/list/", unknownPath],
  ["GET", "/v3/auth/projects", unknownPath],
  ["PATCH", "/autoscaling-api/v1/p/scaling_lifecycle_hook/g", unknownMethod],
  ["GET", "/autoscaling-api/v1/p/scaling_lifecycle_hook/g", unknownMethod],
  ["POST", "/autoscaling-api/v1/p/scaling_lifecycle_hook/g/list", unknownMethod],
  ["POST", "/autoscaling-api/v1/p/scaling_instance_hook/g/callback", unknownMethod],
  ["POST", "/v3/projects", unknownMethod],
])("%s %s is a 404 of the gateway: %s", async (method, path, error_msg) => {
  expect(await ask(method, path)).toMatchObject({
    status: 404,
    json: { error_code: "APIGW.0101", error_msg },
  });
});

test("every answer has a request id of its own and the emulator's date", async () => {
  const clock = new ManualClock(Date.parse("2026-01-02T03:04:05Z"));
  await using old = await startEmulator({ clock });
  const { hook, hookList } = pathsOf(old);
  const get = (path: string) => call(old, "GET", path, { date: new Date(clock.now()) });
  const answers = [await get(hookList), await get(hook("none")), await get("/nowhere")];
  for (const { headers } of answers) {
    expect(headers["x-request-id"]).toMatch(/^[0-9a-f]{32}$/);
    expect(headers.date).toBe("Fri, 02 Jan 2026 03:04:05 GMT");
  }
  expect(new Set(answers.map(({ headers }) => headers["x-request-id"])).size).toBe(3);
});

test("beyond the limit, writes are throttled until the next second, reads apart from them, and IAM never", async () => {
  const clock = new ManualClock();
  await using limited = await startEmulator({ clock, writesPerSecond: 2, readsPerSecond: 1 });
  const { hook, hookList, projects } = pathsOf(limited);
  const ask = (method: string, path: string) => call(limited, method, path, { date: new Date(clock.now()) });
  const remove = () => ask("DELETE", hook("none"));
  const statuses = async (...paths: string[]) => {
    const answers = await Promise.all(paths.map((path) => ask("GET", path)));
    return answers.map(({ status }) => status).sort();
  };
  expect([(await remove()).status, (await remove()).status]).toEqual([404, 404]);
  const refused = await remove();
  expect(refused).toMatchObject({
    status: 429,
    json: {
      error_code: "APIGW.0308",
      error_msg:
        "The throttling threshold has been reached: policy user over ratelimit,limit:2,time:1 second",
    },
  });
  expect(refused.headers).not.toHaveProperty("retry-after");
  expect(await statuses(hookList, hookList)).toEqual([200, 429]);
  expect(await statuses(...Array<string>(20).fill(projects))).toEqual(Array(20).fill(200));
  clock.advance(1000);
  expect((await remove()).status).toBe(404);
  expect(await statuses(hookList)).toEqual([200]);
});

test.each(["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])("a request is served at %s", async (name) => {
  const headers = { host: `${name}:${emulator.port}` };
  expect(await ask("GET", pathsOf(emulator).hookList, { headers })).toMatchObject({ status: 200 });
});

test.each([
  ["for another name", 421, { headers: { host: "evil.example:PORT" } }],
  ["for another port", 421, { headers: { host: "127.0.0.1:1" } }],
  ["for no port", 421, { headers: { host: "127.0.0.1" } }],
  [
    "for a loopback name that is a part of another",
    421,
    { headers: { host: "127.0.0.1.evil.example:PORT" } },
  ],
  ["by a page of another origin", 403, { unsigned: { origin: "https://evil.example" } }],
  ["by a page of no origin", 403, { unsigned: { origin: "null" } }],
  ["by a page of another site", 403, { unsigned: { "sec-fetch-site": "cross-site" } }],
  ["by a page of another name of the site", 403, { unsigned: { "sec-fetch-site": "same-site" } }],
])("a rightly signed request that is sent %s is a %i, and deletes nothing", async (_, status, options) => {
  emulator.putHook(group, { lifecycle_hook_name: "kept" });
  const sent = JSON.parse(JSON.stringify(options).replace("PORT", String(emulator.port)));
  const answer = await ask("DELETE", pathsOf(emulator).hook("kept"), sent);
  expect(answer).toMatchObject({ status, code: status === 421 ? "APIGW.0101" : "APIGW.0306" });
  expect(emulator.hooks(group)).toHaveLength(1);
});
