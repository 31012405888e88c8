import { expect, test } from "vitest";
import { failureText } from "../../tools/tour/failure-text.mts";
import { callOf, countByMethod, hookNameIn, shortPath } from "../../tools/tour/requests.mts";
import { table, wrap } from "../../tools/tour/table.mts";

const group =
  "/autoscaling-api/v1/0123456789abcdef0123456789abcdef/scaling_lifecycle_hook/e5d27f5c-dd76-4a61-b4bc-a67c5686719a";
const request = (method: string, path: string, query = "", body = "") => ({ method, path, query, body });

test.each([
  ["GET project", request("GET", "/v3/projects", "name=cn-north-4")],
  ["POST hook", request("POST", group)],
  ["GET hooks", request("GET", `${group}/list`)],
  ["PUT hook", request("PUT", `${group}/drain`)],
  ["DELETE hook", request("DELETE", `${group}/drain`)],
  ["GET /elsewhere", request("GET", "/elsewhere")],
])("a request is for %s", (call, given) => {
  expect(callOf(given)).toBe(call);
});

test("a path is shown without project, with the beginning of a UUID, and with its query", () => {
  expect(shortPath(request("PUT", `${group}/drain`))).toBe("…/scaling_lifecycle_hook/e5d27f5c…/drain");
  expect(shortPath(request("GET", "/v3/projects", "name=x"))).toBe("/v3/projects?name=x");
});

test("the name of a new hook is read from the body", () => {
  expect(hookNameIn(request("POST", group, "", '{"lifecycle_hook_name":"drain","x":1}'))).toBe("drain");
  expect(hookNameIn(request("DELETE", group))).toBeUndefined();
});

test("requests are counted by method, in the order of their first", () => {
  const requests = ["GET", "POST", "POST"].map((method) => ({ method }));
  expect(countByMethod(requests)).toBe("1 GET, 2 POST");
  expect(countByMethod([])).toBe("none");
});

test("columns are as wide as what is seen in them, whatever the colours", () => {
  const green = "\u001b[32mok\u001b[39m";
  expect(
    table(
      [
        ["a", green, "x"],
        ["bbb", "c", "12"],
      ],
      new Set([2]),
    ),
  ).toEqual([`a    ${green}   x`, "bbb  c   12"]);
});

test("rows may have fewer cells than others, and end without blanks", () => {
  expect(table([["a", ""], ["bb", "c"], ["d"]])).toEqual(["a", "bb  c", "d"]);
});

test("a text is broken between words, never within one", () => {
  expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrap("unbreakable x", 5)).toEqual(["unbreakable", "x"]);
});

/** As the Automation API puts it: everything twice. */
function commandError(printed: string): string {
  const failed = `Command failed with exit code 255: pulumi up\n${printed}`;
  return `code: -2\n stdout: \n stderr: ${failed}\n err?: Error: ${failed}\n`;
}

test("of what the engine printed, its errors are the gist", () => {
  expect(failureText(commandError("Updating (tour):\n\nerror: no such stack\nerror: so there\n"))).toBe(
    "error: no such stack\nerror: so there",
  );
});

test("of a crash, the beginning is shown", () => {
  const stack = Array.from({ length: 50 }, (_, index) => `frame ${index}`).join("\n");
  const text = failureText(commandError(`Panic: nil pointer\n${stack}`));
  expect(text).toContain("Command failed with exit code 255: pulumi up\nPanic: nil pointer\nframe 0\n");
  expect(text.split("\n")).toHaveLength(10);
});

test("another message is shown as it is", () => {
  expect(failureText("spawn pulumi EACCES")).toBe("spawn pulumi EACCES");
});
