import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { startEmulator } from "../../sdk/emulator";
import { call, pathsOf, sampleHook, send, topicUrn } from "../support/emulator-calls";
import { emulatorInTestTime } from "../support/emulator-time";
import { groupId as group } from "../support/hooks";
import { always, type HttpServer, startHttpServer } from "../support/servers";
import { follow, posted, subscribe } from "../support/smn";

const { emulator, advance, ask } = emulatorInTestTime();
const subscriptions = `topics/${topicUrn}/subscriptions`;
beforeEach(() => smn("POST", "topics", { name: "gsh", display_name: "Hooks" }));

const smn = (method: string, path: string, body?: unknown, query: Record<string, string> = {}) =>
  ask(method, `/v2/${emulator.projectId}/notifications/${path}`, { body, query });

/** A server that has confirmed that it wants a topic's messages. */
async function subscriber(handler = always(200)): Promise<HttpServer> {
  const server = await startHttpServer(handler);
  onTestFinished(() => server[Symbol.asyncDispose]());
  const { subscribe_url } = await subscribe(emulator, server);
  expect(await follow(subscribe_url)).toMatchObject({ status: 200 });
  return server;
}

/** Lets an instance hang, whose message goes out. */
function hang(instanceId = "i-1") {
  emulator.putHook(group, { ...sampleHook, notification_metadata: "team-a" });
  return emulator.suspend(group, { instanceId, lifecycleHookName: "test-hook1" });
}

const outcomes = () => emulator.messages.at(-1)?.deliveries.map(({ outcome }) => outcome);

describe("topics and subscriptions", () => {
  test("a topic is made once, listed and shown", async () => {
    expect(await smn("POST", "topics", { name: "gsh" })).toMatchObject({
      status: 200,
      json: { topic_urn: topicUrn, request_id: expect.any(String) },
    });
    expect(await smn("POST", "topics", { name: "other" })).toMatchObject({ status: 201 });
    const { json } = await smn("GET", "topics", undefined, { limit: "1" });
    expect(json).toMatchObject({ topic_count: 2, topics: [{ name: "gsh", display_name: "Hooks" }] });
    expect((await smn("GET", `topics/${topicUrn}`)).json).toMatchObject({ topic_urn: topicUrn, name: "gsh" });
    expect(await smn("DELETE", `topics/${topicUrn}`)).toMatchObject({ status: 200 });
    expect(await smn("GET", `topics/${topicUrn}`)).toMatchObject({ status: 404, code: "SMN.0006" });
  });

  test("an endpoint is asked to confirm, and gets nothing before it has", async () => {
    await using server = await startHttpServer(always(200));
    const body = { protocol: "http", endpoint: server.url, remark: "mine" };
    const { json, status } = await smn("POST", subscriptions, body);
    const { subscription_urn } = json as { subscription_urn: string };
    expect(status).toBe(201);
    expect(subscription_urn).toMatch(new RegExp(`^${topicUrn}:[0-9a-f]{32}$`));
    expect((await smn("POST", subscriptions, body)).json).toMatchObject({ subscription_urn });
    const [confirmation] = await posted(server, 1);
    expect(confirmation).toMatchObject({ type: "SubscriptionConfirmation", topic_urn: topicUrn });
    const unconfirmed = { subscription_count: 1, subscriptions: [{ subscription_urn, status: 0 }] };
    expect((await smn("GET", subscriptions)).json).toMatchObject(unconfirmed);
    hang();
    expect(outcomes()).toEqual([]);
    const confirmed = await follow(confirmation?.subscribe_url);
    expect(await confirmed.json()).toMatchObject({ subscription_urn });
    const listed = { endpoint: server.url, remark: "mine", status: 1 };
    for (const path of [subscriptions, "subscriptions"]) {
      expect((await smn("GET", path)).json).toMatchObject({ subscriptions: [listed] });
    }
    expect(server.requests).toHaveLength(1);
  });

  test("the link can be followed for 48 hours", async () => {
    await using server = await startHttpServer(always(200));
    const { subscribe_url } = await subscribe(emulator, server);
    advance(48 * 3_600_000 + 1);
    const late = await follow(subscribe_url);
    expect([late.status, await late.json()]).toMatchObject([403, { code: "SMN.0022" }]);
  });

  test("an endpoint that ends its subscription is told, and can have it again", async () => {
    const server = await subscriber();
    hang();
    const [, notification] = await posted(server, 2);
    expect(await follow(notification?.unsubscribe_url)).toMatchObject({ status: 200 });
    const [, , farewell] = await posted(server, 3);
    expect(farewell).toMatchObject({ type: "UnsubscribeConfirmation" });
    hang("i-2");
    expect(outcomes()).toEqual([]);
    expect(await follow(farewell?.subscribe_url)).toMatchObject({ status: 200 });
    hang("i-3");
    expect(await posted(server, 4)).toHaveLength(4);
    const { json } = await smn("GET", "subscriptions");
    const [only] = (json as { subscriptions: { subscription_urn: string }[] }).subscriptions;
    expect(await smn("DELETE", `subscriptions/${only?.subscription_urn}`)).toMatchObject({ status: 200 });
    expect((await smn("GET", "subscriptions")).json).toMatchObject({ subscription_count: 0 });
  });

  test.each([
    ["SMN.0005", "POST", "topics", { name: "-" }],
    ["SMN.0006", "POST", `topics/${topicUrn}2/subscriptions`, {}],
    ["SMN.0011", "POST", subscriptions, { protocol: "email", endpoint: "a@b" }],
    ["SMN.0012", "POST", subscriptions, { protocol: "https", endpoint: "http://a" }],
    ["SMN.0013", "DELETE", "subscriptions/none", undefined],
    ["SMN.0009", "POST", `topics/${topicUrn}/publish`, { message: "" }],
    ["SMN.0008", "POST", `topics/${topicUrn}/publish`, { message: "m", subject: "s".repeat(513) }],
  ])("%s refuses %s %s", async (code, method, path, body) => {
    expect((await smn(method, path, body)).json).toMatchObject({ code, request_id: expect.any(String) });
  });

  test("hooks need a topic that is named, or was made, where the topics are named", async () => {
    await using strict = await startEmulator({ topics: [topicUrn] });
    const create = (lifecycle_hook_name: string, notification_topic_urn: string) =>
      call(strict, "POST", pathsOf(strict).hooks, {
        body: { ...sampleHook, lifecycle_hook_name, notification_topic_urn },
      });
    expect(await create("a", topicUrn)).toMatchObject({ status: 200 });
    expect(await create("b", `${topicUrn}2`)).toMatchObject({ status: 400, code: "AS.7043" });
    const topics = `/v2/${strict.projectId}/notifications/topics`;
    await call(strict, "POST", topics, { body: { name: "gsh2" } });
    expect(await create("b", `${topicUrn}2`)).toMatchObject({ status: 200 });
  });

  test("calls need a signature, the links of a subscriber do not", async () => {
    const get = (target: string) => send(emulator, { method: "GET", target });
    const list = await get(`/v2/${emulator.projectId}/notifications/topics`);
    expect(list).toMatchObject({ status: 401, code: "APIGW.0301" });
    const open = await get("/smn/subscription/unsubscribe?subscription_urn=none");
    expect(open).toMatchObject({ code: "SMN.0014" });
  });
});

describe("a hook's message", () => {
  test("tells the endpoint all that the user guide's sample has", async () => {
    const server = await subscriber();
    const { lifecycle_action_key } = hang();
    const [, envelope] = await posted(server, 2);
    expect(server.requests[1]?.headers).toMatchObject({
      "content-type": "application/json;charset=UTF-8",
      "x-smn-message-type": "Notification",
      "x-smn-message-id": envelope?.message_id,
      "x-smn-topic-urn": topicUrn,
    });
    expect(envelope).toMatchObject({
      topic_urn: topicUrn,
      timestamp: "2026-01-02T03:04:05Z",
      signature_version: "v1",
    });
    expect(JSON.parse(envelope?.message ?? "")).toEqual({
      service: "AutoScaling",
      tenant_id: emulator.projectId,
      lifecycle_hook_type: "INSTANCE_LAUNCHING",
      lifecycle_hook_name: "test-hook1",
      lifecycle_action_key,
      notification_metadata: "team-a",
      scaling_instance: {
        instance_id: "i-1",
        instance_name: "i-1",
        instance_ip: expect.stringMatching(/^10\.0\.\d+\.\d+$/),
      },
      scaling_group: {
        scaling_group_id: group,
        scaling_group_name: group,
        scaling_config_id: expect.any(String),
        scaling_config_name: expect.any(String),
      },
    });
    await expect.poll(outcomes).toEqual(["delivered"]);
  });

  test("goes to the log alone without subscribers", () => {
    hang();
    const message = expect.stringContaining("test-hook1");
    expect(emulator.messages).toMatchObject([{ topicUrn, deliveries: [], message }]);
  });

  test.each([
    ["null", { notification_metadata: null }],
    ["absent", {}],
  ] as const)("can have %s for fields that are not set", async (emptyFields, expected) => {
    await using other = await startEmulator({ unknowns: { emptyFields } });
    other.putHook(group, sampleHook);
    other.suspend(group, { instanceId: "i-1", lifecycleHookName: "test-hook1" });
    const { notification_metadata, ...rest } = JSON.parse(other.messages[0]?.message ?? "");
    expect(notification_metadata === undefined ? {} : { notification_metadata }).toEqual(expected);
    expect(rest).toMatchObject({ service: "AutoScaling" });
  });

  test("is given up when the emulator ends", async () => {
    const server = await subscriber((response, _, count) => count === 0 && response.end());
    hang();
    await posted(server, 2);
    await emulator.close();
    await expect.poll(outcomes).toEqual(["given up"]);
  });

  test("is signed so that openssl verifies it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "smn-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = (name: string, content: string | Buffer) => {
      writeFileSync(join(folder, name), content);
      return name;
    };
    const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, encoding: "utf8" });
    const server = await subscriber();
    await smn("POST", `topics/${topicUrn}/publish`, { message: "hi 你好\n", subject: "a subject" });
    const [confirmation = {}, notification = {}] = await posted(server, 2);

    const { signing_cert_url: url } = notification;
    expect(url).toMatch(/\/smn\/SMN_cn-north-4_[0-9a-f]{32}\.pem$/);
    const pem = file("certificate.pem", await (await follow(url)).text());
    expect(openssl("verify", "-CAfile", pem, "-no_check_time", pem)).toContain("OK");
    expect(openssl("x509", "-in", pem, "-noout", "-text")).toMatch(
      /Signature Algorithm: sha256WithRSAEncryption[\s\S]*Public-Key: \(2048 bit\)/,
    );
    const key = file("key.pem", openssl("x509", "-in", pem, "-noout", "-pubkey"));
    const verdict = (envelope: typeof notification, fields: string) => {
      const text = fields.split(" ").map((name) => `${name}\n${envelope[name]}\n`);
      const signature = Buffer.from(envelope.signature ?? "", "base64");
      const given = [file("signature", signature), file("text", text.join(""))] as const;
      try {
        return openssl("dgst", "-sha256", "-verify", key, "-signature", ...given);
      } catch {
        return "refused";
      }
    };
    const fields = "message message_id subject timestamp topic_urn type";
    expect(verdict(notification, fields)).toContain("Verified OK");
    expect(verdict({ ...notification, message: "other" }, fields)).toBe("refused");
    expect(verdict(confirmation, "message message_id subscribe_url timestamp topic_urn type")).toContain(
      "Verified OK",
    );
  });
});
