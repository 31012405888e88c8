import { describe, expect, test } from "vitest";
import {
  environmentEndpoints,
  environmentProject,
  environmentRetries,
} from "../../sdk/configuration/environment";
import { environmentCredentials } from "../../sdk/credentials/environment";

test("an environment without variables, or with empty ones, gives no credentials", () => {
  expect(environmentCredentials({})).toBeUndefined();
  expect(environmentCredentials({ HW_AUTH_TOKEN: "", HW_ACCESS_KEY: "", HW_SECRET_KEY: "" })).toBeUndefined();
});

describe.each([
  ["the Terraform provider's names", "HW_ACCESS_KEY", "HW_SECRET_KEY", "HW_SECURITY_TOKEN"],
  ["the SDKs' names", "HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_SECURITY_TOKEN"],
])("%s", (_, ak, sk, token) => {
  test("give a pair, which is temporary with a token that is not empty", () => {
    const source = `the environment (${ak}, ${sk})`;
    const pair = { accessKey: "a", secretKey: "s", securityToken: undefined, source };
    expect(environmentCredentials({ [ak]: "a", [sk]: "s" })).toEqual(pair);
    expect(environmentCredentials({ [ak]: "a", [sk]: "s", [token]: "" })).toEqual(pair);
    const temporary = { ...pair, securityToken: "t" };
    expect(environmentCredentials({ [ak]: "a", [sk]: "s", [token]: "t" })).toEqual(temporary);
  });

  test.each([
    [ak, `${sk}: set both, or neither`],
    [sk, `${ak}: set both, or neither`],
    [token, `${ak} and ${sk}`],
  ])("refuse %s without the rest of the pair, by name and without its value", (variable, missing) => {
    expect(() => environmentCredentials({ [variable]: "value" })).toThrow(
      `the environment has ${variable} but not ${missing}`,
    );
  });
});

test("half a pair of one family of names is not completed from the other family", () => {
  const mixed = { HW_ACCESS_KEY: "a", HUAWEICLOUD_SDK_SK: "s" };
  expect(() => environmentCredentials(mixed)).toThrow("HW_ACCESS_KEY but not HW_SECRET_KEY");
});

test("a token of the environment comes before a pair, and the Terraform provider's names before the SDKs'", () => {
  const pairs = { HUAWEICLOUD_SDK_AK: "1", HUAWEICLOUD_SDK_SK: "1", HW_ACCESS_KEY: "2", HW_SECRET_KEY: "2" };
  expect(environmentCredentials(pairs)).toMatchObject({ accessKey: "2" });
  const token = { authToken: "3", source: "the environment (HW_AUTH_TOKEN)" };
  expect(environmentCredentials({ ...pairs, HW_AUTH_TOKEN: "3" })).toMatchObject(token);
});

test("the project of the environment has two variables, of which the Terraform provider's comes first", () => {
  const project = (environment: NodeJS.ProcessEnv) => environmentProject(environment, "cn-north-4");
  const [HUAWEICLOUD_SDK_PROJECT_ID, variable] = ["p1", "HUAWEICLOUD_SDK_PROJECT_ID"];
  expect(project({})).toBeUndefined();
  expect(project({ HUAWEICLOUD_SDK_PROJECT_ID, HW_PROJECT_ID: "" })).toEqual({ id: "p1", variable });
  const both = { HUAWEICLOUD_SDK_PROJECT_ID, HW_PROJECT_ID: "p2" };
  expect(project(both)).toEqual({ id: "p2", variable: "HW_PROJECT_ID" });
});

test("HW_ENDPOINTS applies to its region alone, and each problem of it is named", () => {
  const HW_ENDPOINTS = '{"autoscaling": "http://127.0.0.1:1", "as": "x", "iam": "http://example.com"}';
  expect(environmentEndpoints({ HW_ENDPOINTS }, "cn-south-1")).toEqual({
    endpoints: { autoscaling: "http://127.0.0.1:1", iam: "http://example.com" },
    problems: [
      ", as: there are autoscaling and iam",
      expect.stringContaining(", iam: http://example.com is not https"),
    ],
  });
  expect(environmentEndpoints({ HW_ENDPOINTS, HW_REGION_NAME: "cn-north-4" }, "cn-south-1")).toBeUndefined();
  expect(environmentEndpoints({ HW_ENDPOINTS: "nowhere" }, "cn-south-1")?.problems).toEqual([
    ": is not an object in JSON",
  ]);
});

test("HW_MAX_RETRIES is a number of 0 to 999, or refused by name", () => {
  expect(environmentRetries({})).toBeUndefined();
  expect(environmentRetries({ HW_MAX_RETRIES: "" })).toBeUndefined();
  expect(environmentRetries({ HW_MAX_RETRIES: "0" })).toBe(0);
  expect(environmentRetries({ HW_MAX_RETRIES: "999" })).toBe(999);
  for (const text of ["-1", "1.5", "1000", "many"]) {
    expect(() => environmentRetries({ HW_MAX_RETRIES: text })).toThrow(
      `HW_MAX_RETRIES "${text}" is not a number of retries; give 0 to 999`,
    );
  }
});
