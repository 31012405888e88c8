import { beforeEach, describe, expect, test } from "vitest";
import { startEmulator } from "../../sdk/emulator";
import { type CallAnswer, pathsOf, sampleHook } from "../support/emulator-calls";
import { emulatorInTestTime } from "../support/emulator-time";
import { groupId as group } from "../support/hooks";

const minute = 60_000;
const times = { launchTime: 4 * minute, removalTime: 4 * minute };
const { emulator, advance, ask, clock } = emulatorInTestTime(times);

const send = (method: string, path: string, body?: unknown, query: Record<string, string> = {}) =>
  ask(method, `/autoscaling-api/v1/${emulator.projectId}/${path}`, { body, query });
const put = (body: unknown) => send("PUT", `scaling_group/${group}`, body);
const desire = (count: number) => put({ desire_instance_number: count });
const act = (action: string) => send("POST", `scaling_group/${group}/action`, { action });
const removeGroup = (query = {}) => send("DELETE", `scaling_group/${group}`, undefined, query);
const batch = (action: string, ids: readonly unknown[], more: object = {}) =>
  send("POST", `scaling_group_instance/${group}/action`, { action, instances_id: ids, ...more });
const states = () => emulator.instances(group).map((one) => one.life_cycle_state);
const ids = () => emulator.instances(group).map((one) => one.instance_id ?? "");
const hangs = () => emulator.hangingInstances(group);
const hanging = () => hangs().map((one) => [one.lifecycle_hook_name, one.lifecycle_hook_status]);

const answerTo = (key: string | undefined, result: string) =>
  send("PUT", `scaling_instance_hook/${group}/callback`, {
    lifecycle_action_key: key,
    lifecycle_action_result: result,
  });

/** Answers the first suspension by a hook. */
const complete = (hookName: string, result: string) =>
  answerTo(hangs().find((one) => one.lifecycle_hook_name === hookName)?.lifecycle_action_key, result);

function putHook(name: string, type: "LAUNCHING" | "TERMINATING", more: object = {}) {
  const lifecycle_hook_type = `INSTANCE_${type}` as const;
  emulator.putHook(group, { ...sampleHook, lifecycle_hook_name: name, lifecycle_hook_type, ...more });
}

/** Instances in service that no hook held. */
async function serving(count: number): Promise<void> {
  await desire(count);
  advance(4 * minute);
  expect(states()).toEqual(Array(count).fill("INSERVICE"));
}

/** A member of an answer. */
const member = <Value>({ json }: CallAnswer, name: string) => (json as Record<string, Value>)[name] as Value;

const shown = async () =>
  member<Record<string, unknown>>(await send("GET", `scaling_group/${group}`), "scaling_group");

async function activities(version = 2): Promise<Record<string, unknown>[]> {
  const path = `/autoscaling-api/v${version}/${emulator.projectId}/scaling_activity_log/${group}`;
  return member(await ask("GET", path), "scaling_activity_log");
}

describe("an instance on its way", () => {
  test("is pending, waits for its hook, is pending again, and serves", async () => {
    putHook("boot", "LAUNCHING");
    await desire(1);
    expect(states()).toEqual(["PENDING"]);
    expect(emulator.instances(group)[0]).not.toHaveProperty("instance_id");
    advance(3 * minute);
    expect(states()).toEqual(["PENDING_WAIT"]);
    expect(hanging()).toEqual([["boot", "HANGING"]]);
    expect(await shown()).toMatchObject({ is_scaling: true, current_instance_number: 0 });
    expect(await complete("boot", "CONTINUE")).toMatchObject({ status: 204 });
    expect(states()).toEqual(["PENDING"]);
    advance(minute);
    expect(states()).toEqual(["INSERVICE"]);
    expect(hanging()).toEqual([]);
    expect(await shown()).toMatchObject({ is_scaling: false, current_instance_number: 1 });
  });

  test("is unbound, waits for its hook, and is gone once its server is deleted", async () => {
    putHook("drain", "TERMINATING");
    await serving(2);
    await desire(1);
    expect(states()).toEqual(["REMOVING", "INSERVICE"]);
    advance(minute);
    expect(states()).toEqual(["REMOVING_WAIT", "INSERVICE"]);
    await complete("drain", "CONTINUE");
    expect(states()).toEqual(["REMOVING", "INSERVICE"]);
    advance(3 * minute);
    expect(states()).toEqual(["INSERVICE"]);
  });

  test("meets the hooks of both directions when its server dies and another takes its place", async () => {
    await serving(1);
    putHook("boot", "LAUNCHING");
    putHook("drain", "TERMINATING");
    emulator.failInstance(group, ids()[0] ?? "");
    expect(states()).toEqual(["REMOVING"]);
    advance(minute);
    expect(states()).toEqual(["REMOVING_WAIT"]);
    await complete("drain", "CONTINUE");
    advance(6 * minute);
    expect(states()).toEqual(["PENDING_WAIT"]);
    expect(await activities()).toMatchObject([{ type: "DIFF" }, { type: "AUDIT_CHECK_DELETE" }, {}]);
  });

  test("meets no hook on its way to standby and back, but the hook of its replacement holds that", async () => {
    await serving(2);
    putHook("boot", "LAUNCHING");
    putHook("drain", "TERMINATING");
    const [first] = ids();
    expect(await batch("ENTER_STANDBY", [first])).toMatchObject({ status: 204 });
    expect(states()).toEqual(["STANDBY", "INSERVICE"]);
    expect(await batch("EXIT_STANDBY", [first])).toMatchObject({ status: 204 });
    expect(states()).toEqual(["INSERVICE", "INSERVICE"]);
    expect(hanging()).toEqual([]);
    await batch("ENTER_STANDBY", [first], { instance_append: "yes" });
    advance(3 * minute);
    expect(states()).toEqual(["STANDBY", "INSERVICE", "PENDING_WAIT"]);
  });
});

describe("a launching hook (2.3)", () => {
  beforeEach(() => putHook("boot", "LAUNCHING"));

  test("holds what a resumed group is short of", async () => {
    await act("pause");
    await desire(1);
    expect(states()).toEqual([]);
    await act("resume");
    advance(3 * minute);
    expect(states()).toEqual(["PENDING_WAIT"]);
    expect(await activities()).toMatchObject([{ type: "NORMAL", status: "DOING" }]);
  });

  test("holds an instance that is added by hand at once, and its ABANDON does not delete that", async () => {
    expect(await batch("ADD", ["server-1"])).toMatchObject({ status: 204 });
    expect(states()).toEqual(["PENDING_WAIT"]);
    expect(await activities()).toMatchObject([{ type: "MANNUAL_ADD", status: "DOING" }]);
    expect(await shown()).toMatchObject({ desire_instance_number: 1 });
    await complete("boot", "ABANDON");
    expect(states()).toEqual([]);
    expect(await shown()).toMatchObject({ desire_instance_number: 0 });
    expect(await activities()).toMatchObject([{ status: "FAIL", instance_deleted_list: [] }]);
  });

  test("holds what replaces an abandoned launch, which is deleted without its terminating hooks", async () => {
    putHook("drain", "TERMINATING");
    await desire(1);
    advance(3 * minute);
    await complete("boot", "ABANDON");
    expect(states()).toEqual(["REMOVING"]);
    advance(3 * minute);
    expect(states()).toEqual(["PENDING"]);
    advance(3 * minute);
    expect(hanging()).toEqual([["boot", "HANGING"]]);
    expect(await activities()).toMatchObject([
      { type: "DIFF", status: "DOING" },
      { type: "NORMAL", status: "FAIL", instance_failed_list: [{ failed_reason: "ABANDON" }] },
    ]);
  });
});

describe("a terminating hook (2.3)", () => {
  beforeEach(async () => {
    putHook("drain", "TERMINATING");
    await serving(2);
  });

  const remove = (id: string, instance_delete: string) => batch("REMOVE", [id], { instance_delete });
  const removeOne = (id: string, instance_delete: string) =>
    send("DELETE", `scaling_group_instance/${id}`, undefined, { instance_delete });

  test.each([
    ["a batch that keeps its server", remove, "no", "MANNUAL_REMOVE"],
    ["a batch that deletes its server", remove, "yes", "MANNUAL_DELETE"],
    ["a call for it alone that deletes its server", removeOne, "yes", "MANNUAL_DELETE"],
  ])("holds what is removed by %s", async (_, by, deletes, type) => {
    const [first = ""] = ids();
    expect(await by(first, deletes)).toMatchObject({ status: 204 });
    advance(minute);
    expect(states()).toEqual(["REMOVING_WAIT", "INSERVICE"]);
    expect(await shown()).toMatchObject({ desire_instance_number: 1 });
    await complete("drain", "CONTINUE");
    advance(3 * minute);
    const [log] = await activities();
    expect(log).toMatchObject({ type, status: "SUCCESS", instance_removed_list: [{ instance_id: first }] });
    expect(log?.instance_deleted_list).toHaveLength(deletes === "yes" ? 1 : 0);
  });

  test("holds what leaves with a group that is deleted by force, which is gone afterwards", async () => {
    expect(await removeGroup({ force_delete: "yes" })).toMatchObject({ status: 204 });
    expect(await shown()).toMatchObject({ scaling_group_status: "DELETING" });
    advance(minute);
    expect(states()).toEqual(["REMOVING_WAIT", "REMOVING_WAIT"]);
    await complete("drain", "ABANDON");
    await complete("drain", "ABANDON");
    advance(3 * minute);
    expect(emulator.groups).toEqual([]);
    expect(await send("GET", `scaling_group/${group}`)).toMatchObject({ status: 400, code: "AS.2007" });
  });
});

describe("several hooks of a type (2.4)", () => {
  test("hold a launch until the last CONTINUE, each with a token and a deadline of its own", async () => {
    putHook("a", "LAUNCHING", { default_timeout: 600 });
    putHook("b", "LAUNCHING", { default_timeout: 1200 });
    await desire(1);
    advance(3 * minute);
    expect(hangs().map((one) => one.timeout)).toEqual(["2026-01-02T03:17:05Z", "2026-01-02T03:27:05Z"]);
    expect(new Set(hangs().map((one) => one.lifecycle_action_key)).size).toBe(2);
    await complete("a", "CONTINUE");
    expect(hanging()).toEqual([
      ["a", "CONTINUE"],
      ["b", "HANGING"],
    ]);
    expect(states()).toEqual(["PENDING_WAIT"]);
    await complete("b", "CONTINUE");
    expect(states()).toEqual(["PENDING"]);
  });

  test.each(["a callback", "the time-out"])(
    "end a launch by the first ABANDON of %s; the rest is AS.7042",
    async (by) => {
      putHook("a", "LAUNCHING", { default_timeout: 600 });
      putHook("b", "LAUNCHING");
      await desire(1);
      advance(3 * minute);
      const [, other] = hangs();
      if (by === "a callback") await complete("a", "ABANDON");
      else advance(10 * minute);
      expect(states()).toEqual(["REMOVING"]);
      const late = await answerTo(other?.lifecycle_action_key, "CONTINUE");
      expect(late).toMatchObject({ status: 400, code: "AS.7042" });
    },
  );

  test("let a removal go on after the last CONTINUE, or the first ABANDON", async () => {
    putHook("a", "TERMINATING");
    putHook("b", "TERMINATING");
    await serving(2);
    await desire(0);
    advance(minute);
    await complete("a", "CONTINUE");
    expect(states()).toEqual(["REMOVING_WAIT", "REMOVING_WAIT"]);
    await complete("b", "CONTINUE");
    expect(states()).toEqual(["REMOVING", "REMOVING_WAIT"]);
    await complete("a", "ABANDON");
    expect(states()).toEqual(["REMOVING", "REMOVING"]);
    expect(hanging()).toEqual([]);
  });
});

describe("while an activity runs (2.7)", () => {
  beforeEach(async () => {
    putHook("boot", "LAUNCHING");
    await desire(1);
    advance(3 * minute);
    expect(states()).toEqual(["PENDING_WAIT"]);
  });

  test.each(["scaling_group", `scaling_group/${group}`, `scaling_group_instance/${group}/list`])(
    "%s can be read",
    async (path) => {
      expect(await send("GET", path)).toMatchObject({ status: 200 });
    },
  );

  const hooks = `scaling_lifecycle_hook/${group}`;

  test.each([
    ["the batch ADD", () => batch("ADD", ["server-1"])],
    ["the batch REMOVE", () => batch("REMOVE", ["any"])],
    ["the batch ENTER_STANDBY", () => batch("ENTER_STANDBY", ["any"])],
    ["the batch EXIT_STANDBY", () => batch("EXIT_STANDBY", ["any"])],
    ["the deletion of an instance", () => send("DELETE", `scaling_group_instance/${ids()[0]}`)],
    ["the deletion of the group", () => removeGroup()],
    ["the deletion of a hook", () => send("DELETE", `${hooks}/boot`)],
    ["the update of a hook", () => send("PUT", `${hooks}/boot`, { default_timeout: 600 })],
    ["the creation of a hook", () => send("POST", hooks, sampleHook)],
  ])("%s is refused with AS.2033", async (_, write) => {
    expect(await write()).toMatchObject({ status: 400, code: "AS.2033" });
  });

  test.each([
    ["AS.2054", { available_zones: ["a"] }],
    ["AS.2047", { lbaas_listeners: [{ pool_id: "p", protocol_port: 80, weight: 1 }] }],
    ["AS.2030", { networks: [{ id: "n" }] }],
    ["AS.2030", { security_groups: [{ id: "s" }] }],
  ])("an update is refused with %s: %j", async (code, body) => {
    expect(await put(body)).toMatchObject({ status: 400, code });
  });

  test("an update is taken that sends networks, zones and listeners as they are, as Terraform's provider does", async () => {
    const { networks, available_zones, lbaas_listeners, security_groups } = await shown();
    const body = { networks, available_zones, lbaas_listeners, security_groups, cool_down_time: 60 };
    expect(await put(body)).toMatchObject({ status: 200 });
  });

  test("a new size is taken, and has its own activity afterwards", async () => {
    expect(await desire(0)).toMatchObject({ status: 200 });
    expect(states()).toEqual(["PENDING_WAIT"]);
    await complete("boot", "CONTINUE");
    advance(minute);
    expect(states()).toEqual(["REMOVING"]);
    expect((await activities()).map((one) => one.status)).toEqual(["DOING", "SUCCESS"]);
  });

  test("the group can be paused, which does not stop it, and resumed", async () => {
    expect(await act("pause")).toMatchObject({ status: 204 });
    expect(states()).toEqual(["PENDING_WAIT"]);
    expect(await act("resume")).toMatchObject({ status: 204 });
  });

  test("the group's deletion by force waits for the activity", async () => {
    await removeGroup({ force_delete: "yes" });
    expect(states()).toEqual(["PENDING_WAIT"]);
    expect(await act("pause")).toMatchObject({ code: "AS.2033" });
    await complete("boot", "CONTINUE");
    advance(5 * minute);
    expect(emulator.groups).toEqual([]);
  });

  test("a busy group can answer with the other code", async () => {
    await using other = await startEmulator({ clock: clock(), unknowns: { busyCode: "AS.0003" } });
    other.putHook(group, sampleHook);
    other.scale(group, 1);
    const answer = await ask("DELETE", pathsOf(other).hook("test-hook1"), {}, other);
    expect(answer).toMatchObject({ status: 400, code: "AS.0003" });
  });
});

describe("a group", () => {
  const body = {
    scaling_group_name: "web",
    scaling_configuration_id: "5e6f7a8b-0000-4000-8000-00000000000c",
    vpc_id: "3c4d5e6f-0000-4000-8000-00000000000d",
    networks: [{ id: "7a8b9c0d-0000-4000-8000-00000000000e" }],
    desire_instance_number: 1,
    max_instance_number: 4,
  };
  const create = (more: object = {}) => send("POST", "scaling_group", { ...body, ...more });

  test("is made paused, launches nothing before it is resumed, and is deleted when it is empty", async () => {
    const made = await create();
    const id = member<string>(made, "scaling_group_id");
    expect(made.status).toBe(200);
    const show = () => send("GET", `scaling_group/${id}`);
    const paused = { scaling_group_status: "PAUSED", is_scaling: false, cool_down_time: 300 };
    expect((await show()).json).toMatchObject({ scaling_group: { scaling_group_id: id, ...paused } });
    advance(60 * minute);
    expect(emulator.instances(id)).toEqual([]);
    await send("POST", `scaling_group/${id}/action`, { action: "resume" });
    advance(4 * minute);
    expect((await show()).json).toMatchObject({ scaling_group: { current_instance_number: 1 } });
    expect(await send("DELETE", `scaling_group/${id}`)).toMatchObject({ status: 400, code: "AS.2021" });
    await send("PUT", `scaling_group/${id}`, { desire_instance_number: 0 });
    advance(4 * minute);
    expect(await send("DELETE", `scaling_group/${id}`)).toMatchObject({ status: 204 });
    expect(await show()).toMatchObject({ status: 400, code: "AS.2007" });
  });

  test("is listed by name and status, in pages", async () => {
    for (const scaling_group_name of ["web-1", "web-2", "db"]) await create({ scaling_group_name });
    const list = (query: Record<string, string>) => send("GET", "scaling_group", undefined, query);
    expect((await list({ scaling_group_name: "web", limit: "1" })).json).toMatchObject({
      total_number: 2,
      limit: 1,
      scaling_groups: [{ scaling_group_name: "web-1" }],
    });
    expect((await list({ scaling_group_status: "PAUSED" })).json).toMatchObject({ total_number: 3 });
    expect(await list({ limit: "101" })).toMatchObject({ code: "AS.1002" });
  });

  test.each([
    ["made", "AS.2002", { scaling_group_name: "" }, create],
    ["made", "AS.2022", { scaling_group_name: "a b" }, create],
    ["made", "AS.2013", { networks: [] }, create],
    ["made", "AS.2013", { networks: null }, create],
    ["made", "AS.2004", { min_instance_number: 5 }, create],
    ["made", "AS.2005", { desire_instance_number: 5 }, create],
    ["made", "AS.2045", { max_instance_number: 1001 }, create],
    ["made", "AS.2006", { cool_down_time: -1 }, create],
    ["made", "AS.2017", { vpc_id: null }, create],
    ["made", "AS.0022", { delete_volume: "no" }, create],
    ["changed", "AS.2005", { desire_instance_number: 101 }, put],
    ["changed", "AS.2004", { min_instance_number: 101 }, put],
    ["changed", "AS.2028", { desire_instance_number: 0 }, put],
  ])("is not %s, but refused with %s, for %j", async (_, code, fields, write) => {
    expect(await write(fields)).toMatchObject({ status: 400, code });
  });

  test("takes an unchanged size beside other fields, and all three at once", async () => {
    expect(await put({ desire_instance_number: 0, cool_down_time: 60 })).toMatchObject({ status: 200 });
    const sizes = { min_instance_number: 1, desire_instance_number: 2, max_instance_number: 3 };
    expect(await put(sizes)).toMatchObject({ status: 200 });
    expect(await shown()).toMatchObject({ ...sizes, cool_down_time: 60 });
  });

  test("spares protected instances and those on standby, and those added by hand leave last", async () => {
    await batch("ADD", ["server-1"]);
    advance(minute);
    await desire(3);
    advance(4 * minute);
    const [, second] = ids();
    await batch("PROTECT", [second]);
    await desire(2);
    advance(4 * minute);
    expect(ids()).toEqual(["server-1", second]);
    expect(await desire(0)).toMatchObject({ code: "AS.2010" });
    await batch("ENTER_STANDBY", ["server-1"]);
    expect(await desire(1)).toMatchObject({ code: "AS.2052" });
    await batch("UNPROTECT", [second]);
    expect(await desire(0)).toMatchObject({ code: "AS.2051" });
  });

  test("lists its instances in pages, by state and health", async () => {
    await serving(3);
    const list = (query: Record<string, string>) =>
      send("GET", `scaling_group_instance/${group}/list`, undefined, query);
    const second = await list({ start_number: "2", limit: "2", life_cycle_state: "INSERVICE" });
    expect(second.json).toMatchObject({ total_number: 3, start_number: 2, limit: 2 });
    expect(member(second, "scaling_group_instances")).toHaveLength(1);
    expect(await list({ life_cycle_state: "GONE" })).toMatchObject({ code: "AS.4003" });
    expect(await list({ health_status: "GOOD" })).toMatchObject({ code: "AS.4004" });
    expect(await list({ start_number: "-1" })).toMatchObject({ code: "AS.4000" });
    expect((await list({ health_status: "INITIALIZING" })).json).toMatchObject({ total_number: 0 });
  });

  test.each([
    ["AS.4018", "MOVE", ["a"], {}],
    ["AS.4013", "ADD", [], {}],
    ["AS.4022", "ADD", Array(11).fill("i"), {}],
    ["AS.4030", "REMOVE", ["none"], {}],
    ["AS.4007", "REMOVE", ["none"], { instance_delete: "maybe" }],
    ["AS.4037", "ENTER_STANDBY", ["none"], {}],
    ["AS.4038", "EXIT_STANDBY", ["none"], {}],
  ])("refuses with %s the batch %s", async (code, action, instances, more) => {
    expect(await batch(action, instances, more)).toMatchObject({ status: 400, code });
  });

  test("keeps to its bounds by hand", async () => {
    await put({ min_instance_number: 1, desire_instance_number: 1, max_instance_number: 1 });
    advance(4 * minute);
    expect(await batch("ADD", ["server-1"])).toMatchObject({ code: "AS.2035" });
    expect(await batch("REMOVE", ids())).toMatchObject({ code: "AS.2036" });
    expect(await send("DELETE", "scaling_group_instance/none")).toMatchObject({ code: "AS.4006" });
  });

  test("logs its activities in both versions, the newest first", async () => {
    await serving(1);
    const [instance] = emulator.instances(group);
    expect(await activities(1)).toEqual([
      {
        id: expect.any(String),
        status: "SUCCESS",
        start_time: "2026-01-02T03:04:05Z",
        end_time: "2026-01-02T03:08:05Z",
        instance_value: 0,
        desire_value: 1,
        scaling_value: 1,
        description: expect.stringContaining('"change_reason":"MANNUAL","old_value":0,"new_value":1'),
        instance_added_list: instance?.instance_name,
        instance_removed_list: null,
        instance_deleted_list: null,
      },
    ]);
    expect(await activities(2)).toMatchObject([
      { type: "NORMAL", instance_added_list: [{ instance_id: instance?.instance_id }] },
    ]);
  });

  test("goes on by itself in real time, faster where the speed says so", async () => {
    await using fast = await startEmulator({ speed: 1000, launchTime: 20_000 });
    fast.scale(group, 1);
    await expect.poll(() => fast.instances(group).map((one) => one.life_cycle_state)).toEqual(["INSERVICE"]);
  });
});
