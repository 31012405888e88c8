import { expect, test } from "vitest";
import { readErrorBody } from "../../sdk/errors/body";

const read = (body: unknown) =>
  readErrorBody(typeof body === "string" ? body : JSON.stringify(body), (text) => text);

const whole = { code: "X.1", message: "m" };
const withId = { ...whole, requestId: "4f" };

test.each([
  ["the service's", { error: { code: "X.1", message: "m" } }, whole],
  [
    "the service's with the request id inside",
    { error: { code: "X.1", message: "m", request_id: "4f" } },
    withId,
  ],
  ["the gateway's", { error_msg: "m", error_code: "X.1", request_id: "4f" }, withId],
  ["SMN's", { request_id: "4f", code: "X.1", message: "m" }, withId],
  ["STS's", { error_code: "X.1", error_msg: "m", encoded_authorization_message: "x" }, whole],
  ["one in camel case", { errorCode: "X.1", errorMsg: "m" }, whole],
  // Its number only repeats the status.
  ["Keystone's", { error: { code: 401, message: "m", title: "Unauthorized" } }, { message: "m" }],
  [
    "Keystone's without a message",
    { error: { code: 401, title: "Unauthorized" } },
    { message: "Unauthorized" },
  ],
])("reads %s shape of an error", (_, body, expected) => {
  expect(read(body)).toEqual(expected);
});

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
])("reads what is no JSON object as text: %j", (body, message) => {
  expect(read(body)).toEqual({ message });
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
  const fields = readErrorBody('{"error_code":"secret","request_id":"secret"}', hide);
  expect(fields).toMatchObject({ code: "*", requestId: "*" });
  const tagged = (text: string) => text.replaceAll("se<b>cret", "*");
  expect(readErrorBody("<p>se<b>cret</p>", tagged).message).toBe("*");
});
