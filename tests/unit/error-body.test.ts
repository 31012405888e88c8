import { describe, expect, test } from "vitest";
import { readErrorBody } from "../../sdk/errors/body";

const read = (body: unknown) =>
  readErrorBody(typeof body === "string" ? body : JSON.stringify(body), (text) => text);

test.each([
  [
    "the service's",
    { error: { code: "AS.2007", message: "no group" } },
    { code: "AS.2007", message: "no group" },
  ],
  [
    "the service's flat one",
    { error_code: "AS.2007", error_msg: "no group" },
    { code: "AS.2007", message: "no group" },
  ],
  [
    "the gateway's",
    { error_msg: "limit", error_code: "APIGW.0308", request_id: "4f" },
    { code: "APIGW.0308", message: "limit", requestId: "4f" },
  ],
  [
    "SMN's",
    { request_id: "4f", code: "SMN.1", message: "m" },
    { code: "SMN.1", message: "m", requestId: "4f" },
  ],
  [
    "STS's",
    { error_code: "STS.1", error_msg: "m", encoded_authorization_message: "x" },
    { code: "STS.1", message: "m" },
  ],
  ["one in camel case", { errorCode: "X.1", errorMsg: "m" }, { code: "X.1", message: "m" }],
  [
    "one with the request id inside",
    { error: { code: "X.1", message: "m", request_id: "4f" } },
    { code: "X.1", message: "m", requestId: "4f" },
  ],
])("reads %s shape", (_, body, expected) => {
  expect(read(body)).toEqual({ requestId: undefined, ...expected });
});

describe("Keystone's shape", () => {
  test("has a number for a code, which only repeats the status", () => {
    expect(read({ error: { code: 401, message: "m", title: "Unauthorized" } })).toEqual({ message: "m" });
  });

  test("is told by its title when it has no message", () => {
    expect(read({ error: { code: 401, title: "Unauthorized" } }).message).toBe("Unauthorized");
  });
});

describe("what is no JSON object is text", () => {
  test.each([
    ["", undefined],
    ["   \n", undefined],
    ["<html></html>", undefined],
    ["<TITLE lang=en>\n 502  Bad\nGateway </TITLE><p>nginx", "502 Bad Gateway"],
    ["<h1>Bad</h1>\n<p>gateway</p>", "Bad gateway"],
    ["upstream connect error", "upstream connect error"],
    ['{"error":{"code":"AS.0001","mess', '{"error":{"code":"AS.0001","mess'],
    ["null", "null"],
    ["[1]", "[1]"],
  ])("%j", (body, message) => {
    expect(read(body)).toEqual({ message });
  });
});

test("fields of other types, and empty ones, are as good as missing", () => {
  expect(read({ error: "AS.0001" })).toEqual({});
  expect(read({ error: null, error_code: "", error_msg: 5, request_id: {} })).toEqual({});
  expect(read({ error: { code: ["AS.0001"], message: { text: "m" } } })).toEqual({});
});

test("long texts are cut", () => {
  const message = "x".repeat(10_000);
  for (const body of [{ error_msg: message }, message, `<title>${message}</title>`]) {
    expect(read(body).message).toBe(`${"x".repeat(300)}…`);
  }
});

test("what is to be hidden is hidden before a text is cut, in each field", () => {
  const hide = (text: string) => text.replaceAll("secret", "*");
  const padded = `${"x".repeat(297)}secret`;
  expect(readErrorBody(JSON.stringify({ error_msg: padded }), hide).message).toBe(`${"x".repeat(297)}*`);
  expect(readErrorBody(padded, hide).message).toBe(`${"x".repeat(297)}*`);
  expect(readErrorBody('{"error_code":"secret","request_id":"secret"}', hide)).toMatchObject({
    code: "*",
    requestId: "*",
  });
  const tagged = (text: string) => text.replaceAll("se<b>cret", "*");
  expect(readErrorBody("<p>se<b>cret</p>", tagged).message).toBe("*");
});
