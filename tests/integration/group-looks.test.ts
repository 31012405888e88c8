import { beforeEach, describe, expect, test } from "vitest";
import { GroupLooks } from "../../provider/core/look";
import { type Properties, secretNames, unknown } from "../../provider/core/properties";
import { SkippingClock, stoppedClock } from "../support/clocks";
import { contextOf } from "../support/core";
import { emulatorOfEachTest } from "../support/emulator";
import { checkedInputs, groupId, topicUrn } from "../support/hooks";

/** The look at the live groups before anything is changed. */

const emulator = emulatorOfEachTest(() => ({ groups: [groupId, "second", "third"] }));
let looks: GroupLooks;

beforeEach(() => {
  looks = new GroupLooks();
});

const lists = () => emulator.requests.filter(({ path }) => path.endsWith("/list")).length;
const sameHook = {
  lifecycle_hook_name: "drain",
  lifecycle_hook_type: "INSTANCE_TERMINATING",
  notification_topic_urn: topicUrn,
} as const;
const question = (
  more: Properties = {},
  context = contextOf(emulator, stoppedClock),
  isAutoNamed = false,
) => ({
  context,
  inputs: { ...checkedInputs, ...more },
  concealed: secretNames(more),
  isAutoNamed,
  applies: false,
});

async function warnings(...asked: Parameters<typeof question>) {
  const findings = await looks.newHook(question(...asked));
  expect(findings.problems).toEqual([]);
  return findings.warnings;
}

describe("a preflight warns", () => {
  test("of a group that does not exist", async () => {
    expect(await warnings({ scalingGroupId: "no-such-group" })).toEqual([
      "preflight: there is no scaling group no-such-group in this region and project (AS.2007)",
    ]);
  });

  test("of a group that is full, whatever the name will be", async () => {
    for (const name of ["a", "b", "c", "d", "e"]) emulator.putHook(groupId, { lifecycle_hook_name: name });
    const full = "preflight: the group already has 5 hooks, the most it can have (AS.7038)";
    expect(await warnings()).toEqual([full]);
    expect(await warnings({ lifecycleHookName: unknown })).toEqual([full]);
  });

  test("of a name that is taken, with what differs but no secret", async () => {
    const theirs = { default_timeout: 900, notification_metadata: "theirs" };
    emulator.putHook(groupId, { ...sameHook, ...theirs });
    const inputs = { notificationMetadata: "hunter2", __secrets: ["notificationMetadata"] };
    expect(await warnings(inputs)).toEqual([
      'preflight: the group already has a hook "drain" that differs (AS.7041): defaultTimeout is 900, the program has 3600; notificationMetadata differs (not shown)',
    ]);
  });

  test("of a name that is taken by a hook just like it, which up would refuse, too", async () => {
    emulator.putHook(groupId, sameHook);
    expect(await warnings()).toEqual([
      'preflight: the group already has a hook "drain" with the same settings (AS.7041)',
    ]);
  });

  test.each([
    [403, "APIGW.0302", "IAM user not authorized"],
    [400, "AS.0031", "Policy doesn't allow as:lifecycleHooks:list to be performed."],
  ])("of a permission that is missing (%i %s), naming the action", async (status, code, message) => {
    emulator.intercept(() => ({ answer: { status, body: { error_code: code, error_msg: message } } }));
    const [warning] = await warnings();
    expect(warning).toMatch(/^preflight: could not look at the scaling group: listing /);
    expect(warning).toContain("the policy must allow as:lifecycleHooks:list or");
  });

  test("of an endpoint out of reach", async () => {
    const config = { endpoints: '{"autoscaling": "http://127.0.0.1:1"}', maxRetries: "0" };
    const [warning] = await warnings({}, contextOf(emulator, stoppedClock, { config }));
    expect(warning).toMatch(/^preflight: could not look at the scaling group: .*ECONNREFUSED/);
  });
});

describe("a preflight asks", () => {
  test("once a group, whatever the number of its hooks, and although it has changed meanwhile", async () => {
    const context = contextOf(emulator, stoppedClock);
    await Promise.all(["a", "b", "c"].map((lifecycleHookName) => warnings({ lifecycleHookName }, context)));
    const { hooks } = await context.clients.at();
    hooks.forget(groupId);
    await warnings({}, context);
    await warnings({ scalingGroupId: "second" }, context);
    expect(lists()).toBe(2);
  });

  test("again when a list is older than 5 s, whoever has read it", async () => {
    let now = 0;
    const context = contextOf(emulator, { ...stoppedClock, now: () => now });
    const { hooks } = await context.clients.at();
    await hooks.find(groupId, "drain");
    now = 4999;
    expect(await warnings({}, context)).toEqual([]);
    expect(lists()).toBe(1);
    emulator.putHook(groupId, sameHook);
    now = 5000;
    expect(await warnings({}, context)).toEqual([expect.stringContaining("AS.7041")]);
    expect(lists()).toBe(2);
  });

  test("once a group also when that failed, and tells the failure for each hook", async () => {
    emulator.addFault({ status: 403, code: "APIGW.0302" });
    for (const lifecycleHookName of ["a", "b", "c"])
      expect(await warnings({ lifecycleHookName })).toHaveLength(1);
    expect(lists()).toBe(1);
  });

  test("nothing of a group that is not known yet", async () => {
    expect(await warnings({ scalingGroupId: unknown })).toEqual([]);
    expect(emulator.requests).toEqual([]);
  });

  test("and finds what an interrupted run has left no obstacle", async () => {
    emulator.putHook(groupId, sameHook);
    expect(await warnings({}, contextOf(emulator, stoppedClock), true)).toEqual([]);
  });

  test("for no longer than 10 s altogether, whatever the number of groups", async () => {
    const clock = new SkippingClock();
    const context = contextOf(emulator, clock);
    emulator.intercept(() => new Promise(() => {}));
    const slow = "preflight: could not look at the scaling group";
    expect(await warnings({}, context)).toEqual([`${slow}: no response within 10 s`]);
    for (const scalingGroupId of ["second", "third"]) {
      expect(await warnings({ scalingGroupId }, context)).toEqual([
        `${slow}: the service was too slow to ask (10 s are over)`,
      ]);
    }
    expect(clock.now()).toBe(10_000);
  });
});

test("a refused signature ends all looks of a run, since a few of them lock the access key", async () => {
  emulator.addFault({ status: 401, code: "APIGW.0301" });
  const context = contextOf(emulator, stoppedClock);
  for (const scalingGroupId of [groupId, "second", "third"])
    expect(await warnings({ scalingGroupId }, context)).toEqual([expect.stringContaining("APIGW.0301")]);
  expect(emulator.requests).toHaveLength(1);
});

describe("the hook to import", () => {
  const id = `${groupId}/drain`;
  const inspect = () => looks.import(question(), id, []);

  test("that is what the program describes is no finding", async () => {
    emulator.putHook(groupId, sameHook);
    expect(await inspect()).toEqual({ problems: [], warnings: [], live: {} });
    expect(lists()).toBe(1);
  });

  test("that differs is a problem, and one that is not there will be created", async () => {
    const warning = `import: there is no hook "${id}"; up will create it`;
    expect(await inspect()).toEqual({ problems: [], warnings: [warning] });
    looks = new GroupLooks();
    emulator.putHook(groupId, { ...sameHook, default_result: "CONTINUE" });
    const differs = 'defaultResult is "CONTINUE", the program has "ABANDON"';
    expect((await inspect()).problems).toEqual([expect.stringContaining(differs)]);
  });
});
