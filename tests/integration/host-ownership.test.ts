import { beforeEach, describe, expect, test } from "vitest";
import { autoName, markApplies } from "../../provider/core/urn";
import { emulatorOfFile } from "../support/emulator";
import { engineRowsOfFile } from "../support/engine-rows";
import { checkedInputs, groupId, topicUrn, unknownValue, validInputs } from "../support/hooks";
import { failureOf, Host, type Properties } from "../support/host";

/** The rules of ownership (docs/adr/0004), through the real host: what is refused, and that nothing is sent then. */

let host: Host;
const otherGroup = "0a1b2c3d-dd76-4a61-b4bc-a67c5686719a";
const id = `${groupId}/drain`;
/** When the hooks that are there were made. */
const old = "2026-01-01T00:00:00Z";
const emulator = emulatorOfFile({ groups: [groupId, otherGroup] });

const rows = engineRowsOfFile();
beforeEach(async () => {
  host = await startHost();
});

const startHost = (config: Properties = {}, environment = emulator.env) =>
  Host.start(environment, { "huaweicloud:projectId": emulator.projectId, ...config }, rows.address);
const __urn = "dev::shop::::drain";
const olds = { ...checkedInputs, __urn };
const hook = (name: string, more: Properties = {}) => ({
  ...validInputs,
  __urn: markApplies(`dev::shop::::${name}`),
  ...more,
});
const outputs = (more: Properties = {}) => ({
  ...olds,
  notificationTopicName: "scaling",
  createTime: old,
  region: emulator.region,
  projectId: emulator.projectId,
  ...more,
});
/** A hook without a name of its own. */
const { lifecycleHookName: _, ...unnamed } = hook("drain");
const put = (name: string, more: object = {}, group = groupId) =>
  emulator.putHook(group, {
    lifecycle_hook_name: name,
    lifecycle_hook_type: "INSTANCE_TERMINATING",
    notification_topic_urn: topicUrn,
    create_time: old,
    ...more,
  });
const putAll = (names: readonly string[], group = groupId) => {
  for (const name of names) put(name, {}, group);
};
const forbid = () =>
  emulator.intercept(() => ({ answer: { status: 403, body: { error_code: "APIGW.0302" } } }));
const ago = (milliseconds: number) => `${new Date(Date.now() - milliseconds).toISOString().slice(0, 19)}Z`;
const sent = () => emulator.requests.filter(({ path }) => path.includes("hook")).map(({ method }) => method);
const names = (group = groupId) => emulator.hooks(group).map(({ lifecycle_hook_name: name }) => name);

/** Problems or warnings, by what each of them has in it. */
const saying = (...texts: readonly (string | RegExp)[]) =>
  texts.map((text) =>
    typeof text === "string" ? expect.stringContaining(text) : expect.stringMatching(text),
  );
/** What check has against a resource, which is a new one unless it has old inputs. */
const problemsOf = async (news: Properties, before: Properties = {}, on = host) =>
  (await on.check(before, news)).reasons;

describe("a hook whose group stays, with another configuration,", () => {
  test("is refused by check for another region, which names both and the setting, and sends nothing", async () => {
    const host = await startHost({ "huaweicloud:region": "eu-west-101" });
    const there = { notificationTopicUrn: topicUrn.replace("cn-north-4", "eu-west-101") };
    expect(await problemsOf(hook("drain", there), hook("drain"), host)).toEqual(
      saying(
        /^the hook ".*\/drain" is in region cn-north-4, but region eu-west-101 \(by huaweicloud:region\) is configured: .*Go back to region cn-north-4/,
      ),
    );
    expect(emulator.requests).toEqual([]);
  });

  test.each([
    ["huaweicloud:projectId", { "huaweicloud:projectId": "f".repeat(32) }, {}],
    ["HW_PROJECT_ID", { "huaweicloud:projectId": "" }, { HW_PROJECT_ID: "f".repeat(32) }],
  ])(
    "is refused for another project by %s, whatever else changes, and nothing is sent",
    async (source, config, env) => {
      const host = await startHost(config, { ...emulator.env, ...env });
      const { message } = await failureOf(host.diff(id, outputs(), { ...olds, lifecycleHookName: "other" }));
      expect(message).toContain(`in region cn-north-4 and project ${emulator.projectId}`);
      expect(message).toContain(`project ${"f".repeat(32)} (by ${source}) is configured`);
      expect(emulator.requests).toEqual([]);
    },
  );

  test("is not deleted by up --replace either, where no diff is asked for", async () => {
    put("drain");
    const host = await startHost({ "huaweicloud:projectId": "f".repeat(32) });
    expect(await problemsOf(hook("drain"), {}, host)).toEqual([]);
    const { message } = await failureOf(host.delete(id, outputs()));
    expect(message).toContain("a hook does not move with the configuration");
    expect(sent()).toEqual([]);
  });

  test("is told of the way back when the credentials are another account's", async () => {
    emulator.intercept(() => ({ answer: { status: 400, body: { error: { code: "AS.0008" } } } }));
    const { message } = await failureOf(host.read(id, outputs()));
    expect(message).toContain("go back to the configuration or the Provider that made it");
  });
});

describe("a replacement", () => {
  /** What check has against it. The engine asks with the old inputs, and then without. */
  async function replacing(to: Properties, on = host): Promise<string[]> {
    const { inputs } = await on.check(olds, hook("drain", to));
    await on.diff(id, outputs(), inputs);
    return problemsOf(hook("drain", to), {}, on);
  }

  test.each([
    [
      "the name is taken",
      { lifecycleHookName: "boot" },
      /already has a hook ".*\/boot" \(AS.7041\).*third name/,
    ],
    ["there is no room", { scalingGroupId: otherGroup }, /already has 5 hooks.*AS.7038.*deletes last/],
  ])("is refused before anything is deleted when %s, by one list", async (_, to, problem) => {
    putAll(["drain", "boot"]);
    putAll(["a", "b", "c", "d", "e"], otherGroup);
    const reasons = await replacing(to);
    expect(reasons).toEqual(saying(problem));
    expect(reasons[0]).toContain("nothing is deleted");
    expect(sent()).toEqual(["GET"]);
  });

  test.each([{ __retains: true }, { __createFirst: true }])(
    "of a hook that stays in a full group is refused: %o",
    async (option) => {
      putAll(["drain", "a", "b", "c", "d"]);
      const reasons = await replacing({ lifecycleHookName: "e", ...option });
      expect(reasons).toEqual(saying(/already has 5 hooks.*AS.7038/));
    },
  );

  test("whose old hook an interrupted run has deleted says that it is not there", async () => {
    put("boot");
    expect(await replacing({ lifecycleHookName: "boot" })).toEqual(
      saying(/^replacing ".*\/drain", which is not there any more: the group already has a hook ".*\/boot"/),
    );
  });

  test("counts what the program itself adds to the group", async () => {
    put("drain");
    putAll(["a", "b", "c"], otherGroup);
    const there = { scalingGroupId: otherGroup };
    for (const name of ["one", "two"])
      await host.check({}, hook(name, { ...there, lifecycleHookName: name }));
    expect(await replacing(there)).toEqual(
      saying("the group has 3 hooks, and with those that the program adds it would have 6"),
    );
  });

  test("whose look can't be made is a warning in a preview, and a failure before an operation", async () => {
    forbid();
    expect(await replacing({ lifecycleHookName: "new", __urn })).toEqual([]);
    const unseen = "could not look at the scaling group";
    expect(rows.warnings).toEqual(saying(`nothing is deleted: ${unseen}`));
    expect(await replacing({ lifecycleHookName: "new" }, await startHost())).toEqual(saying(unseen));
    expect(sent()).toEqual(["GET", "GET"]);
  });

  test("that is refused leaves the hook to its resource: the deletion of another on it is skipped", async () => {
    putAll(["drain", "boot"]);
    await replacing({ lifecycleHookName: "boot" });
    await host.delete(id, outputs({ __urn: "dev::shop::::gone" }));
    expect(names()).toContain("drain");
  });

  test("in a full group works, since the old hook goes first, and so do several, one after the other", async () => {
    putAll(["drain", "b", "c", "d", "e"]);
    for (const name of ["drain", "b"]) {
      const before = { lifecycleHookName: name, __urn: `dev::shop::::${name}` };
      const news = hook(name, { lifecycleHookName: `${name}-2` });
      const { inputs } = await host.check({ ...olds, ...before }, news);
      await host.diff(`${groupId}/${name}`, outputs(before), inputs);
      expect(await problemsOf(news)).toEqual([]);
      await host.delete(`${groupId}/${name}`, outputs(before));
      await host.create(inputs);
    }
    expect(names().toSorted()).toEqual(["b-2", "c", "d", "drain-2", "e"]);
    expect(sent()).toEqual(["GET", "DELETE", "POST", "DELETE", "POST"]);
  });

  test("in a full group keeps its room: a new hook there is refused before it could take it", async () => {
    putAll(["drain", "b", "c", "d", "e"]);
    expect(await replacing({ lifecycleHookName: "drain-2" })).toEqual([]);
    const reasons = await problemsOf(hook("new", { lifecycleHookName: "new" }));
    expect(reasons).toEqual(saying(/AS.7038.*deletes last/));
    expect(sent()).toEqual(["GET"]);
  });

  test("under --replace with deleteBeforeReplace: false on the same group and name is refused", async () => {
    put("drain");
    expect(await problemsOf(hook("drain", { __createFirst: true, defaultTimeout: 900 }))).toEqual(
      saying("deleteBeforeReplace: false can't replace the hook"),
    );
    expect(names()).toEqual(["drain"]);
  });

  test("under --replace looks before it deletes, also when the state has the resource by an earlier URN", async () => {
    putAll(["drain", "boot"]);
    expect(await problemsOf(hook("drain", { lifecycleHookName: "boot" }))).toEqual([]);
    const { message } = await failureOf(host.delete(id, outputs({ __urn: "staging::shop::::drain" })));
    expect(message).toMatch(/nothing is deleted: the group already has a hook ".*\/boot"/);
    expect(sent()).toEqual(["GET"]);
  });

  test("of what a hook depends on replaces it in its own step only: unknowns that no check has seen are no reason", async () => {
    const unknowns = { lifecycleHookName: unknownValue, scalingGroupId: unknownValue };
    const condemned = await host.diff(id, outputs(), { ...olds, ...unknowns });
    expect(condemned).toEqual({ changes: true, replaces: [] });
    const { inputs } = await host.check(olds, hook("drain", unknowns));
    const { replaces } = await host.diff(id, outputs(), inputs);
    expect(replaces).toEqual(["scalingGroupId", "lifecycleHookName"]);
  });

  test("deletes no hook but its own before it is done: another, which no check has told of, is refused until then", async () => {
    putAll(["drain", "boot"]);
    const refusal = /boot" was not deleted: .*before "drain" can be made.*replaceWith/;
    const boot = outputs({ lifecycleHookName: "boot", __urn: "dev::shop::::boot" });
    expect(await replacing({ lifecycleHookName: "new" })).toEqual([]);
    const replace = await startHost();
    await replace.check({}, hook("drain"));
    for (const one of [host, replace])
      expect((await failureOf(one.delete(`${groupId}/boot`, boot))).message).toMatch(refusal);
    expect(names()).toEqual(["drain", "boot"]);
    // It goes on although the deletion of the old hook fails (--continue-on-error): what comes then are removals.
    const stop = forbid();
    await failureOf(host.delete(id, outputs()));
    stop();
    await host.delete(`${groupId}/boot`, boot);
    expect(names()).toEqual(["drain"]);
  });

  test("under --replace is made of a hook whose automatic name is that of an earlier alias", async () => {
    const name = autoName("dev::shop::::earlier");
    put(name);
    const { inputs } = await host.check({}, unnamed);
    const earlier = outputs({ lifecycleHookName: name, __urn: "dev::shop::::earlier" });
    await host.delete(`${groupId}/${name}`, earlier);
    await host.create(inputs);
    expect(sent()).toEqual(["GET", "DELETE", "POST"]);
  });

  test("takes over the hook that an interrupted replacement has left: by its automatic name, or by an import", async () => {
    const there = { scalingGroupId: otherGroup };
    const { inputs: was } = await host.check({}, unnamed);
    put(String(was.lifecycleHookName), { create_time: ago(0) }, otherGroup);
    const next = await startHost();
    const { inputs } = await next.check(was, { ...unnamed, ...there });
    await next.diff(`${groupId}/${was.lifecycleHookName}`, outputs(was), inputs);
    expect(await problemsOf({ ...unnamed, ...there }, {}, next)).toEqual([]);
    await next.create(inputs);
    expect(rows.warnings).toEqual(saying(/^took over the hook/));

    put("drain", {}, otherGroup);
    const __import = `${otherGroup}/drain`;
    expect(await replacing(there, await startHost())).toEqual(
      saying(`with the option import: "${__import}"`),
    );
    expect(await replacing({ ...there, __import }, await startHost())).toEqual([]);
    expect(await replacing({ ...there, __import, defaultTimeout: 900 }, await startHost())).toEqual(
      saying("defaultTimeout is 3600, the program has 900"),
    );
  });

  test("keeps what only check is told out of the state", async () => {
    const { inputs } = await host.check({}, hook("drain", { __createFirst: true, __given: validInputs }));
    expect(Object.keys(inputs).filter((name) => name.startsWith("__"))).toEqual(["__urn"]);
  });
});

describe("a hook that one resource has", () => {
  const heldByDrain = saying(
    /is managed by the resource "drain" of this program.*aliases: \[\{ name: "drain" \}\]/,
  );

  test("by its state is not created, imported or replaced into by another: check refuses it", async () => {
    put("drain");
    await host.check(checkedInputs, hook("drain"));
    for (const option of [{}, { __import: id }])
      expect(await problemsOf(hook("new", option))).toEqual(saying('resource "drain"'));
    expect(sent()).toEqual([]);
  });

  test("and gives up is not another's in the same run, in either order", async () => {
    put("drain");
    const leaving = hook("drain", { lifecycleHookName: "new" });
    await host.check(checkedInputs, leaving);
    expect(await problemsOf(hook("next"))).toEqual(heldByDrain);
    const reversed = await startHost();
    await reversed.check({}, hook("next"));
    expect(await problemsOf(leaving, checkedInputs, reversed)).toEqual(heldByDrain);
  });

  test("is not taken over by another whose check came first", async () => {
    put("drain");
    const { inputs } = await host.check({}, hook("new"));
    await host.check(checkedInputs, hook("drain"));
    const { message } = await failureOf(host.create(inputs));
    expect(message).toMatch(/AS.7041.*managed by the resource "drain" of this program/);
  });

  test("by its state is not deleted for another, whose row says so; nor in a run after an import", async () => {
    put("drain");
    await host.check(checkedInputs, hook("new"));
    await host.delete(id, outputs());
    expect(names()).toEqual(["drain"]);
    expect(sent()).toEqual([]);
    expect(rows.messages).toEqual([
      {
        urn: expect.stringMatching(/::drain$/),
        level: "warning",
        ephemeral: false,
        message: `not deleted: the hook "${id}" belongs to the resource "new" of this program; only this resource is forgotten`,
      },
    ]);
  });

  test("is not deleted for the one that had it while an import compares it", async () => {
    put("drain");
    const { inputs } = await host.check({}, hook("new", { __import: id }));
    const compared = Promise.withResolvers<undefined>();
    const asked = Promise.withResolvers<void>();
    emulator.intercept(({ method }) => {
      if (method !== "GET") return undefined;
      asked.resolve();
      return compared.promise;
    });
    const importing = host.create(inputs);
    await asked.promise;
    await host.delete(id, outputs());
    compared.resolve(undefined);
    await importing;
    expect(sent()).not.toContain("DELETE");
    expect(names()).toEqual(["drain"]);
  });

  test("is deleted for a replacement that another option than our diff asks for", async () => {
    put("drain");
    const { inputs } = await host.check(checkedInputs, hook("drain"));
    await host.check({}, hook("drain"));
    await host.delete(id, outputs());
    await host.create(inputs);
    expect(sent()).toEqual(["GET", "DELETE", "POST"]);
  });

  test("is one too many where the configured limits say so", async () => {
    const site = await startHost({ "huaweicloud:lifecycleHookLimits": '{"maxHooksPerGroup": 1}' });
    expect(await problemsOf(hook("a", { lifecycleHookName: "a" }), {}, site)).toEqual([]);
    expect(await problemsOf(hook("b", { lifecycleHookName: "b" }), {}, site)).toEqual(
      saying(/has 2 hooks .* can have 1 /),
    );
  });

  test("and another resource wants is told at preview, as is a hook too many in a group", async () => {
    const check = (urn: string, name = urn) => problemsOf(hook(urn, { lifecycleHookName: name }));
    expect(await check("a", "same")).toEqual([]);
    expect(await check("b", "same")).toEqual(saying('that of the resource "a" of this program, too'));
    for (const name of ["c", "d", "e", "f"]) expect(await check(name)).toEqual([]);
    expect(await check("g")).toEqual([
      `the program has 6 hooks in scaling group ${groupId}, which can have 5 (AS.7038): remove some`,
    ]);
    expect(sent()).toEqual([]);
  });
});

test("a hook of this resource's automatic name that was made within the hour is taken over, said on the row, and brought to the program's values", async () => {
  const { inputs } = await host.check({}, unnamed);
  const create_time = ago(3_500_000);
  put(String(inputs.lifecycleHookName), { default_timeout: 900, create_time });
  const { outputs: made } = await host.create(inputs);
  expect(made).toMatchObject({ defaultTimeout: 3600, createTime: create_time });
  expect(emulator.hooks(groupId)).toMatchObject([{ default_timeout: 3600 }]);
  expect(sent()).toEqual(["POST", "GET", "PUT"]);
  expect(rows.warnings).toEqual(
    saying(new RegExp(`^took over the hook .*${inputs.lifecycleHookName}.*${create_time}`)),
  );
});

describe("an import", () => {
  test("left in the program changes nothing: renames, group changes and replacements work", async () => {
    put("drain");
    for (const to of [
      { lifecycleHookName: "new" },
      { scalingGroupId: otherGroup },
      { defaultTimeout: 900 },
    ]) {
      const news = hook("drain", { __import: id, ...to });
      expect(await problemsOf(news, { ...checkedInputs, __import: id })).toEqual([]);
      const { inputs, reasons } = await host.check({}, news);
      expect(reasons).toEqual([]);
      // Only the very hook would be taken back, where a replacement has retained it.
      expect(inputs.__import).toBe("defaultTimeout" in to ? id : undefined);
    }
  });

  test("says which of the two to change when they differ, and with ignoreChanges takes the live value", async () => {
    put("drain", { default_timeout: 900, notification_metadata: "theirs" });
    expect(await problemsOf(hook("drain", { __import: id }))).toEqual(
      saying(/defaultTimeout is 900, the program has 3600.*change the program to what the hook is/),
    );
    const ignoring = { __import: id, __ignoreChanges: ["defaultTimeout", "notificationMetadata"] };
    const { inputs, reasons } = await host.check({}, hook("drain", ignoring));
    expect(reasons).toEqual([]);
    await host.create(inputs);
    expect(inputs).toMatchObject({ defaultTimeout: 900, notificationMetadata: "theirs" });
    expect(sent().filter((method) => method !== "GET")).toEqual([]);
  });

  test("reads a list of its own, and not what was read a while ago", async () => {
    put("drain");
    const { inputs } = await host.check({}, hook("drain", { __import: id }));
    put("drain", { default_timeout: 900 });
    expect((await failureOf(host.create(inputs))).message).toContain("defaultTimeout is 900");
  });
});

describe("an input that a transform may have made secret", () => {
  test("is in no message, and is kept as a secret when its value is not the program's", async () => {
    const given = { ...validInputs };
    const news = hook("drain", { notificationMetadata: "hunter2-of-a-transform", __given: given });
    const { inputs } = await host.check({}, news);
    expect(inputs.__secrets).toEqual(["notificationMetadata"]);
    expect(inputs.notificationMetadata).toMatchObject({ value: "hunter2-of-a-transform" });
    const notificationMetadata = "hunter2<";
    const wrapped = { notificationMetadata, __given: { ...given, notificationMetadata } };
    expect(await problemsOf(hook("drain", wrapped))).toEqual(
      saying(/^notificationMetadata \(not shown\) has characters/),
    );
  });

  test("is none when ignoreChanges has put the state's own plain value in its place", async () => {
    const news = hook("drain", { defaultTimeout: 900, __given: { ...validInputs, defaultTimeout: 300 } });
    expect(
      (await host.check({ ...checkedInputs, defaultTimeout: 900 }, news)).inputs.__secrets,
    ).toBeUndefined();
  });
});

test("a hook of a type that only a newer service knows fails no refresh, and is put back as drift", async () => {
  putAll(["drain", "newer"]);
  const stop = emulator.intercept(({ method }) => {
    const hooks = emulator
      .hooks(groupId)
      .map((one) => ({ ...one, lifecycle_hook_type: "INSTANCE_HIBERNATING" }));
    return method === "GET" ? { answer: { status: 200, body: { lifecycle_hooks: hooks } } } : undefined;
  });
  const read = await host.read(id, outputs());
  stop();
  expect(read.inputs.lifecycleHookType).toBe("INSTANCE_HIBERNATING");
  expect(await host.diff(id, read.outputs, checkedInputs)).toEqual({ changes: true, replaces: [] });
  const { outputs: after } = await host.update(id, read.outputs, checkedInputs);
  expect(after.lifecycleHookType).toBe("INSTANCE_TERMINATING");
});

test("a hook that was deleted and made anew elsewhere is told at its update and its refresh, with what to do", async () => {
  const theirs = "2026-02-02T00:00:00Z";
  put("drain", { create_time: theirs });
  const { outputs: updated } = await host.update(id, outputs(), { ...checkedInputs, defaultTimeout: 900 });
  await host.read(id, outputs());
  const warning = expect.stringMatching(
    `^the hook "${id}" was made at ${theirs}, and the one in the state at ${old}: .*pulumi state delete`,
  );
  expect(rows.warnings).toEqual([warning, warning]);
  expect(sent()).toEqual(["PUT", "GET"]);
  await host.update(id, updated, checkedInputs);
  await host.read(id, updated);
  expect(rows.warnings).toHaveLength(2);
});
