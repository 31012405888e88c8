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
])("%s is refused by the field's name, without its value", (_, credentials, problem) => {
  expect(use(credentials)).toThrow(problem);
  expect(use(credentials)).toThrow(
    /^the credentials can't be used \(they come from the (vault|client's options)\): /,
  );
  expect(use(credentials)).not.toThrow(/12345|secret-key|to ken|ÄK/);
});

test("a token that is undefined does not hide a pair", () => {
  const both = { ...whole, authToken: undefined } as unknown as Credentials;
  expect(new SecretCredentials(both).reveal()).toHaveProperty("key");
});

test("another token is one of another text; a pair never is", () => {
  const [a, alsoA, b] = ["a", "a", "b"].map((authToken) => new SecretCredentials({ authToken }));
  const pair = new SecretCredentials(whole);
  expect(a && alsoA?.isOtherTokenThan(a)).toBe(false);
  expect(a && b?.isOtherTokenThan(a)).toBe(true);
  expect(a && pair.isOtherTokenThan(a)).toBe(false);
  expect(a?.isOtherTokenThan(pair)).toBe(false);
});
