import { execFile } from "node:child_process";
import { hash, type X509Certificate } from "node:crypto";
import type { ServerResponse } from "node:http";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../sdk/emulator";
import { newIdentity } from "../../sdk/emulator/smn/certificate";
import {
  confirmSubscription,
  isMessageError,
  type SmnVerification,
  verifySmnMessage,
} from "../../sdk/handler";
import { sampleHook, topicUrn } from "../support/emulator-calls";
import { rejection } from "../support/sdk";
import { always, type HttpServer, startHttpServer } from "../support/servers";
import { type Posted, posted, subscribe } from "../support/smn";

let emulator: Emulator;
let endpoint: HttpServer;
let options: SmnVerification;
/** What SMN posted: it asked to confirm, and then sent the message of a hook. */
let confirmation: Posted;
let body: Posted;

beforeAll(async () => {
  emulator = await startEmulator();
  endpoint = await startHttpServer(always(200));
  options = { topics: [topicUrn], hosts: [new URL(emulator.url).host] };
  confirmation = await subscribe(emulator, endpoint);
  await confirmSubscription(await verifySmnMessage(confirmation, options));
  const [group = ""] = emulator.groups;
  emulator.putHook(group, { ...sampleHook, notification_metadata: "für <Größe>" });
  emulator.suspend(group, { instanceId: "i-1", lifecycleHookName: "test-hook1" });
  [, body = {}] = await posted(endpoint, 2);
});
afterAll(() => Promise.all([emulator.close(), endpoint[Symbol.asyncDispose]()]));

async function problem(given: object | string, more: Partial<SmnVerification> = {}) {
  const error = await rejection(verifySmnMessage(given, { ...options, ...more }));
  return isMessageError(error) ? `${error.problem}: ${error.message}` : String(error);
}

describe("a message of SMN", () => {
  test("is verified by the certificate that it names, which is fetched once", async () => {
    const cache = new Map<string, Promise<X509Certificate>>();
    emulator.clearRequests();
    for (let time = 0; time < 3; time++) {
      expect(await verifySmnMessage(JSON.stringify(body), { ...options, cache })).toMatchObject({
        type: "Notification",
        topicUrn,
        messageId: body.message_id,
        message: body.message,
      });
    }
    expect(emulator.requests.map(({ path }) => path)).toEqual([
      expect.stringMatching(/^\/smn\/SMN_.*\.pem$/),
    ]);
  });

  test("is verified by a pinned certificate without any request", async () => {
    const pem = await (await fetch(body.signing_cert_url ?? "")).text();
    const other = (await newIdentity("other", Date.now())).pem;
    emulator.clearRequests();
    const pinned = { topics: [topicUrn], certificate: [other, pem] };
    expect(await verifySmnMessage(body, pinned)).toMatchObject({ topicUrn });
    expect(await problem(body, { certificate: other })).toMatch("forged");
    expect(emulator.requests).toEqual([]);
  });

  test.each([
    ["message", (text: string) => text.replace("i-1", "i-2")],
    ["message_id", () => "0".repeat(32)],
    ["timestamp", () => "2026-01-02T03:04:05Z"],
    ["subject", () => "more"],
    ["signature", (text: string) => text.replace(/^./, (first) => (first === "A" ? "B" : "A"))],
  ])("whose %s was altered is forged", async (field, alter) => {
    expect(await problem({ ...body, [field]: alter(body[field] ?? "") })).toBe(
      "forged: the message's signature is not SMN's",
    );
  });

  test("of another topic is foreign, however well it is signed", async () => {
    expect(await problem(body, { topics: [`${topicUrn}2`] })).toMatch("foreign: the message is of a topic");
  });

  test.each([
    ["another host", "https://example.com/smn/SMN_x.pem"],
    ["a bucket that is named like a service", "https://smn.obs.myhuaweicloud.com/SMN_x.pem"],
    ["SMN of another region", "https://smn.cn-south-1.myhuaweicloud.com/SMN_x.pem"],
    ["SMN without encryption", "http://smn.cn-north-4.myhuaweicloud.com/SMN_x.pem"],
    ["a host behind a user name", "https://smn.cn-north-4.myhuaweicloud.com@example.com/x.pem"],
    ["this machine", "http://127.0.0.1:1/x.pem"],
    ["no URL", "x"],
  ])("whose certificate is at %s is refused without a request", async (_, signing_cert_url) => {
    expect(await problem({ ...body, signing_cert_url }, { hosts: undefined })).toMatch(
      "foreign: signing_cert_url does not lead to SMN: allowed are smn.cn-north-4.myhuaweicloud.com, ",
    );
  });

  test.each([
    ["is not there", always(404)],
    ["redirects", always(302, "", { location: "https://smn.cn-north-4.myhuaweicloud.com/" })],
    ["is endless", always(200, "x".repeat(70_000))],
    ["is no certificate", always(200, "hello")],
    ["cuts the connection", (response: ServerResponse) => response.destroy()],
  ])("waits for a certificate whose address %s", async (_, handler) => {
    await using server = await startHttpServer(handler);
    const at = { hosts: [new URL(server.url).host] };
    expect(await problem({ ...body, signing_cert_url: `${server.url}/x.pem` }, at)).toMatch(
      "certificate: the certificate of SMN can't be fetched",
    );
  });

  test("is not trusted by a certificate before or after its time", async () => {
    const day = 86_400_000;
    for (const now of [Date.now() - 2 * day, Date.now() + 3652 * day]) {
      expect(await problem(body, { now: () => now })).toBe(
        "certificate: the certificate of SMN is not valid now",
      );
    }
  });

  test("of a type that SMN has added is told apart", async () => {
    expect(await problem({ ...body, type: "HttpSubscriptionUserConfirm" })).toMatch("unknown: ");
  });

  test.each(["message", "message_id", "timestamp", "topic_urn", "type", "signature"])(
    "without its %s is malformed",
    async (field) => {
      const { [field]: _, ...rest } = body;
      expect(await problem(rest)).toBe(`malformed: the message of SMN has no ${field}`);
    },
  );

  test("asks for a subscription at SMN alone", async () => {
    expect(await problem({ ...confirmation, subscribe_url: "https://example.com/?token=4" })).toMatch(
      "foreign: subscribe_url does not lead to SMN",
    );
  });
});

const envelope = {
  message: "hi",
  message_id: "0123456789abcdef0123456789abcdef",
  timestamp: "2026-11-26T10:00:00Z",
  topic_urn: "urn:smn:xx-test-1:0f1e2d3c4b5a69788796a5b4c3d2e1f0:hooks",
  type: "Notification",
};

/** The text that is signed. `subject`: its two lines. */
function textWith(subject: string): string {
  const { message, message_id: id, timestamp: time, topic_urn: topic } = envelope;
  return `message\n${message}\nmessage_id\n${id}\n${subject}timestamp\n${time}\ntopic_urn\n${topic}\ntype\nNotification\n`;
}

/** Verifies a message of the test's own, whose text is signed by a certificate of its own. */
async function verified(more: object, text: string) {
  const { sign, pem } = await newIdentity("SMN", Date.now());
  const message = { ...envelope, ...more, signature: sign(text), signature_version: "v1" };
  return verifySmnMessage(message, { topics: [envelope.topic_urn], certificate: pem });
}

/** The lengths and hashes of the texts were computed from the vendor's rule by other means. */
test.each([
  [{}, "", 171, "e0466d2f45302c594d7c579fdb014325b8f708a7620c3c667513aeb8daedb644"],
  [{ subject: "s" }, "subject\ns\n", 181, "1314bdd505e17b75539ca48245abbea8d0795cd0c03bbcf2ed8c3a8164de8ad6"],
])("the signature covers the published text, with %j", async (more, subject, length, digest) => {
  const text = textWith(subject);
  expect(Buffer.byteLength(text)).toBe(length);
  expect(hash("sha256", text)).toBe(digest);
  expect(await verified(more, text)).toMatchObject({ message: "hi", ...more });
});

test.each(["", "subject\n\n"])("an empty subject may be signed or left out: %j", async (subject) => {
  expect(await verified({ subject: "" }, textWith(subject))).toMatchObject({ subject: undefined });
});

test("parsing and verifying load no HTTP client and no schemas", async () => {
  const script = `
    const { parseLifecycleNotification, hookMetadata } = require("pulumi-huaweicloud-as/handler");
    parseLifecycleNotification({});
    hookMetadata({ a: 1 });
    const files = Object.keys(require.cache).map((file) => file + require("node:fs").readFileSync(file, "utf8"));
    console.log(files.length > 0, files.filter((text) => /node_modules.undici|ZodMini/.test(text)).length);
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", script]);
  expect(stdout.trim()).toBe("true 0");
});
