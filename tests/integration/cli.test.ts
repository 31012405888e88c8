import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { cliRequest } from "../../sdk/cli/command-line";
import { version } from "../../sdk/version";
import { emulatorOfEachTest } from "../support/emulator";

/** The command `huaweicloud-as`, on the emulator. */

const { bin } = JSON.parse(readFileSync("package.json", "utf8"));
const group = "e5d27f5c-dd76-4a61-b4bc-a67c5686719a";
const emulator = emulatorOfEachTest(() => ({ launchTime: 0, removalTime: 0 }));

beforeEach(() => {
  for (const name of ["boot", "check"]) {
    emulator.putHook(group, { lifecycle_hook_name: name, lifecycle_hook_type: "INSTANCE_LAUNCHING" });
  }
});

function start(...args: string[]) {
  const environment = { ...process.env, ...emulator.env, NO_COLOR: "1" };
  const child = spawn(process.execPath, [bin["huaweicloud-as"], ...args], { env: environment });
  onTestFinished(() => void child.kill("SIGKILL"));
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (chunk) => {
      output[name] += chunk;
    });
  }
  const ended = once(child, "close").then(([code]) => ({ code, ...output }));
  return { child, output, ended };
}

/** Lets an instance hang on both hooks. */
function hang(): string {
  emulator.scale(group, 1);
  return emulator.hangingInstances(group).at(-1)?.instance_id ?? "";
}

const statuses = (instance: string) =>
  emulator
    .hangingInstances(group)
    .filter(({ instance_id }) => instance_id === instance)
    .map((one) => [one.lifecycle_hook_name, one.lifecycle_hook_status]);

test("the hooks of a group are shown as a table, and as JSON", async () => {
  const { code, stdout } = await start("hooks", group).ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^HOOK +TYPE +DEFAULT +TIME-OUT +TOPIC +METADATA\nboot +INSTANCE_LAUNCHING +ABANDON +3600 s/,
  );
  const { stdout: json } = await start("hooks", group, "--json").ended;
  expect(JSON.parse(json)).toMatchObject([{ lifecycleHookName: "boot" }, { lifecycleHookName: "check" }]);
});

describe("an instance that hangs", () => {
  test("is shown with the time that is left, in one group and in all", async () => {
    const instance = hang();
    const { stdout } = await start("hanging").ended;
    expect(stdout).toMatch(
      new RegExp(
        `^GROUP +INSTANCE +HOOK +LEFT +THEN\n${group} +${instance} +boot +(1:00:00|59:\\d\\d) +ABANDON\n`,
      ),
    );
    const { stdout: json } = await start("hanging", group, "--json").ended;
    expect(JSON.parse(json)).toMatchObject([{ instanceId: instance }, { instanceId: instance }]);
  });

  test("is completed on the hook that is named, and on its last one without a name", async () => {
    const instance = hang();
    const doubtful = await start("complete", group, instance, "--continue").ended;
    const stderr = expect.stringContaining("hangs on boot, check: name one");
    expect(doubtful).toMatchObject({ code: 2, stderr });
    const first = await start("complete", group, instance, "--hook", "boot", "--continue").ended;
    expect(first).toEqual({ code: 0, stdout: `${instance} on boot: CONTINUE\n`, stderr: "" });
    expect(statuses(instance)).toEqual([
      ["boot", "CONTINUE"],
      ["check", "HANGING"],
    ]);
    const second = await start("complete", group, instance, "--extend", "--json").ended;
    expect(JSON.parse(second.stdout)).toEqual({ instance, hook: "check", result: "EXTEND" });
    expect((await start("complete", group, instance, "--abandon").ended).code).toBe(0);
    expect(emulator.instances(group).map(({ instance_id }) => instance_id)).not.toContain(instance);
  });

  test("is seen by a watch that goes on until it is interrupted", async () => {
    const { child, output, ended } = start("watch", group, "--interval", "1", "--json");
    await expect.poll(() => output.stdout).toMatch(/^\[\]\n/);
    const instance = hang();
    await expect.poll(() => output.stdout).toContain(instance);
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 0, stderr: "" });
  });
});

test.each([
  [["complete", group, "i-1", "--continue"], 1, "instance i-1 hangs on no such hook"],
  [["hooks", "missing"], 1, "AS.2007"],
  [["--wrong"], 2, "Unknown option"],
  [["hooks", group, "--region", ""], 2, "which region?"],
] as const)("%j ends with %i and says why", async (args, code, text) => {
  const ended = await start(...args).ended;
  expect(ended).toMatchObject({ code, stdout: "", stderr: expect.stringContaining(text) });
  expect(ended.stderr.includes("Usage:")).toBe(code === 2);
});

test.each([
  [["hooks"], "hooks needs the id of a scaling group"],
  [["complete", group], "complete needs the id of an instance"],
  [["complete", group, "i-1"], "complete needs one of --continue, --abandon and --extend"],
  [["complete", group, "i-1", "--continue", "--extend"], "complete needs one of"],
  [["hanging", group, "--continue"], "belong to complete"],
  [["hanging", group, "more"], '"more" is one word too many'],
  [["watch", group, "--interval", "0"], "is not a number of seconds from 1 to 3600"],
  [["hang"], '"hang" is no command'],
  [[], "give a command"],
])("%j can't be understood: %s", (args, text) => {
  expect(() => cliRequest(args, {})).toThrow(text);
});

test("help and version are told without credentials", async () => {
  const stdout = expect.stringContaining("Usage: huaweicloud-as");
  expect(await start("--help").ended).toMatchObject({ code: 0, stdout });
  expect((await start("--version").ended).stdout).toBe(`${version}\n`);
});
