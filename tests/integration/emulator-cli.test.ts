import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Emulator, startEmulator } from "../../sdk/emulator";
import { version } from "../../sdk/version";
import { bundle } from "../../tools/setup/build.mts";
import { call, pathsOf, sampleHook } from "../support/emulator-calls";

/** What the bundler makes of the emulator, in a folder that has nothing else. */
let folder: string;
let cli: string;
const running: ChildProcessWithoutNullStreams[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "emulator-"));
  const entries = { "emulator/cli": "sdk/emulator/cli.ts", "emulator/index": "sdk/emulator/index.ts" };
  await bundle(entries, folder);
  cli = join(folder, "emulator/cli.js");
});

afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});
afterAll(() => rmSync(folder, { recursive: true }));

function start(...args: string[]) {
  const child = spawn(process.execPath, [cli, ...args]);
  running.push(child);
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    output.stderr += chunk;
  });
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, ...output }));
  /** Waits until something has been printed; starting Node takes its time when all tests run side by side. */
  const printed = (text: string | RegExp) => expect.poll(() => output.stdout).toMatch(text);
  return { child, output, ended, printed };
}

/** Enough of an emulator in another process to send it requests. */
function reached(stdout: string, groups: readonly string[]): Emulator {
  const value = (name: string) => new RegExp(`^export ${name}=(.*)$`, "m").exec(stdout)?.[1] ?? "";
  const [, port] = /127\.0\.0\.1:(\d+)/.exec(stdout) ?? [];
  const projectId = "0123456789abcdef0123456789abcdef";
  return {
    port: Number(port),
    accessKey: value("HW_ACCESS_KEY"),
    secretKey: value("HW_SECRET_KEY"),
    projectId,
    groups,
  } as unknown as Emulator;
}

test("it begins with what a shell needs to run it", () => {
  expect(readFileSync(cli, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
});

describe("started", () => {
  test("it prints what leads to it, and then each request", async () => {
    const { output, printed, child, ended } = start("--group", "group-1", "--group", "group-2");
    await printed("# Requests:");
    const emulator = reached(output.stdout, ["group-1", "group-2"]);
    const url = `http://127.0.0.1:${emulator.port}`;
    expect(output.stdout.split("\n")).toEqual([
      expect.stringContaining(`listens on ${url}.`),
      `# Open ${url}/ in a browser to look at it.`,
      "# scaling group: group-1",
      "# scaling group: group-2",
      "",
      "export HW_REGION_NAME=cn-north-4",
      "export HW_ACCESS_KEY=EMULATORACCESSKEY001",
      "export HW_SECRET_KEY=made-up-secret-key-of-the-local-emulator",
      "export HW_SECURITY_TOKEN=''",
      "export HW_AUTH_TOKEN=''",
      "export HW_PROJECT_ID=''",
      "export HUAWEICLOUD_SDK_PROJECT_ID=''",
      `export HW_ENDPOINTS='{"autoscaling":"${url}","iam":"${url}"}'`,
      "",
      "# The same for one Pulumi stack only:",
      "pulumi config set huaweicloud:region cn-north-4",
      "pulumi config set huaweicloud:accessKey EMULATORACCESSKEY001",
      "pulumi config set --secret huaweicloud:secretKey made-up-secret-key-of-the-local-emulator",
      `pulumi config set huaweicloud:endpoints '{"autoscaling":"${url}","iam":"${url}"}'`,
      "",
      "# Requests:",
      "",
    ]);

    const { hooks, instances } = pathsOf(emulator, "group-2");
    await call(emulator, "POST", hooks, { body: sampleHook });
    await call(emulator, "POST", hooks, { body: sampleHook });
    await call(emulator, "GET", instances, { query: { instance_id: "i-1" } });
    await printed("instance_id");
    child.kill("SIGTERM");
    const { code, stdout, stderr } = await ended;
    const lines = stdout.trimEnd().split("\n").slice(-3);
    const time = String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;
    expect(lines).toEqual([
      expect.stringMatching(new RegExp(String.raw`${time} POST ${hooks} 200 \d+ ms$`)),
      expect.stringMatching(new RegExp(String.raw`${time} POST ${hooks} 400 AS\.7041 \d+ ms$`)),
      expect.stringMatching(new RegExp(String.raw`${time} GET ${instances}\?instance_id=i-1 200 \d+ ms$`)),
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  test("what it prints sets the environment in a shell", async () => {
    const { output, printed } = start();
    await printed("# Requests:");
    const exports = output.stdout.replaceAll(/^pulumi .*$/gm, "");
    const script = `${exports}\nprintf %s "$HW_ENDPOINTS"`;
    const endpoints: unknown = JSON.parse(execFileSync("sh", ["-c", script], { encoding: "utf8" }));
    expect(endpoints).toEqual({ autoscaling: expect.any(String), iam: expect.any(String) });
  });

  test.each(["SIGINT", "SIGTERM"] as const)("%s ends it cleanly, whatever is connected", async (signal) => {
    const { output, printed, child, ended } = start();
    await printed("# Requests:");
    const emulator = reached(output.stdout, ["e5d27f5c-dd76-4a61-b4bc-a67c5686719a"]);
    expect(await call(emulator, "GET", pathsOf(emulator).hookList)).toMatchObject({ status: 200 });
    child.kill(signal);
    expect(await ended).toMatchObject({ code: 0, signal: null, stderr: "" });
  });

  test.skipIf(process.platform === "win32")("it ends with the command that reads its output", async () => {
    const child = spawn("sh", ["-c", `"${process.execPath}" "${cli}" | head -1`], { detached: true });
    onTestFinished(() => {
      if (child.exitCode === null) process.kill(-(child.pid ?? 0), "SIGKILL");
    });
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    await once(child, "close");
    expect(output).toMatch(/^# A local Auto Scaling API .*\n$/);
  });

  test("it has a demo whose instances hang, which two more commands scale and complete", async () => {
    const { output, printed } = start("--launch-time", "0");
    await printed("# Requests:");
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output.stdout)?.[0] ?? "";
    expect(await start("scale", "demo", "1", "--url", url).ended).toMatchObject({
      code: 0,
      stdout: "",
      stderr: "",
    });
    await printed(/ demo: instance \S+ hangs on boot until /);
    const instance = / demo: instance (\S+) hangs/.exec(output.stdout)?.[1] ?? "";
    expect(instance).toMatch(/^web-conf_[0-9A-F]{8}$/);
    expect(await start("complete", "demo", instance, "CONTINUE", "--url", url).ended).toMatchObject({
      code: 0,
    });
    await printed(/ demo: instance \S+ is INSERVICE/);
    const again = await start("complete", "demo", instance, "CONTINUE", "--url", url).ended;
    expect(again).toMatchObject({
      code: 1,
      stderr: "huaweicloud-as-emulator: no instance of the group hangs there\n",
    });
  });

  test("it is ready to serve as soon as it prints its address", async () => {
    const { child } = start();
    const [chunk] = await once(child.stdout, "data");
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(String(chunk))?.[0];
    expect((await fetch(`${url}/emulator/ready`)).status).toBe(200);
  });
});

describe("not started", () => {
  test("it prints help or its version", async () => {
    const help = await start("--help").ended;
    expect(help).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Usage: huaweicloud-as-emulator/) });
    expect(await start("--version").ended).toMatchObject({ code: 0, stdout: `${version}\n` });
  });

  test("it says what it can't understand, and what it can", async () => {
    const { code, stdout, stderr } = await start("--port", "x").ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^huaweicloud-as-emulator: --port "x" is not a port.*\n\nUsage: /);
  });

  test("it says that the port is in use", async () => {
    await using other = await startEmulator();
    const { code, stdout, stderr } = await start("--port", String(other.port)).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe(
      `huaweicloud-as-emulator: port ${other.port} is in use; give another with --port, or none to have the system pick one\n`,
    );
  });
});

test("nothing but Node and its own files is needed to load it", () => {
  const script = `
    const { startEmulator } = require(${JSON.stringify(join(folder, "emulator/index.js"))});
    console.log(JSON.stringify([typeof startEmulator, ...Object.keys(require.cache)]));
  `;
  const output = execFileSync(process.execPath, ["-e", script], { encoding: "utf8", cwd: folder });
  const [type, ...files] = JSON.parse(output) as string[];
  expect(type).toBe("function");
  expect(files.length).toBeGreaterThan(1);
  // The real path of the temporary folder may be another; its name is not.
  expect(files.filter((file) => !file.includes(basename(folder)))).toEqual([]);
});
