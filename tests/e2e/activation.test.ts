import { randomUUID } from "node:crypto";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  LifecycleHooks,
  type LifecycleHooksActivation,
  type LifecycleHooksItem,
  ScalingGroupActivation,
} from "../../provider";
import { type Emulator, startEmulator } from "../../sdk/emulator";
import { EngineStack } from "../support/engine";
import { groupId, topicUrn } from "../support/hooks";
import { processesWith, signal } from "../support/processes";

/** A group's hooks with its activation, under the real engine. */

const otherGroup = "1b9e0ad1-4f6c-4f5e-9a57-0f4f1d9b6f02";
let emulator: Emulator;
let stack: EngineStack;
let mark: string;
/** Whether a look at the group finds all hooks answered. */
let isAnswering: boolean;
/** What was asked of the groups and their hooks, in order. */
let writes: string[];
let onHang: (() => Promise<void>) | undefined;

beforeEach(async () => {
  isAnswering = true;
  writes = [];
  onHang = undefined;
  emulator = await startEmulator({ launchTime: 0, removalTime: 0, groups: [groupId, otherGroup] });
  for (const group of emulator.groups) await control(group, "pause");
  emulator.intercept(async ({ method, path, body }) => {
    if (!path.startsWith("/autoscaling-api")) return undefined;
    if (method !== "GET") writes.push(named(method, path, body));
    else if (isAnswering) await answerHooks();
    if (method === "GET" && path.includes("scaling_instance_hook")) await onHang?.();
    return undefined;
  });
  mark = randomUUID();
  stack = await EngineStack.create(program(), { env: { ...emulator.env, ACTIVATION_TEST: mark } });
});
afterEach(async () => {
  for (const process of await processesWith(mark)) signal(process, "SIGKILL");
  await stack[Symbol.asyncDispose]();
  await emulator.close();
});

async function control(group: string, path: string, body: object = {}): Promise<void> {
  const url = `${emulator.url}/emulator/groups/${group}/${path}`;
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  expect(answer.ok, await answer.text()).toBe(true);
}

async function answerHooks(): Promise<void> {
  const result = { lifecycle_action_result: "CONTINUE" };
  for (const group of emulator.groups)
    for (const { instance_id } of emulator.hangingInstances(group))
      await control(group, "complete", { instance_id, ...result });
}

/** `create web-boot`, `resume`, `{"desire_instance_number":2}`. */
function named(method: string, path: string, body: string): string {
  if (method === "DELETE")
    return `delete ${path
      .split("/")
      .at(-1)
      ?.replace(/-\w{7}$/, "")}`;
  const said = JSON.parse(body);
  if (method === "PUT") return body;
  return said.action ?? `create ${said.lifecycle_hook_name.replace(/-\w{7}$/, "")}`;
}

const short = { create: "1s", update: "1s", delete: "1s" };
const hooks: Record<string, LifecycleHooksItem> = {
  boot: { lifecycleHookType: "INSTANCE_LAUNCHING" },
  drain: { lifecycleHookType: "INSTANCE_TERMINATING" },
};

function program(
  activation: Partial<LifecycleHooksActivation> = {},
  { items = hooks, group = groupId, opts = {} as CustomResourceOptions } = {},
) {
  return async () => {
    new LifecycleHooks("web", {
      scalingGroupId: group,
      notificationTopicUrn: topicUrn,
      hooks: items,
      activation: { desiredInstances: 2, ...activation, opts: { customTimeouts: short, ...opts } },
    });
  };
}

const succeed = async (running: ReturnType<EngineStack["up"]>) => {
  const ended = await running;
  expect(ended.failed, ended.text).toBe(false);
  return ended;
};
const states = (group = groupId) => emulator.instances(group).map((one) => one.life_cycle_state);
/** Which hooks have held an instance so far. */
const held = () =>
  emulator.messages.map(({ message }) => JSON.parse(message).lifecycle_hook_name.replace(/-\w{7}$/, ""));
const created = expect.arrayContaining(["create web-boot", "create web-drain"]);

test("the first instances meet the launching hook in one up, the last ones the terminating hook in one destroy", async () => {
  await succeed(stack.up());
  expect(writes.slice(0, 2)).toEqual(created);
  expect(writes.slice(2)).toEqual(['{"desire_instance_number":2}', "resume"]);
  expect(held()).toEqual(["web-boot", "web-boot"]);
  expect(states()).toEqual(["INSERVICE", "INSERVICE"]);

  // Nothing changes: no request. A policy's number is no drift, a pause is.
  emulator.clearRequests();
  expect((await succeed(stack.up())).steps).toEqual([]);
  expect(emulator.requests).toEqual([]);
  emulator.scale(groupId, 3);
  await answerHooks();
  expect((await succeed(stack.refresh())).steps).toEqual([]);
  await control(groupId, "pause");
  expect((await succeed(stack.refresh())).steps).toEqual(["update web"]);
  writes = [];
  expect((await succeed(stack.up())).steps).toEqual(["update web"]);
  expect(writes).toEqual(["resume"]);
  expect(states()).toHaveLength(3);

  // A hook is replaced while the group serves on.
  const renamed = { ...hooks, drain: { ...hooks.drain, lifecycleHookName: "last" } } as typeof hooks;
  stack.program = program({}, { items: renamed });
  writes = [];
  expect((await succeed(stack.up())).steps).toContain("replace web-drain");
  expect(writes).toEqual(["delete web-drain", "create last"]);
  expect(states()).toHaveLength(3);

  writes = [];
  await succeed(stack.destroy());
  expect(writes.slice(0, 2)).toEqual(['{"desire_instance_number":0}', "pause"]);
  expect(writes.slice(2).toSorted()).toEqual(["delete last", "delete web-boot"]);
  expect(held().slice(3)).toEqual(["last", "last", "last"]);
  expect(states()).toEqual([]);
});

test("another group is activated before the old one is emptied; its hooks are still there if they are made first, too", async () => {
  const first = { ...hooks.drain, opts: { deleteBeforeReplace: false } } as LifecycleHooksItem;
  stack.program = program({}, { items: { drain: first } });
  await succeed(stack.up());
  stack.program = program({}, { items: { drain: first }, group: otherGroup });
  writes = [];
  await succeed(stack.up());
  expect(writes).toEqual([
    ...["create web-drain", '{"desire_instance_number":2}', "resume"],
    ...['{"desire_instance_number":0}', "pause", "delete web-drain"],
  ]);
  expect(held()).toEqual(["web-drain", "web-drain"]);
  expect([states(), states(otherGroup)]).toEqual([[], ["INSERVICE", "INSERVICE"]]);
});

test("up --replace, and a resource that is renamed, leave the group in service", async () => {
  await succeed(stack.up());
  const [activation] = (await stack.state()).filter(({ type }) => type.includes("ScalingGroupActivation"));
  writes = [];
  const replaced = await succeed(stack.up({ replace: [activation?.urn ?? ""] }));
  expect(replaced.steps).toContain("replace web");
  stack.program = async () => {
    const opts = { customTimeouts: short };
    new ScalingGroupActivation("renamed", { scalingGroupId: groupId, desiredInstances: 2 }, opts);
  };
  const renamed = await succeed(stack.up({ target: ["**renamed", activation?.urn ?? ""] }));
  expect(renamed.diagnostics.join()).toContain("not deactivated");
  expect(writes).toEqual([]);
  expect(states()).toEqual(["INSERVICE", "INSERVICE"]);
});

test("an import takes over a group in service without changing it, and refuses one that is paused", async () => {
  stack.program = async () => {
    const opts = { import: groupId, customTimeouts: short };
    new ScalingGroupActivation("web", { scalingGroupId: groupId, desiredInstances: 0 }, opts);
  };
  expect((await stack.up()).diagnostics.join()).toContain("status is PAUSED, the program has INSERVICE");
  await control(groupId, "resume");
  await succeed(stack.up());
  expect(writes).toEqual([]);
  expect(await stack.state()).toContainEqual(expect.objectContaining({ id: groupId }));
});

test("a protected activation stays, and so do its group's instances and hooks", async () => {
  stack.program = program({}, { opts: { protect: true } });
  await succeed(stack.up());
  writes = [];
  const { failed, text } = await stack.destroy();
  expect(failed, text).toBe(true);
  expect(writes).toEqual([]);
  expect(states()).toHaveLength(2);
});

describe.runIf(process.platform === "linux")(
  "engine and plugin that are killed while a hook holds instances",
  () => {
    /** Kills both at the first look that finds what hangs. */
    async function kill(): Promise<void> {
      const processes = (await processesWith(mark)).filter(({ command }) =>
        /cmd\/dynamic-provider|^\S*pulumi (up|destroy) /.test(command),
      );
      expect(processes.length).toBeGreaterThan(1);
      for (const process of processes) signal(process, "SIGKILL");
    }

    test("in a creation leave what the next up brings to its end", async () => {
      isAnswering = false;
      onHang = kill;
      expect((await stack.up()).failed).toBe(true);
      onHang = undefined;
      isAnswering = true;
      await stack.cancel();
      writes = [];
      await succeed(stack.up());
      expect(writes).toEqual([]);
      expect(held()).toEqual(["web-boot", "web-boot"]);
      expect((await succeed(stack.up())).steps).toEqual([]);
    });

    test("in a deletion leave what the next destroy brings to its end, before it deletes the hooks", async () => {
      await succeed(stack.up());
      isAnswering = false;
      onHang = kill;
      expect((await stack.destroy()).failed).toBe(true);
      onHang = undefined;
      isAnswering = true;
      await stack.cancel();
      writes = [];
      await succeed(stack.destroy());
      expect(writes[0]).toBe("pause");
      expect(held().slice(2)).toEqual(["web-drain", "web-drain"]);
      expect(emulator.hooks(groupId)).toEqual([]);
    });
  },
);
