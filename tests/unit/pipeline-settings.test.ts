import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readArguments } from "../../examples/deploy-pipeline/arguments.mts";
import { accessOf, notChecked, requireAccess } from "../../examples/deploy-pipeline/settings/access.mts";
import { Redactor, secretsOf } from "../../examples/deploy-pipeline/settings/secrets.mts";
import { readSettings, type Settings } from "../../examples/deploy-pipeline/settings/settings.mts";
import { groupId, topicUrn } from "../support/hooks";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "huaweicloud-as-settings-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const drain = {
  lifecycleHookType: "INSTANCE_TERMINATING",
  notificationMetadata: { secretFrom: "DRAIN_TOKEN" },
} as const;
const group = { scalingGroupId: groupId, notificationTopicUrn: topicUrn, hooks: { drain } };
const settings: Settings = {
  environment: "shop",
  region: "cn-north-4",
  state: "s3://bucket?region=cn-north-4",
  patience: "5m",
  groups: { web: group },
};
const whole = {
  AWS_ACCESS_KEY_ID: "a",
  AWS_SECRET_ACCESS_KEY: "b",
  PULUMI_CONFIG_PASSPHRASE: "c",
  HW_ACCESS_KEY: "d",
  HW_SECRET_KEY: "e",
  DRAIN_TOKEN: "f",
};

async function read(text: string, name = "shop.json"): Promise<Settings> {
  const file = join(folder, name);
  await writeFile(file, text);
  return readSettings(file);
}

describe("settings", () => {
  test.each(["local", "staging", "production"])("of the environment %s are usable", async (name) => {
    const file = join(__dirname, `../../examples/deploy-pipeline/environments/${name}.json`);
    const { environment, groups } = await readSettings(file);
    expect(environment).toBe(name);
    expect(Object.keys(groups)).toEqual(["web"]);
  });

  test("that are wrong are refused with every problem, and where it is", async () => {
    const hooks = {
      Drain: drain,
      boot: { lifecycleHookType: "LAUNCHING", defaultTimeout: "600", result: 1 },
    };
    const wrong = { state: "bucket", patience: "5 min", groups: { web: { scalingGroupId: "", hooks } } };
    const message: string = await read(JSON.stringify(wrong)).catch(({ message }) => message);
    const expected = [
      "region: ",
      "state: give a URL as for pulumi login",
      "patience: give a duration",
      "groups.web.scalingGroupId: ",
      "groups.web.notificationTopicUrn: ",
      "groups.web.hooks.Drain: ",
      "groups.web.hooks.boot.lifecycleHookType: ",
      "groups.web.hooks.boot.defaultTimeout: ",
      'groups.web.hooks.boot: Unrecognized key: "result"',
    ];
    for (const where of expected) expect(message).toContain(`\n  - ${where}`);
    expect(message.split("\n  - ")).toHaveLength(1 + expected.length);
  });

  test("need a file whose name can be a stack's, and that is JSON", async () => {
    await expect(read("{}", "Shop 1.json")).rejects.toThrow(/the name is the stack's/);
    await expect(read("{")).rejects.toThrow(/shop\.json is not usable:\n {2}- .*JSON/);
    await expect(readSettings(join(folder, "none.json"))).rejects.toMatchObject({ exitCode: 2 });
  });
});

describe("access", () => {
  test("is whole where everything is set", () => {
    const access = accessOf(settings, whole);
    expect(access).toMatchObject({ state: settings.state, missingForState: [], hasCredentials: true });
    expect(notChecked(access)).toEqual([]);
    expect(() => requireAccess(access, "apply")).not.toThrow();
  });

  test("is none for a fork, whose variables are empty", () => {
    const access = accessOf(settings, Object.fromEntries(Object.keys(whole).map((name) => [name, ""])));
    expect(access.state).toBeUndefined();
    expect(notChecked(access).map((text) => text.split(":")[0])).toEqual([
      "The state",
      "The live groups",
      "Secret values",
    ]);
    expect(() => requireAccess(access, "apply")).toThrow(
      "apply needs AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, PULUMI_CONFIG_PASSPHRASE, HW_ACCESS_KEY and HW_SECRET_KEY, DRAIN_TOKEN",
    );
  });

  test.each([
    ["a state in Pulumi Cloud", { state: "https://api.pulumi.com" }, ["PULUMI_ACCESS_TOKEN"]],
    ["a state in a folder", { state: "file:///state" }, ["PULUMI_CONFIG_PASSPHRASE"]],
    ["a key", { state: "file:///state", secretsProvider: "hashivault://pulumi" }, []],
    ["a state that the settings leave to the environment", { state: undefined }, ["PULUMI_BACKEND_URL"]],
  ])("to %s needs its own variables", (_, change, missing) => {
    expect(accessOf({ ...settings, ...change }, {}).missingForState).toEqual(missing);
  });

  test("by half a pair of keys is a mistake, not a fork", () => {
    expect(() => accessOf(settings, { ...whole, HW_SECRET_KEY: "" })).toThrow(/HW_SECRET_KEY/);
  });
});

describe("secrets", () => {
  test("are those that the settings name, and the keys", () => {
    expect(secretsOf(settings)).toEqual(["DRAIN_TOKEN"]);
    const redactor = new Redactor({ HW_SECRET_KEY: "key", PULUMI_CONFIG_PASSPHRASE: 'pass"phrase' });
    redactor.conceal(["to", "token", undefined, ""]);
    expect(redactor.text("a token, a key, and to")).toBe("a [secret], a [secret], and [secret]");
    // Its escape in JSON would not be found afterwards.
    expect(redactor.value({ a: ['pass"phrase', 1, null] })).toEqual({ a: ["[secret]", 1, null] });
  });
});

describe("arguments", () => {
  test("name a command with its files", () => {
    expect(readArguments(["preview", "e.json", "plan"])).toEqual({
      command: { name: "preview", file: "e.json", folder: "plan" },
      timeoutMinutes: 30,
    });
    expect(readArguments(["gate", "plan", "--approve", ""]).command).toMatchObject({ approval: undefined });
    expect(readArguments(["apply", "e.json", "plan", "--approve=c0de", "--timeout", "0.5"])).toEqual({
      command: { name: "apply", file: "e.json", folder: "plan", approval: "c0de" },
      timeoutMinutes: 0.5,
    });
  });

  test.each([
    [[], "no command"],
    [["deploy"], 'unknown command "deploy"'],
    [["preview", "e.json"], "give an environment's file and a folder"],
    [["gate"], "give the folder of a plan"],
    [["drift", "e.json", "d", "--approve", "x"], "--approve is for gate and apply"],
    [["apply", "e.json", "p", "--timeout", "soon"], '--timeout "soon"'],
    [["apply", "e.json", "p", "--force"], "--force"],
  ])("%j are refused with what is wrong, and the usage", (args, problem) => {
    expect(() => readArguments(args)).toThrow(problem);
    expect(() => readArguments(args)).toThrow("usage:");
  });
});
