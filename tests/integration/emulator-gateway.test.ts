import { expect, test } from "vitest";
import { type Emulator, ManualClock, startEmulator } from "../../sdk/emulator";
import { call, pathsOf, sampleHook } from "../support/emulator-calls";

test("the environment leads to it, and leaves the project to be looked up", async () => {
  await using emulator = await startEmulator();
  expect(emulator.url).toBe(`http://127.0.0.1:${emulator.port}`);
  expect(emulator.env).toEqual({
    HW_REGION_NAME: "cn-north-4",
    HW_ACCESS_KEY: emulator.accessKey,
    HW_SECRET_KEY: emulator.secretKey,
    HW_SECURITY_TOKEN: "",
    HW_AUTH_TOKEN: "",
    HW_PROJECT_ID: "",
    HUAWEICLOUD_SDK_PROJECT_ID: "",
    HW_ENDPOINTS: JSON.stringify({ autoscaling: emulator.url, iam: emulator.url }),
  });
});

test("the environment has the security token where one is needed", async () => {
  await using emulator = await startEmulator({ securityToken: "STS" });
  expect(emulator.env).toMatchObject({ HW_SECURITY_TOKEN: "STS" });
});

test("IAM's look-up finds the project that is named like the region, and no other", async () => {
  await using emulator = await startEmulator({ region: "eu-west-101" });
  const found = await call(emulator, "GET", "/v3/projects", { query: { name: "eu-west-101" } });
  expect(found).toMatchObject({
    status: 200,
    json: { projects: [{ id: emulator.projectId, name: "eu-west-101", enabled: true }] },
  });
  const none = await call(emulator, "GET", "/v3/projects", { query: { name: "eu-west-10" } });
  expect(none).toMatchObject({ status: 200, json: { projects: [] } });
  const all = await call(emulator, "GET", "/v3/projects");
  expect(all.json).toMatchObject({ projects: [{ name: "eu-west-101" }] });
});

test.each([
  [
    "a wrong secret key",
    { secretKey: "wrong" },
    "verify aksk signature fail, canonicalRequest:POST|/autoscaling",
  ],
  ["an unknown access key", { accessKey: "UNKNOWN" }, "Get secretKey failed,ak:UNKNOWN,err:ak not exist"],
  ["a body that was changed", { sentBody: "{}" }, "verify aksk signature fail"],
  ["no credentials", { anonymous: true }, "x-auth-token not found"],
  ["a date of yesterday", { date: new Date(Date.now() - 86_400_000) }, "signature expired, signature time:"],
])("%s is refused by the gateway", async (_, options, text) => {
  await using emulator = await startEmulator();
  const answer = await call(emulator, "POST", pathsOf(emulator).hooks, { body: sampleHook, ...options });
  expect(answer).toMatchObject({ status: 401, code: "APIGW.0301" });
  expect(answer.json).toEqual({
    error_code: "APIGW.0301",
    error_msg: expect.stringContaining(`Incorrect IAM authentication information: `),
    request_id: answer.headers["x-request-id"],
  });
  expect(answer.message).toContain(text);
  expect(emulator.hooks(emulator.groups[0] ?? "")).toEqual([]);
});

test.each([["headers"], ["unsigned"]])("a temporary key's token may be among the %s", async (where) => {
  await using emulator = await startEmulator({ securityToken: "STS" });
  const list = (token: string) =>
    call(emulator, "GET", pathsOf(emulator).hookList, { [where]: { "x-security-token": token } });
  expect(await list("STS")).toMatchObject({ status: 200 });
  const refused = await list("other");
  expect(refused).toMatchObject({ status: 401, code: "APIGW.0301" });
  expect(refused.message).toContain("decrypt token fail");
});

test("a temporary key without its token is unknown, and a permanent key has none", async () => {
  await using temporary = await startEmulator({ securityToken: "STS" });
  expect((await call(temporary, "GET", pathsOf(temporary).hookList)).message).toContain("ak not exist");
  await using permanent = await startEmulator();
  const answer = await call(permanent, "GET", pathsOf(permanent).hookList, {
    headers: { "x-security-token": "STS" },
  });
  expect(answer.message).toContain("decrypt token fail");
});

test("an IAM token takes the place of a signature, and is refused by each service in its own words", async () => {
  await using emulator = await startEmulator({ authToken: "TOKEN" });
  const get = (path: string, token: string) =>
    call(emulator, "GET", path, { anonymous: true, unsigned: { "x-auth-token": token } });
  const { hookList, projects } = pathsOf(emulator);
  expect(await get(hookList, "TOKEN")).toMatchObject({ status: 200 });
  expect(await get(projects, "TOKEN")).toMatchObject({ status: 200 });
  expect(await get(hookList, "other")).toMatchObject({
    status: 401,
    json: { error: { code: "AS.0006", message: "The token of the header in the request is incorrect." } },
  });
  expect(await get(hookList, "")).toMatchObject({ status: 401, json: { error: { code: "AS.0005" } } });
  expect(await get(projects, "other")).toMatchObject({
    status: 401,
    json: { error: { code: 401, title: "Unauthorized" } },
  });
  await using none = await startEmulator();
  const answer = await call(none, "GET", hookList, {
    anonymous: true,
    unsigned: { "x-auth-token": "TOKEN" },
  });
  expect(answer).toMatchObject({ status: 401, code: "AS.0006" });
});

test.each([
  ["GET", "/nowhere"],
  ["GET", "/autoscaling-api/v2/p/scaling_lifecycle_hook/g/list"],
  ["GET", "/autoscaling-api/v1/p/scaling_lifecycle_hook//list"],
  ["GET", "/autoscaling-api/v1/p/scaling_lifecycle_hook/g/list/"],
  ["GET", "/v3/auth/projects"],
])("%s %s is no API that the gateway knows", async (method, path) => {
  await using emulator = await startEmulator();
  expect(await call(emulator, method, path)).toMatchObject({
    status: 404,
    json: {
      error_code: "APIGW.0101",
      error_msg: "The API does not exist or has not been published in the environment.",
    },
  });
});

test.each([
  ["PATCH", "hooks"],
  ["GET", "hooks"],
  ["POST", "hookList"],
  ["POST", "callback"],
  ["POST", "projects"],
] as const)("%s is not a method of %s", async (method, which) => {
  await using emulator = await startEmulator();
  expect(await call(emulator, method, pathsOf(emulator)[which])).toMatchObject({
    status: 404,
    json: { error_code: "APIGW.0101", error_msg: "The API does not exist." },
  });
});

test("every answer has a request id of its own and the emulator's date", async () => {
  const clock = new ManualClock(Date.parse("2026-01-02T03:04:05Z"));
  await using emulator = await startEmulator({ clock });
  const answers = [
    await call(emulator, "GET", pathsOf(emulator).hookList, { date: new Date(clock.now()) }),
    await call(emulator, "GET", pathsOf(emulator).hook("none"), { date: new Date(clock.now()) }),
    await call(emulator, "GET", "/nowhere"),
  ];
  for (const { headers } of answers) {
    expect(headers["x-request-id"]).toMatch(/^[0-9a-f]{32}$/);
    expect(headers.date).toBe("Fri, 02 Jan 2026 03:04:05 GMT");
  }
  expect(new Set(answers.map(({ headers }) => headers["x-request-id"])).size).toBe(3);
});

test("beyond the limit, writes are throttled until the next second, and reads apart from them", async () => {
  const clock = new ManualClock(Date.parse("2026-01-02T03:04:05Z"));
  await using emulator = await startEmulator({ clock, writesPerSecond: 2, readsPerSecond: 1 });
  const { hook, hookList } = pathsOf(emulator);
  const remove = () => call(emulator, "DELETE", hook("none"), { date: new Date(clock.now()) });
  const list = () => call(emulator, "GET", hookList, { date: new Date(clock.now()) });
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
  expect([(await list()).status, (await list()).status]).toEqual([200, 429]);
  clock.advance(1000);
  expect([(await remove()).status, (await list()).status]).toEqual([404, 200]);
});

test("IAM is not throttled, and there is no limit unless one is given", async () => {
  await using limited = await startEmulator({ readsPerSecond: 1, writesPerSecond: 1 });
  await using free = await startEmulator();
  const statuses = async (emulator: Emulator, path: string) => {
    const answers = Array.from({ length: 50 }, () => call(emulator, "GET", path));
    return new Set((await Promise.all(answers)).map(({ status }) => status));
  };
  expect(await statuses(limited, "/v3/projects")).toEqual(new Set([200]));
  expect(await statuses(free, pathsOf(free).hookList)).toEqual(new Set([200]));
});

test.each(["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])(
  "answers to the loopback name %s",
  async (name) => {
    await using emulator = await startEmulator();
    const answer = await call(emulator, "GET", pathsOf(emulator).hookList, {
      headers: { host: `${name}:${emulator.port}` },
    });
    expect(answer).toMatchObject({ status: 200 });
  },
);

test.each([
  ["another name", "evil.example:PORT"],
  ["another port", "127.0.0.1:1"],
  ["no port", "127.0.0.1"],
  ["a loopback name as a part of another", "127.0.0.1.evil.example:PORT"],
])("a rightly signed request for a host of %s deletes nothing", async (_, host) => {
  await using emulator = await startEmulator();
  const [group = ""] = emulator.groups;
  emulator.putHook(group, { lifecycle_hook_name: "kept" });
  const headers = { host: host.replace("PORT", String(emulator.port)) };
  const answer = await call(emulator, "DELETE", pathsOf(emulator).hook("kept"), { headers });
  expect(answer).toMatchObject({ status: 421, code: "APIGW.0101" });
  expect(emulator.hooks(group)).toHaveLength(1);
});

test.each([
  ["origin", "https://evil.example"],
  ["origin", "null"],
  ["sec-fetch-site", "cross-site"],
  ["sec-fetch-site", "same-site"],
])("a request that a page of another site sends, with %s: %s, is refused", async (name, value) => {
  await using emulator = await startEmulator();
  const [group = ""] = emulator.groups;
  emulator.putHook(group, { lifecycle_hook_name: "kept" });
  const answer = await call(emulator, "DELETE", pathsOf(emulator).hook("kept"), {
    unsigned: { [name]: value },
  });
  expect(answer).toMatchObject({ status: 403, code: "APIGW.0306" });
  expect(emulator.hooks(group)).toHaveLength(1);
});
