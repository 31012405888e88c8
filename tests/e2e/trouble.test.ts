import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LifecycleHook, type LifecycleHookArgs } from "../../provider";
import { lifecycleHookToken } from "../../provider/core/urn";
import { emulatorOfEachTest } from "../support/emulator";
import { EngineStack } from "../support/engine";
import { groupId, topicUrn } from "../support/hooks";

/** What a user sees of trouble, and that up goes on from it. */

const args = {
  scalingGroupId: groupId,
  lifecycleHookType: "INSTANCE_TERMINATING",
  notificationTopicUrn: topicUrn,
} as const;
const urn = `urn:pulumi:dev::shop::${lifecycleHookToken}::drain`;

const emulator = emulatorOfEachTest();
let stack: EngineStack;

beforeEach(async () => {
  stack = await EngineStack.create(declare(), { env: { ...emulator.env, HW_PREFLIGHT: "1" } });
});
afterEach(() => stack[Symbol.asyncDispose]());

function declare(
  more: { readonly [Name in keyof LifecycleHookArgs]?: LifecycleHookArgs[Name] } = {},
  opts: pulumi.CustomResourceOptions = {},
) {
  return async () => {
    new LifecycleHook("drain", { ...args, ...more }, opts);
  };
}

const names = () => emulator.hooks(groupId).map((hook) => hook.lifecycle_hook_name);
const kept = async () => (await stack.state()).filter(({ type }) => type.includes("LifecycleHook"));
const fill = (...hooks: string[]) => {
  for (const name of hooks) emulator.putHook(groupId, { lifecycle_hook_name: name });
};

describe("the resource's own row", () => {
  test("shows at preview what up would meet, and braces in the metadata", async () => {
    fill("a", "b", "c", "d", "e");
    stack.program = declare({ notificationMetadata: "{}" });
    const preview = await stack.preview();
    expect(preview.failed).toBe(false);
    expect(preview.diagnostics).toEqual([
      "notificationMetadata has { or } in it, which other operators of this service refuse (AS.7055)",
      "preflight: the group already has 5 hooks, the most it can have (AS.7038)",
    ]);
    expect(preview.text).toContain(`{"urn":"${urn}","prefix":"warning: ","message":"preflight: `);
  });

  test("shows what is waited for and how long still, and nothing of it when that is over", async () => {
    stack.program = declare({}, { customTimeouts: { create: "300ms" } });
    emulator.setBusy(groupId, 1);
    const up = await stack.up();
    expect(up.failed).toBe(false);
    const waiting = `waiting until scaling group ${groupId} is no longer busy (0 s so far, 0 s left)`;
    // An ephemeral message gives way to the next, and so to the empty one.
    expect(up.diagnostics).toEqual([waiting, ""]);
    expect(up.text).toContain(`LifecycleHook drain creating (0s) ${waiting}`);
    expect(up.text).toContain(`{"urn":"${urn}","message":"${waiting}`);
  });
});

describe("a group that stays busy beyond the time-out", () => {
  test("fails the creation and the update, each with what to do; up goes on when it is free", async () => {
    const timeouts = { create: "50ms", update: "50ms" };
    stack.program = declare({}, { customTimeouts: timeouts });
    emulator.setBusy(groupId, true);
    const create = await stack.up();
    expect(create.failed).toBe(true);
    expect(create.diagnostics.join("\n")).toContain('set the option customTimeouts: { create: "1h" }');
    expect(await kept()).toEqual([]);

    emulator.setBusy(groupId, false);
    expect((await stack.up()).steps).toEqual(["create drain"]);
    stack.program = declare({ defaultTimeout: 600 }, { customTimeouts: timeouts });
    emulator.setBusy(groupId, true);
    const update = await stack.up();
    expect(update.diagnostics.join("\n")).toContain('set the option customTimeouts: { update: "1h" }');
    expect(await kept()).toMatchObject([{ outputs: { defaultTimeout: 3600 } }]);

    emulator.setBusy(groupId, false);
    expect((await stack.up()).steps).toEqual(["update drain"]);
    expect(emulator.hooks(groupId)).toMatchObject([{ default_timeout: 600 }]);
  });
});

describe("a program of which not all can be made", () => {
  test("makes what it can, keeps it, and makes the rest when there is room", async () => {
    fill("a", "b", "c", "d");
    stack.program = async () => {
      new LifecycleHook("drain", args);
      new LifecycleHook("boot", { ...args, lifecycleHookType: "INSTANCE_LAUNCHING" });
    };
    const up = await stack.up();
    expect(up.failed).toBe(true);
    expect(up.diagnostics.join("\n")).toContain(
      `in scaling group ${groupId}: the group already has 5 hooks, the most it can have; delete one first (AS.7038, request `,
    );
    expect(names()).toHaveLength(5);
    expect(await kept()).toHaveLength(1);
    emulator.removeHook(groupId, "a");
    expect((await stack.up()).failed).toBe(false);
    expect(await kept()).toHaveLength(2);
    expect(names()).toEqual(["b", "c", "d", expect.any(String), expect.any(String)]);
  });
});

describe("a hook that somebody has deleted", () => {
  test("can't be updated; the failure says how to make it again, and so it is", async () => {
    await stack.up();
    emulator.removeHook(groupId, names()[0] ?? "");
    stack.program = declare({ defaultTimeout: 600 });
    const update = await stack.up();
    expect(update.failed).toBe(true);
    expect(update.diagnostics.join("\n")).toContain("pulumi up --refresh makes it again");
    expect((await stack.up({ refresh: true })).failed).toBe(false);
    expect(emulator.hooks(groupId)).toMatchObject([{ default_timeout: 600 }]);
  });
});

test("a refresh that can't tell what is there fails, and the hook stays in the state", async () => {
  await stack.up();
  for (const answer of [
    {
      status: 401,
      body: { error_code: "APIGW.0301", error_msg: "Incorrect IAM authentication information" },
    },
    { status: 404, body: "<title>Another server's page</title>" },
  ]) {
    const stop = emulator.intercept(() => ({ answer }));
    const refresh = await stack.refresh();
    stop();
    expect(refresh.failed).toBe(true);
    expect(await kept()).toHaveLength(1);
  }
  expect((await stack.up()).steps).toEqual([]);
});

describe("secrets", () => {
  test("can be any input; the topic's name is as secret as its URN", async () => {
    stack.program = declare({
      scalingGroupId: pulumi.secret(groupId),
      lifecycleHookType: pulumi.secret("INSTANCE_TERMINATING" as const),
      notificationTopicUrn: pulumi.secret(topicUrn),
      defaultTimeout: pulumi.secret(4321),
    });
    const up = await stack.up();
    expect(up.diagnostics).toEqual([]);
    const [hook] = await kept();
    const { id, urn: _, ...rest } = { ...hook };
    // The id is no secret, and can't be one.
    expect(id).toContain(groupId);
    const { inputs, outputs } = rest;
    expect(JSON.stringify({ inputs, outputs })).not.toMatch(/scaling"|4321|INSTANCE_TERMINATING|e5d27f5c/);
    expect((await stack.refresh()).steps).toEqual([]);
    const { outputs: refreshed } = (await kept())[0] ?? {};
    expect(JSON.stringify(refreshed)).not.toMatch(/scaling"|4321|INSTANCE_TERMINATING|e5d27f5c/);
    expect((await stack.up()).steps).toEqual([]);
    expect((await stack.destroy()).failed).toBe(false);
    expect(names()).toEqual([]);
  });
});
