import { spawnSync } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { collect, run } from "../../tools/setup/child.mjs";
import { matches } from "../../tools/setup/dependencies.mjs";
import { withLock } from "../../tools/setup/lock.mjs";
import { makeHome } from "../support/home";
import { processesWith } from "../support/processes";

const node = process.execPath;

/** Does four pieces of work under a lock, and fails when two of them meet. */
async function fourAtOnce(lock: string): Promise<void> {
  let running = 0;
  const work = async () => {
    running += 1;
    expect(running).toBe(1);
    await new Promise(setImmediate);
    running -= 1;
  };
  await Promise.all(Array.from({ length: 4 }, () => withLock(lock, "testing", work)));
}

test("a lock lets one piece of work at a time through, and is gone afterwards", async () => {
  await using home = await makeHome();
  await fourAtOnce(join(home.path, "some.lock"));
  expect(await readdir(home.path)).toEqual([]);
});

test("a lock whose owner was killed is broken by one of those that wait", async () => {
  await using home = await makeHome();
  const endedPid = spawnSync(node, ["--version"]).pid;
  await home.write(`some.lock/${endedPid}-1`, "");
  await fourAtOnce(join(home.path, "some.lock"));
  expect(await readdir(home.path)).toEqual([]);
});

test("a lock is given back when the work fails", async () => {
  await using home = await makeHome();
  const fail = () => Promise.reject(new Error("no network"));
  await expect(withLock(join(home.path, "some.lock"), "testing", fail)).rejects.toThrow("no network");
  expect(await readdir(home.path)).toEqual([]);
});

test("the set-up gives a command's exit code, and 128 + n after signal n", async () => {
  expect(await run(node, ["-e", "process.exit(3)"], process.env)).toBe(3);
  expect(await run(node, ["-e", "process.kill(process.pid, 'SIGTERM')"], process.env)).toBe(143);
});

test.runIf(process.platform === "linux")("what a command leaves running is ended with it", async () => {
  const mark = `SET_UP_TEST=${process.pid}`;
  const child = "process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' }";
  const script = `require('child_process').spawn(${child}).unref()`;
  await run(node, ["-e", script], { ...process.env, SET_UP_TEST: String(process.pid) });
  expect(await processesWith(mark)).toEqual([]);
});

test("a failed command of the set-up is told with the end of what it printed", async () => {
  const script = "for (let n = 0; n < 50; n += 1) console.log('line', n); process.exitCode = 2";
  const failure = collect(node, ["-e", script]);
  await expect(failure).rejects.toThrow(/failed \(2\):\nline 38\n.*line 49$/s);
});

test("a command of the set-up that is missing is an error, and keeps the process no longer", () => {
  const file = join(__dirname, "../../tools/setup/child.mjs");
  const script = `import { collect } from ${JSON.stringify(file)}; await collect("no-such-command", [])`;
  const { status, stderr } = spawnSync(node, ["--input-type=module", "--eval", script], {
    encoding: "utf8",
    timeout: 10_000,
  });
  expect(stderr).toContain("spawn no-such-command ENOENT");
  expect(status).toBe(1);
});

test("a command of the set-up that takes too long is killed", async () => {
  const failure = collect(node, ["-e", "setInterval(() => {}, 1000)"], { timeoutSeconds: 0.2 });
  await expect(failure).rejects.toThrow("failed (137)");
});

test("an installation is up to date if it has each locked version, but for optional packages", () => {
  const locked = {
    "": {},
    "node_modules/a": { version: "1.0.0" },
    "node_modules/b": { version: "2.0.0", optional: true },
  };
  const a = { "node_modules/a": { version: "1.0.0" } };
  expect(matches(locked, a)).toBe(true);
  expect(matches(locked, { ...a, "node_modules/b": { version: "1.9.0" } })).toBe(false);
  expect(matches(locked, { "node_modules/a": { version: "1.0.1" } })).toBe(false);
  expect(matches(locked, {})).toBe(false);
});
