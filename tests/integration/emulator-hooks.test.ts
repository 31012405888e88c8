import { beforeEach, describe, expect, test } from "vitest";
import { startEmulator } from "../../sdk/emulator";
import { call, pathsOf, sampleHook, topicUrn } from "../support/emulator-calls";
import { emulatorInTestTime } from "../support/emulator-time";
import { groupId as group } from "../support/hooks";

const { emulator, ask } = emulatorInTestTime({ strict: true });
let paths: ReturnType<typeof pathsOf>;
beforeEach(() => {
  paths = pathsOf(emulator);
});

const send = (method: string, path: string, body?: unknown) => ask(method, path, { body });
const create = (fields: object = {}) => send("POST", paths.hooks, { ...sampleHook, ...fields });
const update = (fields: object, name = "test-hook1") => send("PUT", paths.hook(name), fields);
const remove = (name = "test-hook1") => send("DELETE", paths.hook(name));

/** What the API answers to the specification's sample. */
const created = {
  ...sampleHook,
  notification_topic_name: "gsh",
  notification_metadata: null,
  create_time: "2026-01-02T03:04:05Z",
};

describe("creating a hook", () => {
  test("answers the whole hook, as the specification's sample does, which is shown and listed so", async () => {
    expect(await create()).toMatchObject({ status: 200, json: created });
    await create({ lifecycle_hook_name: "a" });
    expect(await send("GET", paths.hook("test-hook1"))).toMatchObject({ status: 200, json: created });
    const both = [created, { ...created, lifecycle_hook_name: "a" }];
    expect((await send("GET", paths.hookList)).json).toEqual({ lifecycle_hooks: both });
    expect(emulator.hooks(group)).toEqual(both);
  });

  test("refuses a name that is taken, with the text that means something else", async () => {
    await create();
    expect(await create()).toMatchObject({
      status: 400,
      json: { error: { code: "AS.7041", message: "The lifecycle hook callback object is empty." } },
    });
  });

  test("refuses a sixth hook in one group, and takes it in another", async () => {
    for (const name of "abcde")
      expect(await create({ lifecycle_hook_name: name })).toMatchObject({ status: 200 });
    expect(await create()).toMatchObject({ status: 400, code: "AS.7038" });
    emulator.addGroup("another-group");
    const { hooks } = pathsOf(emulator, "another-group");
    expect(await send("POST", hooks, sampleHook)).toMatchObject({ status: 200 });
  });

  test("takes what the limits of the emulator's own allow, and refuses what they do not", async () => {
    const limits = { minTimeout: 60, maxNameLength: 64, maxMetadataLength: undefined, maxHooksPerGroup: 2 };
    await using site = await startEmulator({ limits });
    const { hooks } = pathsOf(site);
    const codeFor = async (fields: object) =>
      (await call(site, "POST", hooks, { body: { ...sampleHook, ...fields } })).code;
    expect(await codeFor({ lifecycle_hook_name: "a".repeat(64), default_timeout: 60 })).toBeUndefined();
    expect(await codeFor({ lifecycle_hook_name: "a".repeat(65) })).toBe("AS.7031");
    expect(await codeFor({ default_timeout: 59 })).toBe("AS.7030");
    expect(await codeFor({ notification_metadata: "x".repeat(257) })).toBe("AS.7035");
    expect(await codeFor({ lifecycle_hook_name: "second" })).toBeUndefined();
    expect(await codeFor({ lifecycle_hook_name: "third" })).toBe("AS.7038");
    expect(site.hooks(group)).toHaveLength(2);
  });

  test("is possible by the name list, which can't be shown: its path is that of the list", async () => {
    expect(await create({ lifecycle_hook_name: "list" })).toMatchObject({ status: 200 });
    expect((await send("GET", paths.hook("list"))).json).toHaveProperty("lifecycle_hooks");
    expect(await remove("list")).toMatchObject({ status: 204 });
  });
});

test("an update changes what it gives, and leaves the rest", async () => {
  emulator.putHook(group, { ...sampleHook, notification_metadata: "note" });
  const expected = { ...created, notification_metadata: "note", default_result: "CONTINUE" };
  expect(await update({ default_result: "CONTINUE" })).toMatchObject({ status: 200, json: expected });
  expect(emulator.hooks(group)).toEqual([expected]);
});

test("an update can change all but the name, and the topic's name follows", async () => {
  emulator.putHook(group, sampleHook);
  const changes = {
    lifecycle_hook_type: "INSTANCE_TERMINATING",
    default_result: "CONTINUE",
    default_timeout: 600,
    notification_topic_urn: topicUrn.replace("gsh", "other"),
    notification_metadata: "more",
  };
  expect((await update(changes)).json).toEqual({ ...created, ...changes, notification_topic_name: "other" });
  expect(await update({ lifecycle_hook_name: "new" })).toMatchObject({ status: 400, code: "AS.0022" });
});

test("a deletion answers 204 without a body; the hook is then a 404 to it and to an update", async () => {
  emulator.putHook(group, sampleHook);
  expect(await remove()).toMatchObject({ status: 204, text: "" });
  expect(emulator.hooks(group)).toEqual([]);
  expect(await remove()).toMatchObject({ status: 404, code: "AS.0007" });
  expect(await update({ default_timeout: 600 })).toMatchObject({ status: 404, code: "AS.0007" });
});

describe("every call", () => {
  test.each([
    ["POST", "hooks", sampleHook],
    ["GET", "hookList", undefined],
    ["GET", "hook", undefined],
    ["PUT", "hook", { default_timeout: 600 }],
    ["DELETE", "hook", undefined],
    ["GET", "instances", undefined],
    ["PUT", "callback", { lifecycle_action_result: "CONTINUE", lifecycle_action_key: "key" }],
  ] as const)("%s %s is a 400 in a group, or a project, that does not exist", async (method, which, body) => {
    const path = which === "hook" ? paths.hook("test-hook1") : paths[which];
    emulator.removeGroup(group);
    expect(await send(method, path, body)).toMatchObject({
      status: 400,
      json: { error: { code: "AS.2007", message: "The AS group does not exist." } },
    });
    const elsewhere = path.replace(emulator.projectId, "f".repeat(32));
    expect(await send(method, elsewhere, body)).toMatchObject({ status: 400, code: "AS.0008" });
  });
});

describe("a busy group", () => {
  beforeEach(() => emulator.putHook(group, sampleHook));

  test.each([
    ["a creation", () => create({ lifecycle_hook_name: "another" })],
    ["an update", () => update({ default_timeout: 600 })],
    ["a deletion", () => remove()],
  ])("refuses %s until it is free again", async (_, write) => {
    emulator.setBusy(group, true);
    const answer = await write();
    expect(answer).toMatchObject({ status: 400, code: "AS.2033" });
    expect(answer.message).toContain("in current [INSERVICE] status");
    emulator.setBusy(group, false);
    expect((await write()).status).toBeLessThan(300);
  });

  test("can be busy for so many writes", async () => {
    emulator.setBusy(group, 2);
    const statuses: number[] = [];
    for (const default_timeout of [600, 700, 800]) statuses.push((await update({ default_timeout })).status);
    expect(statuses).toEqual([400, 400, 200]);
    expect(emulator.hooks(group)).toMatchObject([{ default_timeout: 800 }]);
  });

  test("can be read, and says that a hook is gone", async () => {
    emulator.setBusy(group, true);
    expect(await send("GET", paths.hookList)).toMatchObject({ status: 200 });
    expect(await remove("none")).toMatchObject({ status: 404 });
  });
});

describe("behind the service's back", () => {
  test("hooks can be changed, added beyond the limit and removed, without a request", () => {
    for (const name of "abcdef") emulator.putHook(group, { lifecycle_hook_name: name });
    emulator.putHook(group, { lifecycle_hook_name: "a", default_timeout: 1 });
    emulator.removeHook(group, "b");
    expect(emulator.hooks(group).map((hook) => [hook.lifecycle_hook_name, hook.default_timeout])).toEqual([
      ["a", 1],
      ...[..."cdef"].map((name) => [name, 3600]),
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
