import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import type { Credentials } from "../../sdk/credentials/credentials";
import { SecretCredentials } from "../../sdk/credentials/secret-credentials";

const whole = { accessKey: "AK", secretKey: "secret-key", securityToken: "token", source: "the vault" };
const use = (credentials: unknown) => () => new SecretCredentials(credentials as Credentials);

test.each([
  ["nothing", undefined, "accessKey is missing"],
  ["no secret key", { accessKey: "AK", source: "the vault" }, "secretKey is missing"],
  ["an empty secret key", { ...whole, secretKey: "" }, "secretKey is missing"],
  ["an empty security token", { ...whole, securityToken: "" }, "securityToken is missing"],
  ["an empty token", { authToken: "", source: "the vault" }, "authToken is missing"],
  ["a number", { ...whole, secretKey: 12345 }, "secretKey is a number, not a string"],
  ["a line break at the end", { ...whole, secretKey: "secret-key\n" }, "secretKey has a character"],
  ["a space", { authToken: "to ken", source: "the vault" }, "authToken has a character"],
  ["a character beyond ASCII", { ...whole, accessKey: "ÄK" }, "accessKey has a character"],
])("credentials with %s are refused by the field's name, without its value", (_, credentials, problem) => {
  expect(use(credentials)).toThrow(problem);
  expect(use(credentials)).toThrow(
    /^the credentials can't be used \(they come from the (vault|client's options)\): /,
  );
  expect(use(credentials)).not.toThrow(/12345|secret-key|to ken|ÄK/);
});

test("a token that is undefined does not hide a pair of keys", () => {
  const both = { ...whole, authToken: undefined } as unknown as Credentials;
  expect(new SecretCredentials(both).reveal()).toHaveProperty("key");
});

test("two sets of credentials are the same when all their secrets are", () => {
  const of = (credentials: Credentials) => new SecretCredentials(credentials);
  expect(of({ authToken: "a" }).isSameAs(of({ authToken: "a", source: "elsewhere" }))).toBe(true);
  expect(of({ authToken: "a" }).isSameAs(of({ authToken: "b" }))).toBe(false);
  expect(of(whole).isSameAs(of({ ...whole, expiresAt: new Date() }))).toBe(true);
  for (const change of [{ accessKey: "OTHER" }, { secretKey: "other" }, { securityToken: undefined }]) {
    expect(of(whole).isSameAs(of({ ...whole, ...change }))).toBe(false);
  }
  expect(of(whole).isSameAs(of({ authToken: "a" }))).toBe(false);
});

test.each([
  ["a Date", new Date("2026-01-02T03:04:05.678Z")],
  ["a Date of another realm", runInNewContext('new Date("2026-01-02T03:04:05.678Z")')],
  ["a service's text, with microseconds", "2026-01-02T03:04:05.678000Z"],
  ["a text with an offset", "2026-01-02T05:04:05.678+02:00"],
])("the end of temporary credentials can be %s", (_, expiresAt) => {
  const moment = new SecretCredentials({ ...whole, expiresAt }).expiresAt;
  expect(moment?.toISOString()).toBe("2026-01-02T03:04:05.678Z");
});

test.each([
  new Date("nonsense"),
  "tomorrow",
  "2026-01-02T03:04:05",
  "2026-13-02T03:04:05Z",
  1_767_323_045_678,
  "",
])("%j is refused as the end of credentials", (expiresAt) => {
  expect(use({ ...whole, expiresAt })).toThrow(
    "(they come from the vault): expiresAt is neither a valid Date nor a moment with its time zone",
  );
});
