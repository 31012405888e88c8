import type { Socket } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Credentials } from "../../sdk/credentials/credentials";
import { readIniSection } from "../../sdk/credentials/profile-file";
import { profileCredentials, sharedConfigCredentials } from "../../sdk/credentials/sources";
import { redact, redacted } from "../../sdk/errors/redaction";
import { makeHome } from "../support/home";
import { clientOf, given, groupId, hookInput, rejection } from "../support/sdk";
import { startTcpServer, type TestServer } from "../support/servers";
import { everyTextOf } from "../support/texts";

/** Long enough that none stands in a text by accident. Headers carry visible ASCII only. */
const secret = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 16,
  maxLength: 120,
});

/** What a server that repeats what it was sent may answer with. `said` is the request from its secret header on. */
const echoes: Readonly<Record<string, (said: string) => string>> = {
  "as a flat error": (said) => http(401, { error_code: "APIGW.0301", error_msg: said }),
  "as a nested error": (said) => http(400, { error: { code: "AS.0031", message: said } }),
  "as the error's code": (said) => http(400, { error_code: said, request_id: said }),
  "as JSON with escaped slashes": (said) =>
    http(400, JSON.stringify({ error_msg: said }).replaceAll("/", "\\/")),
  "as JSON that was cut short": (said) =>
    http(403, JSON.stringify({ error: { message: said } }).slice(0, -1)),
  "as a page": (said) => http(400, `<html><title>Bad request</title><pre>${said}</pre></html>`),
  "as a page without a title": (said) => http(404, `<pre>${said}</pre>`),
  "as a page, escaped": (said) => http(404, `<pre>${escapeHtml(said)}</pre>`),
  "as a page, percent-encoded": (said) => http(404, encodeURIComponent(said)),
  "as text after a lot of text": (said) => http(404, "x".repeat(270) + said),
  "as an error after a lot of text": (said) => http(400, { error_msg: "x".repeat(270) + said }),
  "as a success that is none": (said) => http(200, JSON.stringify(said)),
  "as a success of another kind": (said) => http(200, { lifecycle_hooks: [{ [said]: said }] }),
  "as the request id": (said) => http(400, "{}", `X-Request-Id: ${oneLine(said)}\r\n`),
  "as the target of a redirect": (said) => http(302, "", `Location: https://a.com/?${oneLine(said)}\r\n`),
  "as something that is no HTTP": (said) => said,
  "as a header that is none": (said) => `HTTP/1.1 200 OK\r\n${oneLine(said)}\r\n\r\n`,
};

let server: TestServer;
let echo: (said: string) => string;
let lines: string[];

beforeAll(async () => {
  server = await startTcpServer((socket: Socket) => {
    let said = "";
    socket.on("data", (data) => {
      said += data.toString("latin1");
      // The rest comes first so that a message, which is cut, would show the secret.
      if (isWhole(said)) socket.end(echo(said.slice(said.search(/x-(security|auth)-token/))), "latin1");
    });
  });
  vi.spyOn(process.stderr, "write").mockImplementation((line) => lines.push(String(line)) > 0);
});
afterAll(async () => {
  vi.restoreAllMocks();
  await server[Symbol.asyncDispose]();
});

test.each(Object.entries(echoes))(
  "no secret is in an error, a log or an inspection when the server repeats it %s",
  async (_, how) => {
    echo = how;
    await fc.assert(
      fc.asyncProperty(secret, secret, fc.boolean(), async (first, second, isToken) => {
        lines = [];
        const credentials: Credentials = isToken
          ? { authToken: first }
          : { accessKey: "AKVISIBLE", secretKey: first, securityToken: second };
        const events: unknown[] = [];
        const client = clientOf(server, {
          credentials,
          environment: { HW_DEBUG: "1" },
          onRequest: (event) => events.push(event),
          onResponse: (event) => events.push(event),
        });
        const errors = await Promise.all([
          rejection(client.lifecycleHooks.list(groupId)),
          rejection(client.lifecycleHooks.create(groupId, hookInput)),
        ]);
        // After a refusal (401) the second call is not sent.
        expect(lines.length).toBeGreaterThan(0);
        expect(events).toHaveLength(2 * lines.length);
        const text = [...errors, client, ...lines, ...events].map(everyTextOf).join("\n");
        for (const hidden of isToken ? [first] : [first, second]) expectHidden(text, hidden);
        await client.close();
      }),
      { numRuns: 25 },
    );
  },
);

test("no secret of a file is in the error that refuses it, wherever the file is damaged", async () => {
  await using home = await makeHome();
  const environment = { HOME: home.path };
  const cut = fc.double({ min: 0, max: 1, noNaN: true });
  await fc.assert(
    fc.asyncProperty(secret, cut, cut, async (hidden, where, length) => {
      const damaged = (text: string) => {
        const from = Math.floor(where * text.length);
        return text.slice(0, from) + text.slice(from + Math.ceil(length * 20));
      };
      const profile = { name: "a", secretAccessKey: hidden, accessKeyId: "AK", securityToken: hidden };
      await home.write(".hcloud/config.json", damaged(JSON.stringify({ current: "a", profiles: [profile] })));
      await home.write(
        ".huaweicloud/credentials",
        damaged(`[basic]\nsk = ${hidden}\nsecurity_token = ${hidden}\n`),
      );
      const asking = [given(profileCredentials(environment)), given(sharedConfigCredentials(environment))];
      const outcomes = await Promise.all(asking.map((one) => one.catch((error: unknown) => error)));
      try {
        readIniSection(`[basic]\n${hidden}`, "basic");
      } catch (error) {
        outcomes.push(error);
      }
      for (const outcome of outcomes) expectHidden(everyTextOf(outcome), hidden);
    }),
    { numRuns: 100 },
  );
});

test("a redacted text has none of the secrets, and keeps what is around them", () => {
  const plain = fc.string({ unit: fc.constantFrom(..."abc é\n"), maxLength: 10 });
  fc.assert(
    fc.property(plain, fc.array(secret, { minLength: 1, maxLength: 4 }), plain, (before, secrets, after) => {
      const text = before + secrets.join("|") + after;
      const clean = redact(text, secrets);
      for (const hidden of secrets) expect(clean).not.toContain(hidden);
      expect(clean.startsWith(before)).toBe(true);
      expect(clean.endsWith(after)).toBe(true);
      expect(clean).toContain(redacted);
    }),
  );
});

test("a secret of a few characters garbles no message: it goes where it stands by itself, or not at all", () => {
  const message = 'the main drain of "main", maintained: main=on';
  expect(redact(message, ["main"])).toBe(
    `the ${redacted} drain of "${redacted}", maintained: ${redacted}=on`,
  );
  expect(redact(message, ["a", "on", "mai"])).toBe(message);
  expect(redact("it is (a+b)!", ["(a+b)"])).toBe(`it is ${redacted}!`);
});

test("a secret that is part of another does not keep the other from being found", () => {
  fc.assert(
    fc.property(secret, secret, secret, (a, b, c) => {
      const whole = a + b + c;
      expect(redact(`<${whole}>`, [b, whole])).toBe(`<${redacted}>`);
    }),
  );
});

/** Neither the secret nor a piece of it that would be worth something. */
function expectHidden(text: string, hidden: string): void {
  for (let from = 0; from + 12 <= hidden.length; from++) {
    const piece = hidden.slice(from, from + 12);
    if (text.includes(piece))
      expect.unreachable(`${JSON.stringify(piece)} of ${JSON.stringify(hidden)} is shown`);
  }
}

function isWhole(said: string): boolean {
  const [head = "", body] = said.split("\r\n\r\n");
  const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
  return body !== undefined && body.length >= length;
}

function http(status: number, body: string | object, headers = ""): string {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return `HTTP/1.1 ${status} X\r\n${headers}Content-Length: ${Buffer.byteLength(text, "latin1")}\r\n\r\n${text}`;
}

function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, " ").slice(0, 12_000);
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = { "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "#39" };
  return text.replace(/[&<>"']/g, (character) => `&${entities[character]};`);
}
