import { beforeEach, describe, expect, test } from "vitest";
import { create } from "../../provider/core/create";
import { deleteHook, update } from "../../provider/core/existing-hook";
import type { HookOutputs } from "../../provider/core/properties";
import { SkippingClock } from "../support/clocks";
import { contextOf } from "../support/core";
import { emulatorOfEachTest } from "../support/emulator";
import { checkedInputs, groupId, topicUrn } from "../support/hooks";
import { rejection } from "../support/sdk";

/** What passes by itself is waited for, by a clock that skips the waits; the requests are real ones. */

const emulator = emulatorOfEachTest();
let clock: SkippingClock;

beforeEach(() => {
  clock = new SkippingClock();
});

const methods = () => emulator.requests.map(({ method }) => method);
const id = `${groupId}/drain`;

/** A hook that is there, as the state has it. */
function existing(): HookOutputs {
  emulator.putHook(groupId, { lifecycle_hook_name: "drain", notification_topic_urn: topicUrn });
  const { region, projectId } = emulator;
  return { ...checkedInputs, notificationTopicName: "scaling", createTime: "", region, projectId };
}

/** The next creates and updates are refused as if Auto Scaling did not know the topic. */
function refuseTopic(count?: number): void {
  for (const method of ["POST", "PUT"]) emulator.addFault({ method, status: 400, code: "AS.7043", count });
}

describe("a busy group", () => {
  test("is waited for by a create, which tells for what and how long still, and leaves no status behind", async () => {
    const context = contextOf(emulator, clock);
    emulator.setBusy(groupId, 3);
    await create(context, checkedInputs, false);
    expect(methods()).toEqual(["POST", "POST", "POST", "POST"]);
    expect(context.said).toEqual([
      `waiting until scaling group ${groupId} is no longer busy (0 s so far, 10 min left)`,
      `waiting until scaling group ${groupId} is no longer busy (2 s so far, 10 min left)`,
      `waiting until scaling group ${groupId} is no longer busy (5 s so far, 10 min left)`,
      "",
    ]);
    expect(emulator.hooks(groupId)).toHaveLength(1);
  });

  test("is waited for by an update and a deletion", async () => {
    const outputs = existing();
    const context = contextOf(emulator, clock);
    emulator.setBusy(groupId, 1);
    const news = { ...checkedInputs, defaultTimeout: 900 };
    expect((await update(context, id, outputs, news)).defaultTimeout).toBe(900);
    emulator.setBusy(groupId, 1);
    await deleteHook(context, id, outputs);
    expect(methods()).toEqual(["PUT", "PUT", "DELETE", "DELETE"]);
    expect(context.said.filter((message) => message === "")).toHaveLength(2);
  });

  type Operation = (context: ReturnType<typeof contextOf>) => Promise<unknown>;
  test.each<[string, Operation]>([
    ["create", (context) => create(context, checkedInputs, false)],
    ["update", (context) => update(context, id, existing(), { ...checkedInputs, defaultTimeout: 900 })],
    ["delete", (context) => deleteHook(context, id, existing())],
  ])(
    "that stays busy ends the %s after its time-out, with what to do, and without a status",
    async (name, run) => {
      const context = contextOf(emulator, clock, { timeout: 60_000 });
      emulator.setBusy(groupId, true);
      const { message } = await rejection(run(context));
      expect(message).toContain("(AS.2033, request ");
      expect(message).toContain(
        `waited 60 s; to wait longer set the option customTimeouts: { ${name}: "1h" }`,
      );
      expect(clock.now()).toBe(60_000);
      expect(context.said.at(-1)).toBe("");
    },
  );

  test("is asked less and less often, and never after more than 15 s", async () => {
    emulator.setBusy(groupId, 12);
    await create(contextOf(emulator, clock), checkedInputs, false);
    expect(clock.waits).toEqual([2000, 3000, 4500, 6750, 10_125, ...Array(7).fill(15_000)]);
  });

  test("whose wait ends in another failure leaves no status behind either", async () => {
    const context = contextOf(emulator, clock);
    emulator.setBusy(groupId, 1);
    for (const name of ["a", "b", "c", "d", "e"]) emulator.putHook(groupId, { lifecycle_hook_name: name });
    const { message } = await rejection(create(context, checkedInputs, false));
    expect(message).toContain("AS.7038");
    expect(context.said.at(-1)).toBe("");
  });
});

describe("a topic that Auto Scaling does not know yet", () => {
  test("is waited for by a create", async () => {
    const context = contextOf(emulator, clock);
    refuseTopic(2);
    await create(context, checkedInputs, false);
    expect(methods()).toEqual(["POST", "POST", "POST"]);
    expect(context.said).toEqual([
      "waiting until Auto Scaling knows the notification topic (0 s so far, 30 s left)",
      "waiting until Auto Scaling knows the notification topic (2 s so far, 28 s left)",
      "",
    ]);
  });

  test("is explained after 30 s", async () => {
    refuseTopic();
    const { message } = await rejection(create(contextOf(emulator, clock), checkedInputs, false));
    expect(message).toContain("the notification topic does not exist (or is not known to Auto Scaling yet)");
    expect(message).toContain("waited 30 s; is the topic in the group's region and project?");
    expect(clock.now()).toBe(30_000);
    expect(emulator.hooks(groupId)).toEqual([]);
  });

  test("is waited for by an update that changes to it, and only then", async () => {
    const outputs = existing();
    refuseTopic(1);
    const other = { ...checkedInputs, notificationTopicUrn: `${topicUrn}-2` };
    const updated = await update(contextOf(emulator, clock), id, outputs, other);
    expect(updated.notificationTopicName).toBe("scaling-2");
    refuseTopic();
    const same = { ...checkedInputs, defaultTimeout: 900 };
    const { message } = await rejection(update(contextOf(emulator, clock), id, outputs, same));
    expect(message).toContain("AS.7043");
    expect(methods()).toEqual(["PUT", "PUT", "PUT"]);
  });
});

describe("a service that answers 503 to a create, and makes nothing", () => {
  const unavailable = (times = Number.POSITIVE_INFINITY) =>
    emulator.intercept(({ method }) =>
      method === "POST" && times-- > 0 ? { answer: { status: 503, body: "" } } : undefined,
    );

  test("is given time before each resend, after a look", async () => {
    unavailable(2);
    await create(contextOf(emulator, clock), checkedInputs, false);
    expect(methods()).toEqual(["POST", "GET", "POST", "GET", "POST"]);
    expect(clock.waits).toHaveLength(2);
  });

  test("ends the create after five resends, and the message says what was done", async () => {
    unavailable();
    const { message } = await rejection(create(contextOf(emulator, clock), checkedInputs, false));
    expect(message).toMatch(
      /HTTP 503.*sent 6 times within \d+ s, and after each time the group had no such hook/,
    );
    expect(message).not.toContain("was not sent again");
    expect(clock.waits).toHaveLength(5);
    expect(Math.max(...clock.waits)).toBeLessThanOrEqual(8000);
  });

  test("is not waited for past the operation's time-out", async () => {
    unavailable();
    await rejection(create(contextOf(emulator, clock, { timeout: 1 }), checkedInputs, false));
    expect(clock.now()).toBeLessThanOrEqual(1);
  });
});
