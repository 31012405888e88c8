import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startEmulator } from "../../sdk/emulator";
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
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (chunk) => {
      output[name] += chunk;
    });
  }
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, ...output }));
  /** Waits until something has been printed; starting Node takes its time when all tests run side by side. */
  const printed = (text: string | RegExp) => expect.poll(() => output.stdout).toMatch(text);
  const url = () => /http:\/\/127\.0\.0\.1:\d+/.exec(output.stdout)?.[0] ?? "";
  return { child, output, ended, printed, url };
}

test("it begins with what a shell needs to run it", () => {
  expect(readFileSync(cli, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
});

describe("started", () => {
  test("it prints what leads to it, and then each request, until SIGTERM ends it", async () => {
    const { output, printed, child, ended, url } = start("--group", "group-1", "--group", "group-2");
    await printed("# Requests:");
    expect(output.stdout.split("\n")).toEqual([
      expect.stringContaining(`listens on ${url()}.`),
      `# Open ${url()}/ in a browser to look at it.`,
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
      `export HW_ENDPOINTS='{"autoscaling":"${url()}","iam":"${url()}"}'`,
      "",
      "# The same for one Pulumi stack only:",
      "pulumi config set huaweicloud:region cn-north-4",
      "pulumi config set huaweicloud:accessKey EMULATORACCESSKEY001",
      "pulumi config set --secret huaweicloud:secretKey made-up-secret-key-of-the-local-emulator",
      `pulumi config set huaweicloud:endpoints '{"autoscaling":"${url()}","iam":"${url()}"}'`,
      "",
      "# Requests:",
      "",
    ]);

    const { hooks, instances } = pathsOf({ projectId: "0123456789abcdef0123456789abcdef" }, "group-2");
    const emulator = {
      port: Number(new URL(url()).port),
      accessKey: "EMULATORACCESSKEY001",
      secretKey: "made-up-secret-key-of-the-local-emulator",
    };
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
    const { output, printed, url } = start();
    await printed("# Requests:");
    const exports = output.stdout.replaceAll(/^pulumi .*$/gm, "");
    const script = `${exports}\nprintf %s "$HW_ENDPOINTS"`;
    const endpoints: unknown = JSON.parse(execFileSync("sh", ["-c", script], { encoding: "utf8" }));
    expect(endpoints).toEqual({ autoscaling: url(), iam: url() });
  });

  test("it is ready to serve as soon as it prints its address, and SIGINT ends it whatever is connected", async () => {
    const { child, ended, url } = start();
    await once(child.stdout, "data");
    // Keeps its connection.
    expect(await fetch(`${url()}/emulator/ready`)).toMatchObject({ status: 200 });
    child.kill("SIGINT");
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
    const { output, printed, url } = start("--launch-time", "0");
    await printed("# Requests:");
    const scaled = await start("scale", "demo", "1", "--url", url()).ended;
    expect(scaled).toMatchObject({ code: 0, stdout: "", stderr: "" });
    await printed(/ demo: instance \S+ hangs on boot until /);
    const instance = / demo: instance (\S+) hangs/.exec(output.stdout)?.[1] ?? "";
    expect(instance).toMatch(/^web-conf_[0-9A-F]{8}$/);
    const complete = () => start("complete", "demo", instance, "CONTINUE", "--url", url()).ended;
    expect(await complete()).toMatchObject({ code: 0 });
    await printed(/ demo: instance \S+ is INSERVICE/);
    const stderr = "huaweicloud-as-emulator: no instance of the group hangs there\n";
    expect(await complete()).toMatchObject({ code: 1, stderr });
  });
});

describe("not started", () => {
  test("it prints help or its version", async () => {
    const help = await start("--help").ended;
    expect(help).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Usage: huaweicloud-as-emulator/) });
    expect(await start("--version").ended).toMatchObject({ code: 0, stdout: `${version}\n` });
  });

  test("it says what it can't understand, and what it can", async () => {
    const stderr = expect.stringMatching(/^huaweicloud-as-emulator: --port "x" is not a port.*\n\nUsage: /);
    expect(await start("--port", "x").ended).toMatchObject({ code: 2, stdout: "", stderr });
  });

  test("it says that the port is in use", async () => {
    await using other = await startEmulator();
    const stderr = `huaweicloud-as-emulator: port ${other.port} is in use; give another with --port, or none to have the system pick one\n`;
    expect(await start("--port", String(other.port)).ended).toMatchObject({ code: 1, stdout: "", stderr });
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
