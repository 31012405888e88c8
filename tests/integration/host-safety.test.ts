import { describe, expect, test } from "vitest";
import { emulatorOfFile } from "../support/emulator";
import { checkedInputs, groupId, validInputs } from "../support/hooks";
import { failureOf, Host } from "../support/host";

/** What would lose hooks or tell secrets, were the provider as naive as the host expects. */

const emulator = emulatorOfFile();
const id = `${groupId}/drain`;

const hookRequests = () => emulator.requests.filter(({ path }) => path.includes("hook"));

describe("a hook in another region or project than the configured", () => {
  const elsewhere = {
    ...checkedInputs,
    notificationTopicName: "scaling",
    createTime: "2026-01-01T00:00:00Z",
  };

  test("is not looked for at an endpoint that was set for the configured region", async () => {
    emulator.putHook(groupId, { lifecycle_hook_name: "drain" });
    const host = await Host.start(emulator.env);
    const outputs = { ...elsewhere, region: "eu-west-101", projectId: emulator.projectId };
    for (const call of [
      host.delete(id, outputs),
      host.read(id, outputs),
      host.update(id, outputs, { ...checkedInputs, defaultTimeout: 900 }),
    ]) {
      const { message } = await failureOf(call);
      expect(message).toContain("the resource is in region eu-west-101, but the configured endpoints");
    }
    expect(hookRequests()).toEqual([]);
    expect(emulator.hooks(groupId)).toHaveLength(1);
  });

  test("is acted on in its own project", async () => {
    const host = await Host.start(emulator.env, { "huaweicloud:projectId": "f".repeat(32) });
    emulator.putHook(groupId, { lifecycle_hook_name: "drain" });
    await host.delete(id, { ...elsewhere, region: emulator.region, projectId: emulator.projectId });
    const paths = hookRequests().map(({ path }) => path);
    expect(paths).toEqual([expect.stringContaining(`/${emulator.projectId}/`)]);
  });
});

test("an automatically named hook that an interrupted run left keeps its name when its URN changes", async () => {
  const host = await Host.start(emulator.env);
  const { lifecycleHookName, ...unnamed } = validInputs;
  const { inputs } = await host.check({}, { ...unnamed, __urn: "dev::shop::::drain" });
  const moved = await host.check(inputs, { ...unnamed, __urn: "dev::shop::my:Stack$::renamed" });
  expect(moved.inputs.lifecycleHookName).toBe(inputs.lifecycleHookName);
});

test("a secret of wrong credentials is not told, but where they came from is", async () => {
  const secretKey = "not-the-right-key";
  const host = await Host.start(emulator.env, {
    "huaweicloud:accessKey": emulator.accessKey,
    "huaweicloud:secretKey": secretKey,
    "huaweicloud:projectId": emulator.projectId,
  });
  const { message } = await failureOf(host.create(checkedInputs));
  expect(message).toContain("huaweicloud:accessKey");
  expect(message).toContain("--run-program");
  expect(message).not.toContain(secretKey);
  expect(hookRequests().map(({ status }) => status)).toEqual([401]);
});

describe("a configuration that can't be used", () => {
  test("is named at preview, every problem of it, with the inputs' problems", async () => {
    const host = await Host.start(
      { HW_MAX_RETRIES: "many" },
      {
        "huaweicloud:region": "CN North",
        "huaweicloud:endpoints": '{"as": "https://example.com", "iam": "http://example.com"}',
        "huaweicloud:accessKey": "AK",
        "huaweicloud:lifecycleHookLimits": '{"minTimeout": "60"}',
      },
    );
    const { reasons } = await host.check({}, { ...validInputs, defaultResult: "abandon" });
    expect(reasons).toEqual([
      expect.stringMatching(/^huaweicloud:region: "CN North" is not the name of a region/),
      expect.stringMatching(/^huaweicloud:endpoints, as: there are autoscaling and iam/),
      expect.stringMatching(/^huaweicloud:endpoints, iam: http:\/\/example.com is not https/),
      expect.stringMatching(/^HW_MAX_RETRIES: "many" is not a number/),
      expect.stringMatching(/^huaweicloud:lifecycleHookLimits, minTimeout: give a whole number/),
      expect.stringMatching(/^huaweicloud:accessKey: huaweicloud:secretKey is missing/),
      expect.stringMatching(/^defaultResult "abandon" .*did you mean ABANDON\?/),
    ]);
  });

  test("lacks a region: the create says what to set", async () => {
    const host = await Host.start();
    const { message } = await failureOf(host.create(checkedInputs));
    expect(message).toContain("pulumi config set huaweicloud:region");
  });

  test("lacks credentials: the create says where it looked", async () => {
    const { HW_ACCESS_KEY: _, HW_SECRET_KEY: __, ...environment } = emulator.env;
    const host = await Host.start(environment);
    const { message } = await failureOf(host.create(checkedInputs));
    expect(message).toMatch(
      /no credentials found.*HW_ACCESS_KEY.*nor are huaweicloud:accessKey and huaweicloud:secretKey configured/,
    );
    expect(emulator.requests).toEqual([]);
  });

  test("widens the limits for sites that take more", async () => {
    const strict = await Host.start(emulator.env);
    const short = { ...validInputs, defaultTimeout: 60 };
    expect((await strict.check({}, short)).reasons).toEqual([expect.stringContaining('{"minTimeout": 60}')]);
    const wide = await Host.start(emulator.env, { "huaweicloud:lifecycleHookLimits": '{"minTimeout": 60}' });
    expect((await wide.check({}, short)).reasons).toEqual([]);
  });
});

test("the environment's project and endpoints are not taken for those of a provider in another region", async () => {
  const south = { "huaweicloud:region": "cn-south-1", "huaweicloud:endpoints": emulator.env.HW_ENDPOINTS };
  const host = await Host.start({ ...emulator.env, HW_PROJECT_ID: "f".repeat(32) }, south);
  await failureOf(host.create({ ...checkedInputs, scalingGroupId: groupId }));
  // Looked up for its own region, where the emulator knows no project.
  expect(emulator.requests.map(({ path, query }) => `${path}?${query}`)).toEqual([
    "/v3/projects?name=cn-south-1",
  ]);
});
