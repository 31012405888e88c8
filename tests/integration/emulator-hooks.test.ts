import { beforeEach, describe, expect, test } from "vitest";
import { ManualClock, startEmulator } from "../../sdk/emulator";
import { emulatorOfEachTest } from "../support/emulator";
import { call, pathsOf, sampleHook, topicUrn } from "../support/emulator-calls";

const now = Date.parse("2026-01-02T03:04:05.678Z");
const date = new Date(now);
const group = "e5d27f5c-dd76-4a61-b4bc-a67c5686719a";

let paths: ReturnType<typeof pathsOf>;
const emulator = emulatorOfEachTest(() => ({ clock: new ManualClock(now), strict: true }));
beforeEach(() => {
  paths = pathsOf(emulator);
});

function send(method: string, path: string, body?: unknown) {
  return call(emulator, method, path, { date, body });
}

/** What the API answers to the specification's sample. */
const created = {
  ...sampleHook,
  notification_topic_name: "gsh",
  notification_metadata: null,
  create_time: "2026-01-02T03:04:05Z",
};

describe("creating a hook", () => {
  test("answers the whole hook, as the specification's sample does", async () => {
    const answer = await send("POST", paths.hooks, sampleHook);
    expect(answer).toMatchObject({ status: 200, json: created });
    expect(emulator.hooks(group)).toEqual([created]);
  });

  test("refuses a name that is taken, with the text that means something else", async () => {
    await send("POST", paths.hooks, sampleHook);
    const answer = await send("POST", paths.hooks, sampleHook);
    expect(answer).toMatchObject({
      status: 400,
      json: { error: { code: "AS.7041", message: "The lifecycle hook callback object is empty." } },
    });
  });

  test("refuses a sixth hook in one group, and takes it in another", async () => {
    for (let index = 1; index <= 5; index++) {
      const answer = await send("POST", paths.hooks, { ...sampleHook, lifecycle_hook_name: `hook-${index}` });
      expect(answer.status).toBe(200);
    }
    const sixth = { ...sampleHook, lifecycle_hook_name: "hook-6" };
    expect(await send("POST", paths.hooks, sixth)).toMatchObject({ status: 400, code: "AS.7038" });
    emulator.addGroup("another-group");
    expect(await send("POST", pathsOf(emulator, "another-group").hooks, sixth)).toMatchObject({
      status: 200,
    });
  });

  test("needs a topic that SMN knows, where the topics are named", async () => {
    await using strict = await startEmulator({ topics: [topicUrn] });
    const { hooks } = pathsOf(strict);
    const unknown = { ...sampleHook, notification_topic_urn: `${topicUrn}2` };
    expect(await call(strict, "POST", hooks, { body: unknown })).toMatchObject({
      status: 400,
      code: "AS.7043",
    });
    expect(await call(strict, "POST", hooks, { body: sampleHook })).toMatchObject({ status: 200 });
  });

  test("takes what the limits of the emulator's own allow, and refuses what they do not", async () => {
    await using site = await startEmulator({
      limits: { minTimeout: 60, maxNameLength: 64, maxMetadataLength: undefined, maxHooksPerGroup: 2 },
    });
    const { hooks } = pathsOf(site);
    const create = (fields: object) => call(site, "POST", hooks, { body: { ...sampleHook, ...fields } });
    expect(await create({ lifecycle_hook_name: "a".repeat(64), default_timeout: 60 })).toMatchObject({
      status: 200,
    });
    expect(await create({ lifecycle_hook_name: "a".repeat(65) })).toMatchObject({ code: "AS.7031" });
    expect(await create({ default_timeout: 59 })).toMatchObject({ code: "AS.7030" });
    expect(await create({ notification_metadata: "x".repeat(257) })).toMatchObject({ code: "AS.7035" });
    expect(await create({ lifecycle_hook_name: "second" })).toMatchObject({ status: 200 });
    expect(await create({ lifecycle_hook_name: "third" })).toMatchObject({ code: "AS.7038" });
  });
});

describe("reading hooks", () => {
  beforeEach(() => emulator.putHook(group, sampleHook));

  test("shows one", async () => {
    expect(await send("GET", paths.hook("test-hook1"))).toMatchObject({ status: 200, json: created });
  });

  test("lists them in the order of their creation", async () => {
    await send("POST", paths.hooks, { ...sampleHook, lifecycle_hook_name: "a" });
    const answer = await send("GET", paths.hookList);
    expect(answer.json).toEqual({ lifecycle_hooks: [created, { ...created, lifecycle_hook_name: "a" }] });
  });

  test("can't show a hook named list: its path is that of the list", async () => {
    const hook = { ...sampleHook, lifecycle_hook_name: "list" };
    expect(await send("POST", paths.hooks, hook)).toMatchObject({ status: 200 });
    expect((await send("GET", paths.hook("list"))).json).toHaveProperty("lifecycle_hooks");
    expect(await send("DELETE", paths.hook("list"))).toMatchObject({ status: 204 });
  });
});

describe("updating a hook", () => {
  beforeEach(() => emulator.putHook(group, { ...sampleHook, notification_metadata: "note" }));

  test("changes what is given and leaves the rest", async () => {
    const answer = await send("PUT", paths.hook("test-hook1"), { default_result: "CONTINUE" });
    const expected = { ...created, notification_metadata: "note", default_result: "CONTINUE" };
    expect(answer).toMatchObject({ status: 200, json: expected });
    expect(emulator.hooks(group)).toEqual([expected]);
  });

  test("can change all but the name, and the topic's name follows", async () => {
    const changes = {
      lifecycle_hook_type: "INSTANCE_TERMINATING",
      default_result: "CONTINUE",
      default_timeout: 600,
      notification_topic_urn: topicUrn.replace("gsh", "other"),
      notification_metadata: "more",
    };
    const answer = await send("PUT", paths.hook("test-hook1"), changes);
    expect(answer.json).toEqual({ ...created, ...changes, notification_topic_name: "other" });
    const renaming = await send("PUT", paths.hook("test-hook1"), { lifecycle_hook_name: "new" });
    expect(renaming).toMatchObject({ status: 400, code: "AS.0022" });
  });

  test("answers 404 for a hook that does not exist", async () => {
    const answer = await send("PUT", paths.hook("none"), { default_timeout: 600 });
    expect(answer).toMatchObject({ status: 404, code: "AS.0007" });
  });
});

describe("deleting a hook", () => {
  test("answers 204 without a body, and then 404", async () => {
    emulator.putHook(group, sampleHook);
    const answer = await send("DELETE", paths.hook("test-hook1"));
    expect(answer).toMatchObject({ status: 204, text: "" });
    expect(emulator.hooks(group)).toEqual([]);
    expect(await send("DELETE", paths.hook("test-hook1"))).toMatchObject({ status: 404, code: "AS.0007" });
  });
});

describe("every call", () => {
  const calls = [
    ["POST", "hooks", sampleHook],
    ["GET", "hookList", undefined],
    ["GET", "hook", undefined],
    ["PUT", "hook", { default_timeout: 600 }],
    ["DELETE", "hook", undefined],
    ["GET", "instances", undefined],
    ["PUT", "callback", { lifecycle_action_result: "CONTINUE", lifecycle_action_key: "key" }],
  ] as const;

  function pathOf(which: (typeof calls)[number][1], of: ReturnType<typeof pathsOf>): string {
    return which === "hook" ? of.hook("test-hook1") : of[which];
  }

  test.each(calls)(
    "%s %s is a 400 with AS.2007 in a group that does not exist",
    async (method, which, body) => {
      emulator.removeGroup(group);
      const answer = await send(method, pathOf(which, paths), body);
      expect(answer).toMatchObject({
        status: 400,
        json: { error: { code: "AS.2007", message: "The AS group does not exist." } },
      });
    },
  );

  test.each(calls)("%s %s is a 400 with AS.0008 in another project", async (method, which, body) => {
    const path = pathOf(which, paths).replace(emulator.projectId, "f".repeat(32));
    expect(await send(method, path, body)).toMatchObject({ status: 400, code: "AS.0008" });
  });
});

describe("a busy group", () => {
  const writes = [
    ["POST", "another", sampleHook],
    ["PUT", "test-hook1", { default_timeout: 600 }],
    ["DELETE", "test-hook1", undefined],
  ] as const;

  function pathFor(method: string): string {
    return method === "POST" ? paths.hooks : paths.hook("test-hook1");
  }

  beforeEach(() => emulator.putHook(group, sampleHook));

  test.each(writes)("refuses %s until it is free again", async (method, name, body) => {
    const sent = method === "POST" ? { ...sampleHook, lifecycle_hook_name: name } : body;
    emulator.setBusy(group, true);
    const answer = await send(method, pathFor(method), sent);
    expect(answer).toMatchObject({ status: 400, code: "AS.2033" });
    expect(answer.message).toContain("in current [INSERVICE] status");
    emulator.setBusy(group, false);
    expect((await send(method, pathFor(method), sent)).status).toBeLessThan(300);
  });

  test("can be busy for so many writes", async () => {
    emulator.setBusy(group, 2);
    const path = paths.hook("test-hook1");
    const statuses: number[] = [];
    for (const seconds of [600, 700, 800]) {
      statuses.push((await send("PUT", path, { default_timeout: seconds })).status);
    }
    expect(statuses).toEqual([400, 400, 200]);
    expect(emulator.hooks(group)).toMatchObject([{ default_timeout: 800 }]);
  });

  test("can be read, and says that a hook is gone", async () => {
    emulator.setBusy(group, true);
    expect(await send("GET", paths.hookList)).toMatchObject({ status: 200 });
    expect(await send("DELETE", paths.hook("none"))).toMatchObject({ status: 404 });
  });
});

describe("behind the service's back", () => {
  test("hooks can be changed, added beyond the limit and removed, without a request", () => {
    for (let index = 1; index <= 6; index++)
      emulator.putHook(group, { lifecycle_hook_name: `hook-${index}` });
    emulator.putHook(group, { lifecycle_hook_name: "hook-1", default_timeout: 1 });
    emulator.removeHook(group, "hook-2");
    expect(emulator.hooks(group).map((hook) => [hook.lifecycle_hook_name, hook.default_timeout])).toEqual([
      ["hook-1", 1],
      ["hook-3", 3600],
      ["hook-4", 3600],
      ["hook-5", 3600],
      ["hook-6", 3600],
    ]);
    expect(emulator.requests).toEqual([]);
  });

  test("hooks that are handed out are copies", () => {
    emulator.putHook(group, sampleHook);
    Object.assign(emulator.hooks(group)[0] ?? {}, { default_timeout: 1 });
    expect(emulator.hooks(group)).toEqual([created]);
  });

  test("groups come and go", () => {
    emulator.addGroup("new");
    emulator.putHook("new", { lifecycle_hook_name: "kept" });
    emulator.addGroup("new");
    expect(emulator.groups).toEqual([group, "new"]);
    expect(emulator.hooks("new")).toHaveLength(1);
    emulator.removeGroup("new");
    expect(emulator.groups).toEqual([group]);
  });

  test("a group or hook that is not there is a mistake of the test", () => {
    expect(() => emulator.hooks("none")).toThrow("no scaling group none");
    expect(() => emulator.setBusy("none", true)).toThrow("no scaling group none");
    expect(() => emulator.removeGroup("none")).toThrow("no scaling group none");
    expect(() => emulator.removeHook(group, "none")).toThrow('no lifecycle hook "none"');
  });
});
