import { execFile } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { startEmulator } from "../../sdk/emulator";
import { startHttpServer } from "../support/servers";

const run = promisify(execFile);
const folder = join(__dirname, "../support/vendor-python");
const environment = join(__dirname, "../../.tmp/vendor-python");

/** The vendor's SDKs in an environment of their own, made once; `undefined` where they can't be installed. */
async function python(): Promise<string | undefined> {
  const command = join(environment, "bin", "python");
  const done = join(environment, "installed");
  try {
    if (existsSync(done)) return command;
    await run("python3", ["-m", "venv", environment]);
    const requirements = join(folder, "requirements.txt");
    await run(command, ["-m", "pip", "install", "--quiet", "--retries", "1", "-r", requirements], {
      timeout: 120_000,
    });
    writeFileSync(done, "");
    return command;
  } catch {
    return undefined;
  }
}

test("the vendor's SDKs for Python take a group through its life, and their models read every answer", async ({
  skip,
}) => {
  const command = await python();
  if (command === undefined) return skip("the vendor's SDKs for Python cannot be installed here");
  await using emulator = await startEmulator({ launchTime: 0, removalTime: 0, strict: true });
  const messages: string[] = [];
  await using subscriber = await startHttpServer((response, { body }) => {
    const { type, subscribe_url, message } = JSON.parse(body);
    if (type === "SubscriptionConfirmation") void fetch(subscribe_url);
    if (type === "Notification") messages.push(JSON.parse(message).lifecycle_hook_name);
    response.end();
  });
  const { url, accessKey, secretKey, projectId } = emulator;
  const args = [join(folder, "drive.py"), url, accessKey, secretKey, projectId, subscriber.url];
  const { stdout } = await run(command, args, { timeout: 100_000 });
  const steps = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(steps).toEqual([
    { step: "subscribe", topics: ["hooks"], urn: expect.stringMatching(/^urn:smn:cn-north-4:/) },
    { step: "create group", status: "PAUSED", listed: 1 },
    { step: "create hooks", hooks: ["boot", "drain"] },
    { step: "scale out", states: ["PENDING_WAIT", "PENDING_WAIT"], hooks: ["boot", "boot"] },
    { step: "complete", states: ["INSERVICE", "INSERVICE"] },
    { step: "scale in", states: ["REMOVING_WAIT", "REMOVING_WAIT"] },
    { step: "log", v1: ["SUCCESS", "SUCCESS"], v2: ["NORMAL", "NORMAL"], removed: 2 },
    { step: "delete", groups: 0 },
  ]);
  await expect.poll(() => messages.toSorted()).toEqual(["boot", "boot", "drain", "drain"]);
  expect(emulator.requests.filter(({ status }) => (status ?? 500) >= 400)).toEqual([]);
}, 300_000);
