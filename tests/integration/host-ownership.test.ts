import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { autoName, markApplies } from "../../provider/core/urn";
import { emulatorOfFile } from "../support/emulator";
import { EngineRows } from "../support/engine-rows";
import { checkedInputs, groupId, topicUrn, unknownValue, validInputs } from "../support/hooks";
import { failureOf, Host, type Properties } from "../support/host";

/** The rules of ownership (docs/adr/0004), through the real host: what is refused, and that nothing is sent then. */

let rows: EngineRows;
let host: Host;
const otherGroup = "0a1b2c3d-dd76-4a61-b4bc-a67c5686719a";
const id = `${groupId}/drain`;
const old = "2026-01-01T00:00:00Z";
const emulator = emulatorOfFile({ groups: [groupId, otherGroup] });

beforeAll(async () => {
  rows = await EngineRows.start();
});
afterAll(() => rows[Symbol.asyncDispose]());
beforeEach(async () => {
  rows.messages.length = 0;
  host = await startHost();
});

const startHost = (config: Properties = {}, environment = emulator.env) =>
  Host.start(environment, { "huaweicloud:projectId": emulator.projectId, ...config }, rows.address);
const hook = (name: string, more: Properties = {}) => ({
  ...validInputs,
  __urn: markApplies(`dev::shop::::${name}`),
  ...more,
});
const outputs = (more: Properties = {}) => ({
  ...checkedInputs,
  __urn: "dev::shop::::drain",
  notificationTopicName: "scaling",
  createTime: old,
  region: emulator.region,
  projectId: emulator.projectId,
  ...more,
});
const put = (name: string, more: object = {}, group = groupId) =>
  emulator.putHook(group, {
    lifecycle_hook_name: name,
    lifecycle_hook_type: "INSTANCE_TERMINATING",
    notification_topic_urn: topicUrn,
    create_time: old,
    ...more,
  });
const sent = () => emulator.requests.filter(({ path }) => path.includes("hook")).map(({ method }) => method);
const names = (group = groupId) => emulator.hooks(group).map(({ lifecycle_hook_name: name }) => name);

/** Makes a resource as the engine does: check, and create. */
async function made(host: Host, urn: string, more: Properties = {}) {
  const { inputs, reasons } = await host.check({}, hook(urn, more));
  expect(reasons).toEqual([]);
  return { inputs, ...(await host.create(inputs)) };
}

describe("a hook whose group stays, with another configuration,", () => {
  test("is refused by check for another region, which names both and the setting, and sends nothing", async () => {
    const host = await startHost({ "huaweicloud:region": "eu-west-101" });
    const there = { notificationTopicUrn: topicUrn.replace("cn-north-4", "eu-west-101") };
    expect((await host.check(hook("drain"), hook("drain", there))).reasons).toEqual([
      expect.stringMatching(
        /^the hook ".*\/drain" is in region cn-north-4, but region eu-west-101 \(by huaweicloud:region\) is configured: .*Go back to region cn-north-4/,
      ),
    ]);
    expect(emulator.requests).toEqual([]);
  });

  test.each([
    ["huaweicloud:projectId", { "huaweicloud:projectId": "f".repeat(32) }, {}],
    ["HW_PROJECT_ID", { "huaweicloud:projectId": "" }, { HW_PROJECT_ID: "f".repeat(32) }],
  ])(
    "is refused for another project by %s, whatever else changes, and nothing is sent",
    async (source, config, env) => {
      const host = await startHost(config, { ...emulator.env, ...env });
      const news = { ...checkedInputs, lifecycleHookName: "other", __urn: "dev::shop::::drain" };
      const { message } = await failureOf(host.diff(id, outputs(), news));
      expect(message).toContain(`in region cn-north-4 and project ${emulator.projectId}`);
      expect(message).toContain(`project ${"f".repeat(32)} (by ${source}) is configured`);
      expect(emulator.requests).toEqual([]);
    },
  );

  test("is not deleted by up --replace either, where no diff is asked for", async () => {
    put("drain");
    const host = await startHost({ "huaweicloud:projectId": "f".repeat(32) });
    expect((await host.check({}, hook("drain"))).reasons).toEqual([]);
    const { message } = await failureOf(host.delete(id, outputs()));
    expect(message).toContain("a hook does not move with the configuration");
    expect(sent()).toEqual([]);
  });

  test("is told of the way back when the credentials are another account's", async () => {
    const stop = emulator.intercept(() => ({
      answer: { status: 400, body: { error: { code: "AS.0008" } } },
    }));
    const { message } = await failureOf(host.read(id, outputs()));
    stop();
    expect(message).toContain("go back to the configuration or the Provider that made it");
  });
});

describe("a replacement", () => {
  /** As the engine asks: with the old inputs, then without. */
  async function replacing(host: Host, to: Properties, more: Properties = {}) {
    const olds = { ...checkedInputs, __urn: "dev::shop::::drain" };
    const { inputs } = await host.check(olds, hook("drain", { ...to, ...more }));
    await host.diff(id, outputs(), inputs);
    return host.check({}, hook("drain", { ...to, ...more }));
  }

  test.each([
    [
      "the group is not there",
      { scalingGroupId: "no-such-group" },
      /there is no scaling group no-such-group.*AS.2007/,
    ],
    [
      "the name is taken",
      { lifecycleHookName: "boot" },
      /already has a hook ".*\/boot" \(AS.7041\).*third name/,
    ],
    ["there is no room", { scalingGroupId: otherGroup }, /already has 5 hooks.*AS.7038.*deletes last/],
  ])("is refused before anything is deleted when %s, by one list", async (_, to, problem) => {
    put("drain");
    put("boot");
    for (const name of ["a", "b", "c", "d", "e"]) put(name, {}, otherGroup);
    const { reasons } = await replacing(host, to);
    expect(reasons).toEqual([expect.stringMatching(problem)]);
    expect(reasons[0]).toContain("nothing is deleted");
    expect(sent()).toEqual(["GET"]);
  });

  test.each([{ __retains: true }, { __createFirst: true }])(
    "of a hook that stays in a full group is refused: %o",
    async (option) => {
      for (const name of ["drain", "a", "b", "c", "d"]) put(name);
      const { reasons } = await replacing(host, { lifecycleHookName: "e", ...option });
      expect(reasons).toEqual([expect.stringMatching(/already has 5 hooks.*AS.7038/)]);
    },
  );

  test("whose old hook an interrupted run has deleted says that it is not there", async () => {
    put("boot");
    const { reasons } = await replacing(host, { lifecycleHookName: "boot" });
    expect(reasons).toEqual([
      expect.stringMatching(
        /^replacing ".*\/drain", which is not there any more: the group already has a hook ".*\/boot"/,
      ),
    ]);
  });

  test("counts what the program itself adds to the group", async () => {
    for (const name of ["drain", "a", "b", "c"]) put(name, {}, name === "drain" ? groupId : otherGroup);
    await host.check({}, hook("one", { scalingGroupId: otherGroup, lifecycleHookName: "one" }));
    await host.check({}, hook("two", { scalingGroupId: otherGroup, lifecycleHookName: "two" }));
    const { reasons } = await replacing(host, { scalingGroupId: otherGroup });
    expect(reasons).toEqual([
      expect.stringContaining("the group has 3 hooks, and with those that the program adds it would have 6"),
    ]);
  });

  test("whose look can't be made is a warning in a preview, and a failure before an operation", async () => {
    const stop = emulator.intercept(() => ({ answer: { status: 403, body: { error_code: "APIGW.0302" } } }));
    const preview = await startHost();
    expect(
      (await replacing(preview, { lifecycleHookName: "new" }, { __urn: "dev::shop::::drain" })).reasons,
    ).toEqual([]);
    expect(rows.warnings).toEqual([
      expect.stringMatching(/nothing is deleted: could not look at the scaling group/),
    ]);
    const up = await startHost();
    const { reasons } = await replacing(up, { lifecycleHookName: "new" });
    stop();
    expect(reasons).toEqual([expect.stringContaining("could not look at the scaling group")]);
    expect(sent()).toEqual(["GET", "GET"]);
  });

  test("that is refused leaves the hook to its resource: the deletion of another on it is skipped", async () => {
    put("drain");
    put("boot");
    await replacing(host, { lifecycleHookName: "boot" });
    await host.delete(id, outputs({ __urn: "dev::shop::::gone" }));
    expect(names()).toContain("drain");
  });

  test("in a full group works, since the old hook goes first, and several of them do", async () => {
    for (const name of ["drain", "b", "c", "d", "e"]) put(name);
    const rename = async (name: string) => {
      const urn = `dev::shop::::${name}`;
      const olds = { ...checkedInputs, lifecycleHookName: name, __urn: urn };
      const news = hook(name, { lifecycleHookName: `${name}-2` });
      const { inputs } = await host.check(olds, news);
      await host.diff(`${groupId}/${name}`, outputs({ lifecycleHookName: name, __urn: urn }), inputs);
      expect((await host.check({}, news)).reasons).toEqual([]);
      await host.delete(`${groupId}/${name}`, outputs({ lifecycleHookName: name, __urn: urn }));
      await host.create(inputs);
    };
    await rename("drain");
    await rename("b");
    expect(names().toSorted()).toEqual(["b-2", "c", "d", "drain-2", "e"]);
    expect(sent()).toEqual(["GET", "DELETE", "POST", "DELETE", "POST"]);
  });

  test("in a full group works when the engine checks several before it compares the first", async () => {
    for (const name of ["drain", "b", "c", "d", "e"]) put(name);
    const olds = (name: string) => ({
      ...checkedInputs,
      lifecycleHookName: name,
      __urn: `dev::shop::::${name}`,
    });
    const news = (name: string) => hook(name, { lifecycleHookName: `${name}-2` });
    const both = ["drain", "b"];
    const checked = await Promise.all(both.map((name) => host.check(olds(name), news(name))));
    for (const [index, name] of both.entries()) {
      await host.diff(`${groupId}/${name}`, outputs(olds(name)), checked[index]?.inputs ?? {});
      expect((await host.check({}, news(name))).reasons).toEqual([]);
    }
  });

  test("in a full group keeps its room: a new hook there is refused before it could take it", async () => {
    for (const name of ["drain", "b", "c", "d", "e"]) put(name);
    expect((await replacing(host, { lifecycleHookName: "drain-2" })).reasons).toEqual([]);
    const { reasons } = await host.check({}, hook("new", { lifecycleHookName: "new" }));
    expect(reasons).toEqual([expect.stringMatching(/AS.7038.*deletes last/)]);
    expect(sent()).toEqual(["GET"]);
  });

  test("with deleteBeforeReplace: false on the same group and name is refused, also under --replace", async () => {
    put("drain");
    const same = { __createFirst: true, defaultTimeout: 900 };
    expect((await replacing(host, same)).reasons).toEqual([
      expect.stringContaining("deleteBeforeReplace: false can't replace the hook"),
    ]);
    expect(sent()).toEqual([]);
    const replace = await startHost();
    expect((await replace.check({}, hook("drain", same))).reasons).toEqual([
      expect.stringContaining("deleteBeforeReplace: false can't replace the hook"),
    ]);
    expect(names()).toEqual(["drain"]);
  });

  test("under --replace looks before it deletes, also when the state has the resource by an earlier URN", async () => {
    put("drain");
    put("boot");
    expect((await host.check({}, hook("drain", { lifecycleHookName: "boot" }))).reasons).toEqual([]);
    const { message } = await failureOf(host.delete(id, outputs({ __urn: "staging::shop::::drain" })));
    expect(message).toMatch(/nothing is deleted: the group already has a hook ".*\/boot"/);
    expect(sent()).toEqual(["GET"]);
  });

  test("of what a hook depends on replaces it in its own step only: unknowns that no check has seen are no reason", async () => {
    const state = { ...checkedInputs, __urn: "dev::shop::::drain" };
    const unknowns = { lifecycleHookName: unknownValue, scalingGroupId: unknownValue };
    const condemned = await host.diff(id, outputs(), { ...state, ...unknowns });
    expect(condemned).toEqual({ changes: true, replaces: [] });
    const { inputs } = await host.check(state, hook("drain", unknowns));
    expect((await host.diff(id, outputs(), inputs)).replaces).toEqual([
      "scalingGroupId",
      "lifecycleHookName",
    ]);
  });

  test("deletes no hook but its own before it is done: another, which no check has told of, is refused until then", async () => {
    put("drain");
    put("boot");
    const refusal = /boot" was not deleted: .*before "drain" can be made.*replaceWith/;
    const boot = outputs({ lifecycleHookName: "boot", __urn: "dev::shop::::boot" });
    expect((await replacing(host, { lifecycleHookName: "new" })).reasons).toEqual([]);
    expect((await failureOf(host.delete(`${groupId}/boot`, boot))).message).toMatch(refusal);
    const replace = await startHost();
    await replace.check({}, hook("drain"));
    expect((await failureOf(replace.delete(`${groupId}/boot`, boot))).message).toMatch(refusal);
    expect(names()).toEqual(["drain", "boot"]);
    // It goes on although the deletion of the old hook fails (--continue-on-error): what comes then are removals.
    const stop = emulator.intercept(() => ({ answer: { status: 403, body: { error_code: "APIGW.0302" } } }));
    await failureOf(host.delete(id, outputs()));
    stop();
    await host.delete(`${groupId}/boot`, boot);
    expect(names()).toEqual(["drain"]);
  });

  test("under --replace is made of a hook whose automatic name is that of an earlier alias", async () => {
    const name = autoName("dev::shop::::earlier");
    put(name);
    const { lifecycleHookName: _, ...unnamed } = hook("drain");
    const { inputs } = await host.check({}, unnamed);
    const earlier = outputs({ lifecycleHookName: name, __urn: "dev::shop::::earlier" });
    await host.delete(`${groupId}/${name}`, earlier);
    await host.create(inputs);
    expect(sent()).toEqual(["GET", "DELETE", "POST"]);
  });

  test("takes over the hook that an interrupted replacement has left: by its automatic name, or by an import", async () => {
    const { lifecycleHookName: _, ...unnamed } = validInputs;
    const there = { scalingGroupId: otherGroup };
    const auto = { ...unnamed, __urn: markApplies("dev::shop::::drain") };
    const { inputs: was } = await host.check({}, auto);
    put(String(was.lifecycleHookName), { create_time: new Date().toISOString() }, otherGroup);
    const next = await startHost();
    const { inputs } = await next.check(was, { ...auto, ...there });
    await next.diff(`${groupId}/${was.lifecycleHookName}`, outputs(was), inputs);
    expect((await next.check({}, { ...auto, ...there })).reasons).toEqual([]);
    await next.create(inputs);
    expect(rows.warnings).toEqual([expect.stringMatching(/^took over the hook/)]);

    put("drain", {}, otherGroup);
    const given = await startHost();
    const { reasons } = await replacing(given, there);
    expect(reasons).toEqual([expect.stringContaining(`with the option import: "${otherGroup}/drain"`)]);
    const imports = await startHost();
    expect((await replacing(imports, there, { __import: `${otherGroup}/drain` })).reasons).toEqual([]);
    const differs = await startHost();
    const other = { __import: `${otherGroup}/drain`, defaultTimeout: 900 };
    expect((await replacing(differs, there, other)).reasons).toEqual([
      expect.stringContaining("defaultTimeout is 3600, the program has 900"),
    ]);
  });

  test("keeps what only check is told out of the state", async () => {
    const { inputs } = await host.check(
      {},
      hook("drain", { __createFirst: true, __given: { ...validInputs } }),
    );
    expect(Object.keys(inputs).filter((name) => name.startsWith("__"))).toEqual(["__urn"]);
  });
});

describe("a hook that one resource has", () => {
  const heldByDrain = expect.stringMatching(
    /is managed by the resource "drain" of this program.*aliases: \[\{ name: "drain" \}\]/,
  );

  test("by its state is not created, imported or replaced into by another: check refuses it", async () => {
    put("drain");
    await host.check({ ...checkedInputs }, hook("drain"));
    expect((await host.check({}, hook("new"))).reasons).toEqual([expect.stringMatching(/resource "drain"/)]);
    expect((await host.check({}, hook("new", { __import: id }))).reasons).toEqual([
      expect.stringMatching(/resource "drain"/),
    ]);
    expect(sent()).toEqual([]);
  });

  test("and gives up is not another's in the same run, in either order", async () => {
    put("drain");
    await host.check({ ...checkedInputs }, hook("drain", { lifecycleHookName: "new" }));
    expect((await host.check({}, hook("next"))).reasons).toEqual([heldByDrain]);
    const reversed = await startHost();
    await reversed.check({}, hook("next"));
    const { reasons } = await reversed.check(
      { ...checkedInputs },
      hook("drain", { lifecycleHookName: "new" }),
    );
    expect(reasons).toEqual([heldByDrain]);
  });

  test("is not taken over by another whose check came first", async () => {
    put("drain");
    const { inputs } = await host.check({}, hook("new"));
    await host.check({ ...checkedInputs }, hook("drain"));
    const { message } = await failureOf(host.create(inputs));
    expect(message).toMatch(/AS.7041.*managed by the resource "drain" of this program/);
  });

  test("by its state is not deleted for another, whose row says so; nor in a run after an import", async () => {
    put("drain");
    await host.check({ ...checkedInputs }, hook("new"));
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

  test("because it was imported in this run is not deleted for the one that had it", async () => {
    put("drain");
    await made(host, "new", { __import: id });
    await host.delete(id, outputs());
    expect(names()).toEqual(["drain"]);
    expect(rows.warnings).toEqual([
      expect.stringMatching(/^import: takes over .*give aliases instead/),
      expect.stringMatching(/^not deleted/),
    ]);
  });

  test("is not deleted for the one that had it while an import compares it", async () => {
    put("drain");
    const { inputs } = await host.check({}, hook("new", { __import: id }));
    const compared = Promise.withResolvers<undefined>();
    const asked = Promise.withResolvers<void>();
    const stop = emulator.intercept(({ method }) => {
      if (method !== "GET") return undefined;
      asked.resolve();
      return compared.promise;
    });
    const importing = host.create(inputs);
    await asked.promise;
    await host.delete(id, outputs());
    compared.resolve(undefined);
    await importing;
    stop();
    expect(sent()).not.toContain("DELETE");
    expect(names()).toEqual(["drain"]);
  });

  test("is deleted when its resource goes, or is replaced", async () => {
    put("drain");
    const destroy = await startHost();
    await destroy.delete(id, outputs());
    expect(names()).toEqual([]);
    put("drain");
    const { inputs } = await host.check({ ...checkedInputs }, hook("drain"));
    // Another option than our diff asks for the replacement.
    await host.check({}, hook("drain"));
    await host.delete(id, outputs());
    await host.create(inputs);
    expect(sent()).toEqual(["DELETE", "GET", "DELETE", "POST"]);
  });

  test("is one too many where the configured limits say so", async () => {
    const site = await startHost({ "huaweicloud:lifecycleHookLimits": '{"maxHooksPerGroup": 1}' });
    expect((await site.check({}, hook("a", { lifecycleHookName: "a" }))).reasons).toEqual([]);
    expect((await site.check({}, hook("b", { lifecycleHookName: "b" }))).reasons).toEqual([
      expect.stringMatching(/has 2 hooks .* can have 1 /),
    ]);
  });

  test("and another resource wants is told at preview, as is a hook too many in a group", async () => {
    const check = async (urn: string, name: string) =>
      (await host.check({}, hook(urn, { lifecycleHookName: name }))).reasons;
    expect(await check("a", "same")).toEqual([]);
    expect(await check("b", "same")).toEqual([
      expect.stringMatching(/that of the resource "a" of this program, too/),
    ]);
    for (const name of ["c", "d", "e", "f"]) expect(await check(name, name)).toEqual([]);
    expect(await check("g", "g")).toEqual([
      `the program has 6 hooks in scaling group ${groupId}, which can have 5 (AS.7038): remove some`,
    ]);
    expect(sent()).toEqual([]);
  });
});

describe("a hook of this resource's automatic name", () => {
  const { lifecycleHookName: _, ...unnamed } = validInputs;
  const auto = { ...unnamed, __urn: markApplies("dev::shop::::drain") };

  test("that was made within the hour is taken over, said on the row, and brought to the program's values", async () => {
    const { inputs } = await host.check({}, auto);
    const create_time = `${new Date(Date.now() - 3_500_000).toISOString().slice(0, 19)}Z`;
    put(String(inputs.lifecycleHookName), { default_timeout: 900, create_time });
    const { outputs: made } = await host.create(inputs);
    expect(made).toMatchObject({ defaultTimeout: 3600, createTime: create_time });
    expect(emulator.hooks(groupId)).toMatchObject([{ default_timeout: 3600 }]);
    expect(sent()).toEqual(["POST", "GET", "PUT"]);
    expect(rows.warnings).toEqual([
      expect.stringMatching(`^took over the hook .*${inputs.lifecycleHookName}.*${create_time}`),
    ]);
  });

  test("that is older is refused with the ways out, and stays as it is", async () => {
    const { inputs } = await host.check({}, auto);
    const create_time = `${new Date(Date.now() - 3_700_000).toISOString().slice(0, 19)}Z`;
    put(String(inputs.lifecycleHookName), { create_time });
    const { message } = await failureOf(host.create(inputs));
    expect(message).toContain(`It was made at ${create_time}, too long ago`);
    expect(message).toContain(`import: "${groupId}/${inputs.lifecycleHookName}"`);
    expect(message).toContain("give this one a lifecycleHookName");
    expect(sent()).toEqual(["POST", "GET"]);
  });
});

describe("after a lost response", () => {
  const lost = (status: number, missing: number) => {
    let posts = 0;
    let looks = 0;
    return emulator.intercept(({ method, path }) => {
      if (method === "POST" && posts++ === 0) return { drop: "after" };
      if (method === "GET" && path.endsWith("/drain") && looks++ < missing)
        return { answer: { status, body: "" } };
      return undefined;
    });
  };

  test("a hook that was there before is not ours, though it has the same name and settings", async () => {
    put("drain");
    const stop = emulator.intercept(({ method }) => (method === "POST" ? { drop: "before" } : undefined));
    const { message } = await failureOf(host.create(checkedInputs));
    stop();
    expect(message).toMatch(/AS.7041.*aliases.*import: .*choose another lifecycleHookName/);
    expect(emulator.hooks(groupId)).toMatchObject([{ create_time: old }]);
  });

  test("our own hook that appears only after the look is found when the resend meets its name", async () => {
    const stop = lost(404, 1);
    const { outputs: made } = await host.create(checkedInputs);
    stop();
    expect(made.createTime).toBe(emulator.hooks(groupId)[0]?.create_time);
    expect(sent()).toEqual(["POST", "GET", "POST", "GET"]);
  });

  test("our own hook is found when the resend meets a group that it has filled", async () => {
    for (const name of ["a", "b", "c", "d"]) put(name);
    let posts = 0;
    let looks = 0;
    const stop = emulator.intercept(({ method, path }) => {
      if (method === "POST")
        return posts++ === 0
          ? { drop: "after" }
          : { answer: { status: 400, body: { error: { code: "AS.7038" } } } };
      return path.endsWith("/drain") && looks++ === 0 ? { answer: { status: 404, body: "" } } : undefined;
    });
    await host.create(checkedInputs);
    stop();
    expect(names()).toHaveLength(5);
  });
});

describe("an import", () => {
  test("left in the program changes nothing: renames, group changes and replacements work", async () => {
    put("drain");
    const olds = { ...checkedInputs, __import: id };
    for (const to of [
      { lifecycleHookName: "new" },
      { scalingGroupId: otherGroup },
      { defaultTimeout: 900 },
    ]) {
      expect((await host.check(olds, hook("drain", { __import: id, ...to }))).reasons).toEqual([]);
      const { inputs, reasons } = await host.check({}, hook("drain", { __import: id, ...to }));
      expect(reasons).toEqual([]);
      // Only the very hook would be taken back, where a replacement has retained it.
      expect(inputs.__import).toBe("defaultTimeout" in to ? id : undefined);
    }
  });

  test("says which of the two to change when they differ, and with ignoreChanges takes the live value", async () => {
    put("drain", { default_timeout: 900, notification_metadata: "theirs" });
    const { reasons } = await host.check({}, hook("drain", { __import: id }));
    expect(reasons).toEqual([
      expect.stringMatching(
        /defaultTimeout is 900, the program has 3600.*change the program to what the hook is/,
      ),
    ]);
    const ignoring = { __import: id, __ignoreChanges: ["defaultTimeout", "notificationMetadata"] };
    const { inputs } = await made(host, "drain", ignoring);
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
    const wrapped = {
      notificationMetadata: "hunter2<",
      __given: { ...given, notificationMetadata: "hunter2<" },
    };
    const { reasons } = await host.check({}, hook("drain", wrapped));
    expect(reasons).toEqual([expect.stringMatching(/^notificationMetadata \(not shown\) has characters/)]);
  });

  test("is none when ignoreChanges has put the state's own plain value in its place", async () => {
    const olds = { ...checkedInputs, defaultTimeout: 900 };
    const news = hook("drain", { defaultTimeout: 900, __given: { ...validInputs, defaultTimeout: 300 } });
    expect((await host.check(olds, news)).inputs.__secrets).toBeUndefined();
  });
});

test("a hook of a type that only a newer service knows fails no refresh, and is put back as drift", async () => {
  put("drain");
  put("newer");
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
