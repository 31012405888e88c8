import * as pulumi from "@pulumi/pulumi";
import { afterEach, expect, test } from "vitest";
import { LifecycleHook, LifecycleHooks, type LifecycleHooksItem, Provider } from "../../provider";
import { emulatorOfEachTest } from "../support/emulator";
import { EngineStack } from "../support/engine";
import { groupId, topicUrn } from "../support/hooks";
import { providerArgs } from "../support/trial";

/** The component that holds all hooks of a group. */

const boot = { lifecycleHookType: "INSTANCE_LAUNCHING" } as const;
const drain = { lifecycleHookType: "INSTANCE_TERMINATING" } as const;

const emulator = emulatorOfEachTest();
let stack: EngineStack;

afterEach(() => stack[Symbol.asyncDispose]());

const start = async (program: pulumi.automation.PulumiFn) => {
  stack = await EngineStack.create(program, { env: emulator.env });
};
const of = (hooks: Record<string, LifecycleHooksItem>) => async () => {
  new LifecycleHooks("web", { scalingGroupId: groupId, notificationTopicUrn: topicUrn, hooks });
};

test("shares the topic, the time-out and the result, which a hook may say otherwise", async () => {
  await start(async () => {
    const web = new LifecycleHooks("web", {
      scalingGroupId: groupId,
      // As the topics of other providers are.
      notificationTopicUrn: { topicUrn: pulumi.output(topicUrn) },
      defaultTimeout: 900,
      hooks: { boot: { ...boot, defaultResult: "CONTINUE" }, drain: { ...drain, defaultTimeout: 600 } },
    });
    return { drain: web.hooks.drain.id, isHook: LifecycleHook.isInstance(web.hooks.boot) };
  });
  const up = await stack.up();
  expect(up.diagnostics).toEqual([]);
  const byName = emulator
    .hooks(groupId)
    .toSorted((a, b) => a.lifecycle_hook_name.localeCompare(b.lifecycle_hook_name));
  expect(byName).toMatchObject([
    {
      lifecycle_hook_name: expect.stringMatching(/^web-boot-/),
      default_timeout: 900,
      default_result: "CONTINUE",
    },
    {
      lifecycle_hook_name: expect.stringMatching(/^web-drain-/),
      default_timeout: 600,
      default_result: "ABANDON",
    },
  ]);
  const outputs = await stack.outputs();
  expect(outputs.drain?.value).toBe(`${groupId}/${byName[1]?.lifecycle_hook_name}`);
  expect(outputs.isHook?.value).toBe(true);
});

test("leaves the other hooks alone when entries are added, removed or re-ordered", async () => {
  await start(of({ boot, drain }));
  await stack.up();
  emulator.clearRequests();
  stack.program = of({ backup: drain, drain, boot });
  expect((await stack.up()).steps).toEqual(["create web-backup"]);
  stack.program = of({ boot, backup: drain });
  expect((await stack.up()).steps).toEqual(["delete web-drain"]);
  expect(emulator.requests.filter(({ path }) => path.includes("hook")).map(({ method }) => method)).toEqual([
    "POST",
    "DELETE",
  ]);
});

test("refuses two hooks of one name at preview, and sends nothing", async () => {
  const lifecycleHookName = "same";
  await start(of({ boot: { ...boot, lifecycleHookName }, drain: { ...drain, lifecycleHookName } }));
  const { failed, diagnostics } = await stack.preview();
  expect(failed).toBe(true);
  expect(diagnostics.join()).toContain("hooks boot and drain have the same lifecycleHookName");
  expect(emulator.requests).toHaveLength(0);
});

test("hands a provider and dependsOn down: hooks come after what they depend on, and go before it", async () => {
  const events: string[] = [];
  emulator.intercept(({ method, path, body }) => {
    if (method === "POST") events.push(`create ${JSON.parse(body).lifecycle_hook_name}`);
    if (method === "DELETE") events.push(`delete ${path.split("/").at(-1)}`);
    return undefined;
  });
  stack = await EngineStack.create(async () => {
    const provider = new Provider("here", providerArgs(emulator));
    const args = { scalingGroupId: groupId, notificationTopicUrn: topicUrn };
    // Stands for the topic's subscription.
    const subscription = new LifecycleHook(
      "subscription",
      { ...args, ...boot, lifecycleHookName: "first" },
      { provider },
    );
    const hooks = { drain: { ...drain, lifecycleHookName: "second" } };
    new LifecycleHooks("web", { ...args, hooks }, { provider, dependsOn: subscription });
  });
  expect((await stack.up()).diagnostics).toEqual([]);
  expect((await stack.destroy()).diagnostics).toEqual([]);
  expect(events).toEqual(["create first", "create second", "delete second", "delete first"]);
});
