import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { cliRequest, eventLine, requestLine, usage } from "../../sdk/emulator/command-line";

test("without arguments it starts with the emulator's own defaults", () => {
  expect(cliRequest([])).toEqual({ kind: "start", options: {} });
});

test("each flag is an option, in the option's unit", () => {
  const line =
    "--port 8080 --region cn-south-1 --group a --group=b --state s.json --strict --launch-time 0.5 --removal-time 0 " +
    "--speed 60 --latency 20 --min-timeout 60 --max-name-length=64 --fault status=503,count=2 --fault truncate";
  expect(cliRequest(line.split(" "))).toEqual({
    kind: "start",
    options: {
      port: 8080,
      region: "cn-south-1",
      groups: ["a", "b"],
      state: "s.json",
      strict: true,
      launchTime: 500,
      removalTime: 0,
      speed: 60,
      latency: 20,
      limits: { minTimeout: 60, maxNameLength: 64 },
      faults: [{ status: 503, count: 2 }, { truncate: true }],
    },
  });
});

test("each flag has a variable, and wins over it", () => {
  const prefix = "HUAWEICLOUD_AS_EMULATOR_";
  const values = { PORT: "1", GROUP: "a b", LAUNCH_TIME: "5", STRICT: "1", REGION: "" };
  const entries = Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]);
  expect(cliRequest(["--port", "2"], Object.fromEntries(entries))).toEqual({
    kind: "start",
    options: { port: 2, groups: ["a", "b"], launchTime: 5000, strict: true },
  });
  const bad = { [`${prefix}PORT`]: "x" };
  expect(() => cliRequest([], bad)).toThrow('HUAWEICLOUD_AS_EMULATOR_PORT "x" is not a port');
});

test("the help has each flag, in lines that a terminal shows whole", () => {
  const lines = usage.split("\n");
  for (const flag of ["--port", "--launch-time", "--fault", "--strict", "--max-metadata-length"]) {
    expect(lines.filter((line) => line.startsWith(`  ${flag} `))).toHaveLength(1);
  }
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
});

test("scale and complete are for an emulator that runs", () => {
  const environment = { HW_ENDPOINTS: '{"autoscaling":"http://127.0.0.1:1","iam":"http://127.0.0.1:1"}' };
  expect(cliRequest(["scale", "demo", "2"], environment)).toEqual({
    kind: "ask",
    url: "http://127.0.0.1:1",
    path: "/emulator/groups/demo/scale",
    body: { desired: 2 },
  });
  const args = ["complete", "demo", "i-1", "continue", "--hook", "boot", "--url", "http://127.0.0.1:2/"];
  expect(cliRequest(args, environment)).toEqual({
    kind: "ask",
    url: "http://127.0.0.1:2",
    path: "/emulator/groups/demo/complete",
    body: { instance_id: "i-1", lifecycle_hook_name: "boot", lifecycle_action_result: "CONTINUE" },
  });
});

test("help and version go before everything else", () => {
  expect(cliRequest(["--help", "--port", "x"])).toEqual({ kind: "help" });
  expect(cliRequest(["-h"])).toEqual({ kind: "help" });
  expect(cliRequest(["--version"])).toEqual({ kind: "version" });
});

test.each([
  ['--region "CN South" is not the name of a region', "--region", "CN South"],
  ['--port "eighty" is not a port', "--port", "eighty"],
  ['--port "65536" is not a port', "--port", "65536"],
  ['--port "-1" is not a port', "--port=-1"],
  ['--port "1.5" is not a port', "--port", "1.5"],
  ['--port "" is not a port', "--port="],
  ["--port", "--port"],
  ['--group "a b" is not an id', "--group", "a b"],
  ['--group "" is not an id', "--group="],
  ["--ports", "--ports", "1"],
  ['"start" is no command', "start"],
  ['"scale" is no command, or lacks what it needs', "scale", "demo"],
  ['N "two" is not a whole number', "scale", "demo", "two", "--url", "http://a"],
  ["which emulator?", "scale", "demo", "2"],
  ['--speed "0" is not a number from 0.001', "--speed", "0"],
  ['--fault "status=x": status=x is no value', "--fault", "status=x"],
])("a line that can't be understood is told: %s", (text, ...args) => {
  const message = expect.stringContaining(text);
  expect(() => cliRequest(args)).toThrow(expect.objectContaining({ name: "UsageError", message }));
});

test("people at a terminal get short lines, logs get whole ones", () => {
  const time = new Date("2026-01-02T03:04:05.678Z");
  const entry = {
    time,
    method: "GET",
    path: "/autoscaling-api/v1/0123/scaling_lifecycle_hook/demo/list",
    query: "",
    body: "",
    requestId: "1",
    status: 404,
    code: "AS.0007",
    warning: "odd",
    durationMs: 2.4,
  };
  const line = "GET scaling_lifecycle_hook/demo/list 404 AS.0007 2 ms odd";
  expect(stripVTControlCharacters(requestLine(entry, true))).toBe(`03:04:05 ${line}`);
  expect(stripVTControlCharacters(requestLine(entry))).toBe(
    `2026-01-02T03:04:05.678Z ${line.replace("scaling_", "/autoscaling-api/v1/0123/scaling_")}`,
  );
  const event = { time, groupId: "demo", groupName: "demo", text: "instance a is PENDING" };
  expect(stripVTControlCharacters(eventLine(event, true))).toBe("03:04:05 demo: instance a is PENDING");
});
