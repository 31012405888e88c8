import { expect, test } from "vitest";
import { cliRequest } from "../../sdk/emulator/command-line";

test("without arguments it starts on a port of the system's choice, with the default group", () => {
  expect(cliRequest([])).toEqual({ kind: "start", port: 0, region: undefined, groups: undefined });
});

test("the port is one, the groups are as many as are given", () => {
  expect(cliRequest(["--port", "8080", "--region", "cn-south-1", "--group", "a", "--group=b"])).toEqual({
    kind: "start",
    port: 8080,
    region: "cn-south-1",
    groups: ["a", "b"],
  });
});

test("help and version go before everything else", () => {
  expect(cliRequest(["--help", "--port", "x"])).toEqual({ kind: "help" });
  expect(cliRequest(["-h"])).toEqual({ kind: "help" });
  expect(cliRequest(["--version"])).toEqual({ kind: "version" });
});

test.each([
  [["--region", "CN South"], '--region "CN South" is not the name of a region'],
  [["--port", "eighty"], '--port "eighty" is not a port'],
  [["--port", "65536"], '--port "65536" is not a port'],
  [["--port=-1"], '--port "-1" is not a port'],
  [["--port", "1.5"], '--port "1.5" is not a port'],
  [["--port="], '--port "" is not a port'],
  [["--port"], "--port"],
  [["--group", "a b"], '--group "a b" is not an id'],
  [["--group="], '--group "" is not an id'],
  [["--ports", "1"], "--ports"],
  [["start"], "start"],
])("%j can't be understood", (args, message) => {
  expect(() => cliRequest(args)).toThrow(expect.objectContaining({ name: "UsageError" }));
  expect(() => cliRequest(args)).toThrow(message);
});
