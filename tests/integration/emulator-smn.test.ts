import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { type Emulator, ManualClock, startEmulator } from "../../sdk/emulator";
import { call, sampleHook, send, topicUrn } from "../support/emulator-calls";
import { always, type HttpServer, startHttpServer } from "../support/servers";

const group = "e5d27f5c-dd76-4a61-b4bc-a67c5686719a";
let clock: ManualClock;
let emulator: Emulator;

beforeEach(async () => {
  clock = new ManualClock(Date.parse("2026-01-02T03:04:05Z"));
  emulator = await startEmulator({ clock, launchTime: 0 });
  await smn("POST", "topics", { name: "gsh", display_name: "Hooks" });
});
afterEach(() => emulator.close());

function smn(method: string, path: string, body?: unknown, query: Record<string, string> = {}) {
  const target = `/v2/${emulator.projectId}/notifications/${path}`;
  return call(emulator, method, target, { body, query, date: new Date(clock.now()) });
}

function subscribe(endpoint: string, protocol = "http") {
  return smn("POST", `topics/${topicUrn}/subscriptions`, { protocol, endpoint, remark: "mine" });
}

/** What a server was sent, once it is there. */
async function received(server: HttpServer, count: number): Promise<Record<string, string>[]> {
  await expect.poll(() => server.requests.length).toBe(count);
  return server.requests.map(({ body }) => JSON.parse(body));
}

/** A server that is subscribed, and what it answers to messages. */
async function subscriber(
  handler: (response: ServerResponse, count: number) => unknown,
): Promise<HttpServer> {
  const server = await startHttpServer((response, request, count) => {
    if (JSON.parse(request.body).type === "Notification") handler(response, count - 1);
    else always(200)(response, request, count);
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  await subscribe(server.url);
  const [confirmation] = await received(server, 1);
  expect((await fetch(confirmation?.subscribe_url ?? "")).status).toBe(200);
  return server;
}

/** Lets an instance hang, whose message goes out. */
function hang(instanceId = "i-1") {
  emulator.putHook(group, { ...sampleHook, notification_metadata: "team-a" });
  return emulator.suspend(group, { instanceId, lifecycleHookName: "test-hook1" });
}

const outcomes = () =>
  emulator.messages.map(({ deliveries }) => deliveries.map(({ outcome }) => outcome).join());

describe("topics and subscriptions", () => {
  test("a topic is made once, listed and shown", async () => {
    const again = await smn("POST", "topics", { name: "gsh" });
    expect(again).toMatchObject({
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
    const { json, status } = await subscribe(server.url);
    const { subscription_urn } = json as { subscription_urn: string };
    expect(status).toBe(201);
    expect(subscription_urn).toMatch(new RegExp(`^${topicUrn}:[0-9a-f]{32}$`));
    expect((await subscribe(server.url)).json).toMatchObject({ subscription_urn });
    const [confirmation] = await received(server, 1);
    expect(confirmation).toMatchObject({ type: "SubscriptionConfirmation", topic_urn: topicUrn });
    const list = async () => (await smn("GET", `topics/${topicUrn}/subscriptions`)).json;
    expect(await list()).toMatchObject({
      subscription_count: 1,
      subscriptions: [{ subscription_urn, status: 0 }],
    });
    hang();
    expect(outcomes()).toEqual([""]);
    expect(await (await fetch(confirmation?.subscribe_url ?? "")).json()).toMatchObject({ subscription_urn });
    expect(await list()).toMatchObject({
      subscriptions: [{ endpoint: server.url, remark: "mine", status: 1 }],
    });
    expect((await smn("GET", "subscriptions")).json).toMatchObject({ subscription_count: 1 });
    expect(server.requests).toHaveLength(1);
  });

  test("the link can be followed for 48 hours", async () => {
    await using server = await startHttpServer(always(200));
    await subscribe(server.url);
    const [confirmation] = await received(server, 1);
    clock.advance(48 * 3_600_000 + 1);
    const late = await fetch(confirmation?.subscribe_url ?? "");
    expect([late.status, await late.json()]).toMatchObject([403, { code: "SMN.0022" }]);
  });

  test("an endpoint that ends its subscription is told, and can have it again", async () => {
    const server = await subscriber((response) => response.end());
    hang();
    const [, notification] = await received(server, 2);
    expect((await fetch(notification?.unsubscribe_url ?? "")).status).toBe(200);
    const [, , farewell] = await received(server, 3);
    expect(farewell).toMatchObject({ type: "UnsubscribeConfirmation" });
    hang("i-2");
    expect(outcomes().at(-1)).toBe("");
    expect((await fetch(farewell?.subscribe_url ?? "")).status).toBe(200);
    hang("i-3");
    await received(server, 4);
    const { json } = await smn("GET", "subscriptions");
    const [only] = (json as { subscriptions: { subscription_urn: string }[] }).subscriptions;
    expect(await smn("DELETE", `subscriptions/${only?.subscription_urn}`)).toMatchObject({ status: 200 });
    expect((await smn("GET", "subscriptions")).json).toMatchObject({ subscription_count: 0 });
  });

  test.each([
    ["SMN.0005", "POST", "topics", { name: "-" }],
    ["SMN.0006", "POST", `topics/${topicUrn}2/subscriptions`, {}],
    ["SMN.0011", "POST", `topics/${topicUrn}/subscriptions`, { protocol: "email", endpoint: "a@b" }],
    ["SMN.0012", "POST", `topics/${topicUrn}/subscriptions`, { protocol: "https", endpoint: "http://a" }],
    ["SMN.0013", "DELETE", "subscriptions/none", undefined],
    ["SMN.0009", "POST", `topics/${topicUrn}/publish`, { message: "" }],
    ["SMN.0008", "POST", `topics/${topicUrn}/publish`, { message: "m", subject: "s".repeat(513) }],
  ])("%s refuses %s %s", async (code, method, path, body) => {
    expect((await smn(method, path, body)).json).toMatchObject({ code, request_id: expect.any(String) });
  });

  test("a topic that was deleted is unknown to hooks where the topics are named", async () => {
    await using strict = await startEmulator({ topics: [] });
    const at = { body: { name: "gsh" } };
    const base = `/v2/${strict.projectId}/notifications/topics`;
    const create = () =>
      call(strict, "POST", `/autoscaling-api/v1/${strict.projectId}/scaling_lifecycle_hook/${group}`, {
        body: sampleHook,
      });
    expect(await create()).toMatchObject({ code: "AS.7043" });
    await call(strict, "POST", base, at);
    expect(await create()).toMatchObject({ status: 200 });
  });
});

describe("a hook's message", () => {
  test("tells the endpoint all that the user guide's sample has", async () => {
    const server = await subscriber((response) => response.end());
    const { lifecycle_action_key } = hang();
    const [, envelope] = await received(server, 2);
    const { headers } = server.requests[1] ?? { headers: {} };
    expect(headers).toMatchObject({
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
  });

  test("goes to the log alone without subscribers", () => {
    hang();
    expect(emulator.messages).toMatchObject([{ topicUrn, deliveries: [] }]);
    expect(emulator.messages[0]?.message).toContain("test-hook1");
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

  test.each([undefined, "a subject"])(
    "is signed so that openssl verifies it, with the subject %j",
    async (subject) => {
      const folder = mkdtempSync(join(tmpdir(), "smn-"));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      const file = (name: string, content: string | Buffer) => {
        writeFileSync(join(folder, name), content);
        return name;
      };
      const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, encoding: "utf8" });
      const server = await subscriber((response) => response.end());
      await smn("POST", `topics/${topicUrn}/publish`, {
        message: "hi 你好\n",
        ...(subject ? { subject } : {}),
      });
      const [confirmation = {}, notification = {}] = await received(server, 2);

      const url = notification.signing_cert_url ?? "";
      expect(url).toMatch(/\/smn\/SMN_cn-north-4_[0-9a-f]{32}\.pem$/);
      file("certificate.pem", await (await fetch(url)).text());
      expect(openssl("verify", "-CAfile", "certificate.pem", "-no_check_time", "certificate.pem")).toContain(
        "OK",
      );
      expect(openssl("x509", "-in", "certificate.pem", "-noout", "-text")).toMatch(
        /Signature Algorithm: sha256WithRSAEncryption[\s\S]*Public-Key: \(2048 bit\)/,
      );
      file("key.pem", openssl("x509", "-in", "certificate.pem", "-noout", "-pubkey"));
      const isVerified = (envelope: Record<string, string>, names: readonly string[]) => {
        const text = names.map((name) => `${name}\n${envelope[name]}\n`).join("");
        const signature = Buffer.from(envelope.signature ?? "", "base64");
        const given = [file("signature", signature), file("text", text)] as const;
        try {
          return openssl("dgst", "-sha256", "-verify", "key.pem", "-signature", ...given);
        } catch {
          return "refused";
        }
      };
      const names = [
        "message",
        "message_id",
        ...(subject ? ["subject"] : []),
        "timestamp",
        "topic_urn",
        "type",
      ];
      expect(isVerified(notification, names)).toContain("Verified OK");
      expect(isVerified({ ...notification, message: "other" }, names)).toBe("refused");
      const confirming = ["message", "message_id", "subscribe_url", "timestamp", "topic_urn", "type"];
      expect(isVerified(confirmation, confirming)).toContain("Verified OK");
    },
  );
});

describe("delivery", () => {
  const settled = (outcome: string) => expect.poll(() => outcomes().at(-1)).toBe(outcome);

  /** Lets time pass until the last message is settled one way or the other. */
  async function wait(outcome: string): Promise<void> {
    await expect
      .poll(
        () => {
          clock.advance(1000);
          return outcomes().at(-1);
        },
        { interval: 5 },
      )
      .toBe(outcome);
  }

  test("is tried again only after a 5xx, with the same id, until it is taken", async () => {
    const server = await subscriber((response, count) => {
      response.statusCode = count < 2 ? 503 : 204;
      response.end();
    });
    hang();
    await settled("sending");
    await wait("delivered");
    const [, ...tries] = await received(server, 4);
    expect(new Set(tries.map(({ message_id }) => message_id)).size).toBe(1);
    expect(new Set(tries.map(({ timestamp }) => timestamp)).size).toBe(1);
    expect(emulator.messages[0]?.deliveries).toMatchObject([{ tries: 3, reason: "204" }]);
  });

  test("is given up after six tries more", async () => {
    const server = await subscriber((response) => response.writeHead(500).end());
    hang();
    await wait("given up");
    expect(await received(server, 8)).toHaveLength(8);
    clock.advance(3_600_000);
    expect(emulator.messages[0]?.deliveries).toMatchObject([{ tries: 7, reason: "500" }]);
  });

  test.each([404, 302, 429])("is not tried again after %i", async (status) => {
    const server = await subscriber((response) => response.writeHead(status, { location: "/" }).end());
    hang();
    await settled("given up");
    expect(server.requests).toHaveLength(2);
  });

  test.each([
    [false, "given up"],
    [true, "sending"],
  ])(
    "has five seconds to be answered; then, with retryTimeouts %j, it is %s",
    async (retryTimeouts, outcome) => {
      await emulator.close();
      emulator = await startEmulator({ clock, unknowns: { retryTimeouts } });
      await smn("POST", "topics", { name: "gsh" });
      const server = await subscriber(() => {});
      hang();
      await received(server, 2);
      clock.advance(4999);
      expect(emulator.messages[0]?.deliveries).toMatchObject([{ tries: 0 }]);
      clock.advance(1);
      await settled(outcome);
      expect(emulator.messages[0]?.deliveries).toMatchObject([{ tries: 1, reason: "no answer in 5 s" }]);
    },
  );

  test("is given up for an endpoint that nothing listens at", async () => {
    const server = await subscriber(() => {});
    await server[Symbol.asyncDispose]();
    hang();
    await settled("given up");
    expect(emulator.messages[0]?.deliveries).toMatchObject([
      { tries: 1, reason: expect.stringMatching(/./) },
    ]);
  });

  test("leaves an endpoint out for five minutes that took none of three messages", async () => {
    const server = await subscriber((response, count) => response.writeHead(count < 3 ? 400 : 200).end());
    for (const id of ["i-1", "i-2", "i-3"]) {
      hang(id);
      await settled("given up");
    }
    hang("i-4");
    await settled("shut out");
    clock.advance(5 * 60_000);
    hang("i-5");
    await settled("delivered");
    expect(server.requests).toHaveLength(5);
  });

  test("ends with the emulator", async () => {
    const server = await subscriber(() => {});
    hang();
    await received(server, 2);
    await emulator.close();
    await settled("given up");
  });
});

test("SMN's calls need a signature, the links of a subscriber do not", async () => {
  const list = await send(emulator, {
    method: "GET",
    target: `/v2/${emulator.projectId}/notifications/topics`,
    headers: {},
  });
  expect(list).toMatchObject({ status: 401, code: "APIGW.0301" });
  const open = await send(emulator, {
    method: "GET",
    target: "/smn/subscription/unsubscribe?subscription_urn=none",
    headers: {},
  });
  expect(open.json).toMatchObject({ code: "SMN.0014" });
});
