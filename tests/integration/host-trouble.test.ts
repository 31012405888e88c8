import { beforeAll, describe, expect, test } from "vitest";
import type { Interceptor } from "../../sdk/emulator";
import { emulatorOfFile } from "../support/emulator";
import { checkedInputs, groupId, topicUrn, validInputs } from "../support/hooks";
import { failureOf, Host, type Properties } from "../support/host";

/** What the network, the service and other people do to an operation; after each, nothing is lost nor doubled. */

const emulator = emulatorOfFile();
let host: Host;
const id = `${groupId}/drain`;

beforeAll(async () => {
  host = await Host.start({ ...emulator.env, HW_MAX_RETRIES: "1" });
});

const names = () => emulator.hooks(groupId).map((hook) => hook.lifecycle_hook_name);
const methods = () =>
  emulator.requests.filter(({ path }) => path.includes("hook")).map(({ method }) => method);
const refusal = (status: number, code: string, message = "no") => ({
  answer: { status, body: { error: { code, message } } },
});
const page = { status: 404, headers: { "content-type": "text/html" }, body: "<h1>Not Found</h1>" };

async function created(more: Properties = {}): Promise<Properties> {
  const { outputs } = await host.create({ ...checkedInputs, ...more });
  emulator.clearRequests();
  return outputs;
}

/** The inputs of a hook without a name of its own. */
async function unnamed(): Promise<Properties> {
  const { lifecycleHookName, ...others } = validInputs;
  return (await host.check({}, { ...others, __urn: "dev::shop::::drain" })).inputs;
}

describe("a hook that was made, though its answer can't be used,", () => {
  const garbled: Interceptor = ({ method }) => {
    if (method !== "POST") return undefined;
    emulator.putHook(groupId, { lifecycle_hook_name: "drain", notification_topic_urn: topicUrn });
    emulator.putHook(groupId, { lifecycle_hook_name: "drain", lifecycle_hook_type: "INSTANCE_TERMINATING" });
    return { answer: { status: 200, body: { lifecycle_hook_name: "drain" } } };
  };

  test("is read", async () => {
    emulator.intercept(garbled);
    const { id: given, outputs } = await host.create(checkedInputs);
    expect(given).toBe(id);
    expect(outputs.createTime).toBe(emulator.hooks(groupId)[0]?.create_time);
    expect(methods()).toEqual(["POST", "GET"]);
  });

  test("and that can't be read, keeps its id in the state, from which destroy deletes it", async () => {
    const stop = emulator.intercept((request) =>
      request.method === "GET" ? refusal(403, "APIGW.0302") : garbled(request),
    );
    const { message, partial } = await failureOf(host.create(checkedInputs));
    expect(message).toContain("the response is not what the API documents");
    expect(message).toContain("APIGW.0302");
    expect(partial).toMatchObject({ id, reasons: [message], properties: checkedInputs });
    stop();

    await host.delete(id, partial?.properties ?? {});
    expect(names()).toEqual([]);
  });

  test("and that is not there after all, is made by the next up", async () => {
    const stop = emulator.intercept(({ method }) =>
      method === "POST" || method === "GET" ? { answer: { status: 200, body: "hello" } } : undefined,
    );
    const { partial } = await failureOf(host.create(checkedInputs));
    stop();
    const { outputs } = await host.update(id, partial?.properties ?? {}, checkedInputs);
    expect(names()).toEqual(["drain"]);
    expect(outputs.createTime).toBe(emulator.hooks(groupId)[0]?.create_time);
  });
});

test("an answer that was lost with every later one tells both failures, and the next up finds the hook again", async () => {
  const inputs = await unnamed();
  const stop = emulator.intercept(({ method }) =>
    method === "POST" ? { drop: "after" } : { drop: "before" },
  );
  const { message, partial } = await failureOf(host.create(inputs));
  expect(message).toMatch(/^creating lifecycle hook .*; looking for it failed, too: reading lifecycle hook /);
  expect(message).toContain("run pulumi up again");
  expect(partial).toBeUndefined();
  stop();
  emulator.clearRequests();
  const { outputs } = await host.create(inputs);
  expect(names()).toEqual([outputs.lifecycleHookName]);
  expect(methods()).toEqual(["POST", "GET"]);
});

test("a throttled call is made again until the service takes it", async () => {
  // A host of its own, since the others would keep the pace that it learns.
  const throttled = await Host.start(emulator.env);
  const refused = new Map<string, number>();
  emulator.intercept(({ method }) => {
    const count = refused.get(method) ?? 0;
    refused.set(method, count + 1);
    if (count >= 1) return undefined;
    return { answer: { ...refusal(429, "APIGW.0308").answer, headers: { "retry-after": "0" } } };
  });
  const { outputs } = await throttled.create(checkedInputs);
  await throttled.update(id, outputs, { ...checkedInputs, defaultTimeout: 900 });
  expect(names()).toEqual(["drain"]);
  await throttled.delete(id, outputs);
  expect(names()).toEqual([]);
  expect(methods()).toEqual(["POST", "POST", "PUT", "PUT", "DELETE", "DELETE"]);
});

describe("a refusal", () => {
  test.each([
    [403, "APIGW.0302", "IAM user not authorized"],
    [400, "AS.0031", "Policy doesn't allow it to be performed."],
  ])(
    "for want of a permission (%i %s) names the action, is not tried again, and loses nothing",
    async (status, code, text) => {
      const outputs = await created();
      emulator.intercept(() => refusal(status, code, text));
      for (const [call, action] of [
        [() => host.create({ ...checkedInputs, lifecycleHookName: "other" }), "create"],
        [() => host.update(id, outputs, { ...checkedInputs, defaultTimeout: 900 }), "update"],
        [() => host.delete(id, outputs), "delete"],
        [() => host.read(id, outputs), "list"],
      ] as const) {
        const { message } = await failureOf(call());
        expect(message).toContain(`the policy must allow as:lifecycleHooks:${action} or as:scalingGroup:`);
        expect(message).toContain(`"${text}" (${code}, request `);
      }
      expect(methods()).toHaveLength(4);
      expect(names()).toEqual(["drain"]);
    },
  );

  test.each([
    ["a gateway that knows no such API", refusal(404, "APIGW.0101")],
    ["another server's page", { answer: page }],
    ["another server without a body", { answer: { status: 404 } }],
    ["another service's error", { answer: { status: 404, body: { code: "not_found", message: "no" } } }],
  ])("with 404 by %s is no proof that a hook is gone", async (_, answer) => {
    const outputs = await created();
    emulator.intercept(() => answer);
    for (const call of [() => host.read(id, outputs), () => host.delete(id, outputs)]) {
      expect((await failureOf(call())).message).toMatch(/\((APIGW.0101|HTTP 404|not_found)/);
    }
  });

  test("with 404 and no code for a deletion is believed when the list says the same", async () => {
    const outputs = await created();
    emulator.removeHook(groupId, "drain");
    emulator.intercept(({ method }) => (method === "DELETE" ? { answer: { status: 404 } } : undefined));
    await host.delete(id, outputs);
    expect(methods()).toEqual(["DELETE", "GET"]);
  });

  test("of an update of a hook that is gone says how to make it again", async () => {
    const outputs = await created();
    emulator.removeHook(groupId, "drain");
    const { message } = await failureOf(host.update(id, outputs, { ...checkedInputs, defaultTimeout: 900 }));
    expect(message).toContain("pulumi up --refresh makes it again");
  });

  test("of a taken name tells it also when the hook of that name can't be read", async () => {
    emulator.putHook(groupId, { lifecycle_hook_name: "drain" });
    emulator.intercept(({ method }) => (method === "GET" ? refusal(403, "APIGW.0302") : undefined));
    const { message } = await failureOf(host.create(checkedInputs));
    expect(message).toMatch(/the group already has a hook of this name.*\(AS.7041.*APIGW.0302/);
  });
});

test("metadata that the service keeps is told, stays in the state, and is tried to be removed again by the next up", async () => {
  const outputs = await created({ notificationMetadata: "old" });
  const body = { ...emulator.hooks(groupId)[0], default_timeout: 900 };
  const stop = emulator.intercept(({ method }) =>
    method === "PUT" ? { answer: { status: 200, body } } : undefined,
  );
  const news = { ...checkedInputs, defaultTimeout: 900 };
  const { message, partial } = await failureOf(host.update(id, outputs, news));
  stop();
  expect(message).toContain("the service kept the notificationMetadata");
  expect(partial).toMatchObject({ id, reasons: [message] });
  const properties = partial?.properties ?? {};
  expect(properties).toMatchObject({ notificationMetadata: "old", defaultTimeout: 900 });
  expect(await host.diff(id, properties, checkedInputs)).toEqual({ changes: true, replaces: [] });
  const updated = await host.update(id, properties, checkedInputs);
  expect(updated.outputs).not.toHaveProperty("notificationMetadata");
  expect(emulator.hooks(groupId)).toMatchObject([{ notification_metadata: null }]);
});

describe("a state that has little of a hook", () => {
  test("is enough to update it", async () => {
    await created();
    const { outputs } = await host.update(id, {}, { ...checkedInputs, defaultTimeout: 900 });
    expect(outputs).toMatchObject({ defaultTimeout: 900, region: emulator.region });
  });

  test("is enough for many reads and deletions at a time while the project is being looked up, once a run", async () => {
    const all = ["a", "b", "c", "d", "e"];
    for (const name of all) emulator.putHook(groupId, { lifecycle_hook_name: name });
    emulator.intercept(({ path }) => (path === "/v3/projects" ? { delay: 150 } : undefined));
    const lookUps = () => emulator.requests.filter(({ path }) => path === "/v3/projects");
    const refreshing = await Host.start(emulator.env);
    const read = await Promise.all(all.map((name) => refreshing.read(`${groupId}/${name}`, {})));
    expect(read.map(({ outputs }) => outputs.lifecycleHookName)).toEqual(all);
    expect(lookUps()).toHaveLength(1);
    const destroying = await Host.start(emulator.env);
    await Promise.all(all.map((name) => destroying.delete(`${groupId}/${name}`, {})));
    expect(names()).toEqual([]);
    expect(lookUps()).toHaveLength(2);
  });
});

test("a configuration of the wrong type fails each call with one clean message, and configures nothing else", async () => {
  const odd = await Host.start(emulator.env, { "huaweicloud:preflight": true });
  const check = () => odd.check({}, validInputs);
  for (const call of [check, () => odd.delete(id, {}), check]) {
    expect((await failureOf(call())).message).not.toBe("");
  }
  expect(odd.stderr).toBe("");
  expect(emulator.requests).toEqual([]);
});

test("a project that can't be found is told with the key of Pulumi's configuration", async () => {
  emulator.intercept(({ path }) =>
    path.startsWith("/v3/projects") ? { answer: { status: 200, body: { projects: [] } } } : undefined,
  );
  const another = await Host.start({ ...emulator.env, HW_PROJECT_ID: "" });
  const { message } = await failureOf(another.create(checkedInputs));
  expect(message).toContain("set projectId, or HW_PROJECT_ID; in Pulumi projectId is huaweicloud:projectId");
});
