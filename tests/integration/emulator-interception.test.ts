import { expect, test } from "vitest";
import { type RequestLogEntry, startEmulator } from "../../sdk/emulator";
import { emulatorOfEachTest } from "../support/emulator";
import { type CallOptions, call, pathsOf, sampleHook } from "../support/emulator-calls";
import { groupId as group } from "../support/hooks";

let logged: RequestLogEntry[];

const emulator = emulatorOfEachTest(() => {
  logged = [];
  return { onRequest: (entry) => logged.push(entry) };
});

const create = (signal?: AbortSignal) =>
  call(emulator, "POST", pathsOf(emulator).hooks, { body: sampleHook, signal });
const list = (on = emulator, options: CallOptions = {}) => call(on, "GET", pathsOf(on).hookList, options);

test("the log has each request with its outcome and the id that its answer has, in the order of arrival", async () => {
  const { headers } = await create();
  await create();
  await call(emulator, "GET", pathsOf(emulator).instances, { query: { instance_id: "a b" } });
  expect(emulator.requests).toEqual([
    {
      time: expect.any(Date),
      method: "POST",
      path: pathsOf(emulator).hooks,
      query: "",
      body: JSON.stringify(sampleHook),
      requestId: headers["x-request-id"],
      status: 200,
      code: undefined,
      durationMs: expect.any(Number),
    },
    expect.objectContaining({ method: "POST", status: 400, code: "AS.7041" }),
    expect.objectContaining({ method: "GET", query: "instance_id=a+b", body: "", status: 200 }),
  ]);
  expect(logged).toEqual(emulator.requests);
  const { requests } = emulator;
  emulator.clearRequests();
  expect(requests).toEqual([]);
});

test("no credential gets into the log", async () => {
  await using secretive = await startEmulator({ securityToken: "SECURITY-TOKEN", authToken: "AUTH-TOKEN" });
  const headers = { "x-security-token": "SECURITY-TOKEN" };
  await list(secretive, { headers });
  await list(secretive, { anonymous: true, unsigned: { "x-auth-token": "AUTH-TOKEN" } });
  const refused = await list(secretive, { secretKey: "wrong", headers });
  expect(secretive.requests.map(({ status }) => status)).toEqual([200, 200, 401]);
  expect(JSON.stringify(secretive.requests)).not.toMatch(/TOKEN|Signature|SDK-HMAC/);
  expect(refused.message).toContain("x-security-token:******");
});

test("an answer of one's own takes the place of the API's, whatever the signature", async () => {
  const path = pathsOf(emulator).hooks;
  const undo = emulator.intercept((request) => {
    expect(request).toEqual({ method: "POST", path, query: "", body: JSON.stringify(sampleHook) });
    return { answer: { status: 503, headers: { "content-type": "text/html" }, body: "<h1>Busy</h1>" } };
  });
  const answer = await create();
  expect(answer).toMatchObject({ status: 503, text: "<h1>Busy</h1>" });
  expect(answer.headers["content-type"]).toBe("text/html");
  expect(emulator.hooks(group)).toEqual([]);
  undo();
  expect(await create()).toMatchObject({ status: 200 });
  expect(emulator.requests.map(({ status }) => status)).toEqual([503, 200]);
});

test("an answer that is late follows an effect that is not", async () => {
  emulator.intercept(() => ({ delay: 3_600_000 }));
  const impatient = new AbortController();
  const answer = create(impatient.signal);
  await expect.poll(() => emulator.hooks(group)).toHaveLength(1);
  expect(emulator.requests).toMatchObject([{ status: 200, durationMs: undefined }]);
  impatient.abort();
  await expect(answer).rejects.toThrow("aborted");
});

test("latency makes all answers late", async () => {
  await using slow = await startEmulator({ latency: 40 });
  await list(slow);
  // Timers may come a little early.
  expect(slow.requests[0]?.durationMs).toBeGreaterThan(38);
});

test("a request can be held back until something else has happened", async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<undefined>();
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
  emulator.intercept(({ method }) => {
    if (method !== "POST") return undefined;
    arrive();
    return gate;
  });
  const held = create();
  await arrived;
  expect((await list()).json).toEqual({ lifecycle_hooks: [] });
  open(undefined);
  expect(await held).toMatchObject({ status: 200 });
});

test("the first interceptor that reacts counts, and each can be taken out once", async () => {
  const answers = (status: number) => () => ({ answer: { status } });
  emulator.intercept(() => undefined);
  const same = answers(501);
  const undoFirst = emulator.intercept(same);
  emulator.intercept(same);
  emulator.intercept(answers(502));
  expect(await create()).toMatchObject({ status: 501, text: "" });
  undoFirst();
  undoFirst();
  expect(await create()).toMatchObject({ status: 501 });
});

test("an interceptor that throws is named in the answer, whose code is in the log", async () => {
  emulator.intercept(() => {
    throw new Error("oops");
  });
  const answer = await create();
  expect(answer).toMatchObject({ status: 500, code: "AS.0001", message: expect.stringContaining("oops") });
  expect(emulator.requests).toMatchObject([{ status: 500, code: "AS.0001" }]);
});
