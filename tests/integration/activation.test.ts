import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ActivationInputs, ActivationOutputs } from "../../provider/core/activation/properties";
import { ActivationRun } from "../../provider/core/activation/run";
import { IncompleteError } from "../../provider/core/properties";
import { readSettings } from "../../provider/core/settings";
import { type Emulator, startEmulator } from "../../sdk/emulator";
import { SkippingClock } from "../support/clocks";
import { groupId, topicUrn } from "../support/hooks";
import { rejection } from "../support/sdk";

/** A scaling group is put in service and emptied; real requests, by a clock that skips the waits. */

/** Does something of the test's in each wait. */
class ScriptedClock extends SkippingClock {
  onWait: (count: number) => unknown = () => undefined;

  override async sleep(milliseconds: number): Promise<void> {
    await super.sleep(milliseconds);
    await this.onWait(this.waits.length);
  }
}

let emulator: Emulator;
let clock: ScriptedClock;
let run: ActivationRun;
let rows: { readonly message: string; readonly level?: string; readonly ephemeral?: boolean }[];
let isGone: boolean;
/** What a wait begins with each time. */
const look = ["GET group", "GET instances"];

const __urn = "dev::shop::::web";
const program = { scalingGroupId: groupId, desiredInstances: 2 };
const inputs: ActivationInputs = { ...program, enforceDesired: false, wait: true, __urn };

beforeEach(async () => {
  emulator = await startEmulator({ launchTime: 0, removalTime: 0 });
  await control("pause");
  clock = new ScriptedClock();
  rows = [];
  isGone = false;
  run = startRun();
});
afterEach(() => emulator.close());

/** A run of the engine: another one knows nothing of the first. */
function startRun(config: Readonly<Record<string, string>> = {}): ActivationRun {
  const all: Readonly<Record<string, string>> = { projectId: emulator.projectId, maxRetries: "0", ...config };
  const log = {
    log: async (_urn: string | undefined, message: string, options = {}) =>
      void rows.push({ message, ...options }),
    isGone: async () => isGone,
  };
  return new ActivationRun(
    readSettings((key) => all[key], { ...emulator.env }),
    log,
    clock,
  );
}

/** What others do to the group, over the emulator's own interface. */
async function control(path: string, body: object = {}, method = "POST"): Promise<void> {
  const url = `${emulator.url}/emulator/groups/${groupId}${path === "" ? "" : `/${path}`}`;
  const answer = await fetch(url, { method, body: JSON.stringify(body) });
  expect(answer.ok, await answer.text()).toBe(true);
}

function putHook(name: string, type: "LAUNCHING" | "TERMINATING"): void {
  emulator.putHook(groupId, {
    lifecycle_hook_name: name,
    lifecycle_hook_type: `INSTANCE_${type}`,
    notification_topic_urn: topicUrn,
  });
}

async function answerHooks(lifecycle_action_result = "CONTINUE"): Promise<void> {
  for (const { instance_id, lifecycle_hook_status } of emulator.hangingInstances(groupId))
    if (lifecycle_hook_status === "HANGING")
      await control("complete", { instance_id, lifecycle_action_result });
}

/** The requests so far, shortened, and forgotten. */
function sent(): string[] {
  const names: Readonly<Record<string, string>> = {
    scaling_group: "group",
    scaling_group_instance: "instances",
    scaling_instance_hook: "hanging",
    scaling_activity_log: "activities",
  };
  const found = emulator.requests
    .filter(({ path }) => path.startsWith("/autoscaling-api"))
    .map(({ method, path }) => `${method} ${names[path.split("/")[4] ?? ""]}`);
  emulator.clearRequests();
  return found;
}

const writes = () => sent().filter((one) => !one.startsWith("GET"));
const states = () => emulator.instances(groupId).map((one) => one.life_cycle_state);
const statuses = () => rows.filter(({ ephemeral }) => ephemeral === true).map(({ message }) => message);
const warnings = () => rows.filter(({ level }) => level === "warning").map(({ message }) => message);

/** What a failure leaves in the state. */
async function incomplete(operation: Promise<unknown>): Promise<IncompleteError<ActivationOutputs>> {
  const error = await rejection(operation);
  expect(error).toBeInstanceOf(IncompleteError);
  return error as IncompleteError<ActivationOutputs>;
}

/** The group's answers have other values from now on. */
function pretend(changes: () => object): void {
  emulator.intercept(({ method, path }) => {
    if (method !== "GET" || !path.endsWith(`/scaling_group/${groupId}`)) return undefined;
    const group = {
      scaling_group_id: groupId,
      scaling_group_name: "web",
      scaling_group_status: "INSERVICE",
      is_scaling: false,
      current_instance_number: 2,
      desire_instance_number: 2,
      min_instance_number: 0,
      max_instance_number: 100,
      ...changes(),
    };
    return { answer: { status: 200, body: { scaling_group: group } } };
  });
}

describe("a check", () => {
  test("tells every problem at once, and sends nothing", async () => {
    const numbers = { desiredInstances: 1.5, minInstances: -1, desiredInstance: 2 };
    const wrong = { scalingGroupId: "", ...numbers, wait: "yes" };
    const { problems } = await run.check({}, wrong);
    expect(problems).toEqual([
      expect.stringContaining('scalingGroupId "" is empty'),
      expect.stringContaining("desiredInstances 1.5 is not a whole number"),
      expect.stringContaining("minInstances -1 is negative"),
      expect.stringContaining('wait "yes" is a string, not a boolean'),
      expect.stringContaining(
        "desiredInstance is not a property of a scaling group's activation: did you mean",
      ),
    ]);
    expect(sent()).toEqual([]);
  });

  test("refuses numbers out of order, without the value of a secret", async () => {
    const news = { ...program, minInstances: 3, maxInstances: 1, __secrets: ["desiredInstances"] };
    const { problems } = await run.check({}, news);
    expect(problems).toEqual([
      expect.stringMatching(/^minInstances 3 is above desiredInstances: /),
      expect.stringMatching(/^desiredInstances is above maxInstances 1: /),
      expect.stringMatching(/^minInstances 3 is above maxInstances 1: /),
    ]);
  });

  test("refuses a second resource for a group, and knows the first one again", async () => {
    const problems = async (urn: string) => (await run.check({}, { ...program, __urn: urn })).problems;
    for (let time = 0; time < 2; time++) expect(await problems(__urn)).toEqual([]);
    expect(await problems("dev::shop::::other")).toEqual([
      expect.stringContaining('is activated by the resource "web" of this program, too'),
    ]);
  });
});

describe("a creation", () => {
  test("reads the group, sets the numbers, resumes it, and looks until two looks find its instances in service", async () => {
    const { region, projectId } = emulator;
    const bounded = { ...inputs, minInstances: 1, maxInstances: 3 };
    const outputs = await run.create(bounded);
    expect(sent()).toEqual(["GET group", "PUT group", "POST group", ...look, ...look]);
    expect(states()).toEqual(["INSERVICE", "INSERVICE"]);
    expect(outputs).toEqual({ ...bounded, status: "INSERVICE", currentInstances: 2, region, projectId });
    expect(clock.waits).toHaveLength(1);
    expect(statuses().at(-1)).toBe("");
  });

  test("looks no faster than every 5 s, and lists what hangs once a look, while something does", async () => {
    putHook("boot", "LAUNCHING");
    clock.onWait = (count) => (count === 3 ? answerHooks() : undefined);
    await run.create(inputs);
    const hanging = [...look, "GET hanging"];
    expect(sent().slice(3)).toEqual([...hanging, ...hanging, ...hanging, ...look, ...look]);
    expect(Math.min(...clock.waits)).toBeGreaterThanOrEqual(5000);
  });

  test("shows on its row what hangs, news at once, and only now and then that there are none, since a log keeps each line", async () => {
    putHook("boot", "LAUNCHING");
    clock.onWait = (count) => (count === 20 ? answerHooks() : undefined);
    await run.create(inputs);
    expect(statuses()[0]).toMatch(
      /^0 of 2 instances in service; \S+ hangs on hook boot for 60 min yet, \S+ hangs on hook boot for 60 min yet \(0 s so far, 60 min left\)$/,
    );
    expect(clock.waits.length).toBeGreaterThan(20);
    expect(statuses().length).toBeLessThanOrEqual(7);
  });

  test("of a group that is as it is to be sends no write: so a killed one is taken up again", async () => {
    await run.create(inputs);
    sent();
    await startRun().create(inputs);
    expect(writes()).toEqual([]);
  });

  test("that is not to wait leaves the instances to themselves", async () => {
    putHook("boot", "LAUNCHING");
    const outputs = await run.create({ ...inputs, wait: false });
    expect(sent()).toEqual(["GET group", "PUT group", "POST group"]);
    expect(outputs).toMatchObject({ status: "INSERVICE", desiredInstances: 2 });
  });

  test.each([
    [101, "above the group's maximum of 100: give maxInstances"],
    [0, "below the group's minimum of 1: give minInstances"],
  ])("of %i instances is refused by the group's own bounds, and changes nothing", async (number, message) => {
    await control("", { min: 1, desire: 1 }, "PUT");
    const creation = run.create({ ...inputs, desiredInstances: number });
    expect((await rejection(creation)).message).toContain(message);
    expect(sent()).toEqual(["GET group"]);
  });

  test("that the service refuses leaves nothing in the state", async () => {
    emulator.addFault({ method: "PUT", status: 400, code: "AS.2045" });
    const error = await rejection(run.create(inputs));
    expect(error).not.toBeInstanceOf(IncompleteError);
    expect(error.message).toContain("above the account's quota");
  });

  test("of a group that is gone says so, also when it goes meanwhile", async () => {
    clock.onWait = () => emulator.removeGroup(groupId);
    putHook("boot", "LAUNCHING");
    for (let time = 0; time < 2; time++)
      expect((await rejection(run.create(inputs))).message).toContain("the scaling group does not exist");
  });
});

describe("a hook that nobody answers", () => {
  test("ends the creation after an hour: the message names instance and hook, and how to complete it", async () => {
    putHook("boot", "LAUNCHING");
    const { message, outputs } = await incomplete(run.create({ ...inputs, desiredInstances: 1 }));
    const [hanging] = emulator.hangingInstances(groupId);
    const { instance_id: instance, timeout } = hanging ?? {};
    for (const part of [
      `activating scaling group ${groupId}: not done within 60 min: 0 of 1 instances`,
      `instance ${instance} hangs on hook "boot" until ${timeout}; complete it with huaweicloud-as complete ${groupId} ${instance} --continue, or with client.hangingInstances.complete`,
      "customTimeouts: { create: ",
    ])
      expect(message).toContain(part);
    expect(clock.now()).toBe(3_600_000);
    expect(outputs).toMatchObject({ desiredInstances: 1, region: emulator.region });
  });

  test("is gone on with by the next run, which sends no write", async () => {
    putHook("boot", "LAUNCHING");
    const { outputs } = await incomplete(run.create({ ...inputs, __timeouts: { create: "10s" } }));
    sent();
    const next = startRun();
    // A refresh between the two does not hide that something is left to do.
    const found = await next.read(groupId, outputs);
    expect((await next.diff(found?.outputs ?? outputs, inputs)).changes).toBe(true);
    clock.onWait = () => answerHooks();
    const updated = await next.update(groupId, outputs, inputs);
    expect(updated).toMatchObject({ status: "INSERVICE", currentInstances: 2 });
    expect(writes()).toEqual([]);
  });
});

describe("instances that never come into service", () => {
  test("because their hook abandons each are told with the activity that failed last", async () => {
    putHook("boot", "LAUNCHING");
    clock.onWait = () => answerHooks("ABANDON");
    const { message } = await incomplete(run.create({ ...inputs, __timeouts: { create: "1m" } }));
    expect(message).toMatch(
      /not done within 60 s: 0 of 2 instances in service.*the newest failed activity is that of \S+: instance \S+: ABANDON: abandoned by a hook/,
    );
  });

  test("because the group has come to ERROR end the wait by two looks, with the group's detail", async () => {
    pretend(() =>
      clock.waits.length === 0
        ? { scaling_group_status: "PAUSED" }
        : { scaling_group_status: "ERROR", detail: "The ECS flavor is sold out." },
    );
    const { message } = await incomplete(run.create(inputs));
    expect(message).toContain("the group's status is ERROR (The ECS flavor is sold out.)");
    expect(clock.waits).toHaveLength(2);
  });

  test("because the group was paused meanwhile are not waited for", async () => {
    putHook("boot", "LAUNCHING");
    clock.onWait = () => control("pause");
    const { message } = await incomplete(run.create(inputs));
    expect(message).toContain("the group was paused meanwhile; the next run resumes it");
  });
});

test.each(["DELETING", "FREEZED"])("a group whose status is %s is left alone, and said", async (status) => {
  pretend(() => ({ scaling_group_status: status }));
  expect((await rejection(run.create(inputs))).message).toContain(`its status is ${status}`);
  const deletion = run.delete(groupId, known());
  if (status === "FREEZED") expect((await rejection(deletion)).message).toContain("in arrears");
  else await deletion;
  expect(sent()).toEqual(["GET group", "GET group"]);
});

describe("a wait", () => {
  test("takes instances on standby for ready, whether or not the group counts them", async () => {
    await run.create(inputs);
    pretend(() => ({ current_instance_number: 1 }));
    expect(await startRun().create(inputs)).toMatchObject({ status: "INSERVICE" });
  });

  test("outlasts faults of the service that pass", async () => {
    emulator.addFault({ path: "scaling_group_instance", status: 503, count: 1 });
    expect(await run.create(inputs)).toMatchObject({ currentInstances: 2 });
  });

  test("ends, and sends nothing more, when the engine is gone", async () => {
    putHook("boot", "LAUNCHING");
    clock.onWait = () => {
      isGone = true;
      sent();
    };
    const { message } = await incomplete(run.create(inputs));
    expect(message).toContain("the engine that asked for it is gone");
    expect(sent()).toEqual([]);
  });

  test("may confirm after its time what it has found in time", async () => {
    emulator.intercept(async ({ path }) => {
      if (path.includes("scaling_group_instance")) await clock.sleep(1_000);
      return undefined;
    });
    const brief = { ...inputs, __timeouts: { create: "1s" } };
    expect(await run.create(brief)).toMatchObject({ currentInstances: 2 });
  });

  test("follows a number that a policy sets meanwhile", async () => {
    putHook("boot", "LAUNCHING");
    clock.onWait = async (count) => {
      if (count === 1) emulator.scale(groupId, 3);
      await answerHooks();
    };
    expect(await run.create(inputs)).toMatchObject({ desiredInstances: 2, currentInstances: 3 });
  });
});

describe.each(["resume", "pause"])("a %s that the service refuses", (action) => {
  const fault = { method: "POST", path: "/autoscaling-api", status: 400, code: "AS.2033" };
  const act = async () => {
    if (action === "resume") return run.create({ ...inputs, desiredInstances: 0, wait: false });
    await control("resume");
    return run.delete(groupId, known());
  };

  test("is repeated until the group takes it", async () => {
    emulator.addFault({ ...fault, count: 2 });
    await act();
    expect(writes()).toEqual(["POST group", "POST group", "POST group"]);
  });

  test("because it is so already has worked", async () => {
    emulator.intercept(async ({ method, path }) => {
      if (method === "POST" && path.startsWith(fault.path)) await control(action);
      return undefined;
    });
    emulator.addFault({ ...fault, count: 1 });
    await act();
    expect(writes()).toEqual(["POST group"]);
  });
});

test("numbers whose answer is lost are not taken for refused when the request is repeated", async () => {
  run = startRun({ maxRetries: "1" });
  emulator.addFault({ method: "PUT", drop: "after", count: 1 });
  await run.create({ ...inputs, wait: false });
  expect(writes()).toEqual(["PUT group", "PUT group", "POST group"]);
});

/** What the state has of a group in service. */
function known(more: Partial<ActivationOutputs> = {}): ActivationOutputs {
  const { region, projectId } = emulator;
  return { ...inputs, status: "INSERVICE", currentInstances: 2, region, projectId, ...more };
}

describe("of a group in service", () => {
  let outputs: ActivationOutputs;
  beforeEach(async () => {
    outputs = await run.create(inputs);
    sent();
  });

  test("what a policy did is no drift, and stays when something else changes", async () => {
    emulator.scale(groupId, 4);
    const found = await run.read(groupId, outputs);
    expect(found?.inputs).toEqual(inputs);
    expect(found?.outputs.currentInstances).toBe(4);
    expect(await run.diff(found?.outputs ?? outputs, inputs)).toEqual({ changes: false, replaces: [] });
    await run.update(groupId, outputs, { ...inputs, maxInstances: 9 });
    const put = emulator.requests.find(({ method }) => method === "PUT");
    expect(JSON.parse(put?.body ?? "")).toEqual({ max_instance_number: 9 });
    expect(states()).toHaveLength(4);
  });

  test("the number of a policy that new bounds exclude goes as far as they want it", async () => {
    emulator.scale(groupId, 4);
    await run.update(groupId, outputs, { ...inputs, maxInstances: 3 });
    expect(states()).toHaveLength(3);
  });

  test("with enforceDesired another number is drift, and corrected", async () => {
    const news = { ...inputs, enforceDesired: true };
    const enforced = await run.update(groupId, outputs, news);
    emulator.scale(groupId, 4);
    const found = await run.read(groupId, enforced);
    expect(found?.inputs.desiredInstances).toBe(4);
    expect((await run.diff(found?.outputs ?? outputs, news)).changes).toBe(true);
    await run.update(groupId, found?.outputs ?? outputs, news);
    expect(states()).toHaveLength(2);
  });

  test("a read is one request, and tells drifted bounds where the program sets them", async () => {
    const bounded = await run.update(groupId, outputs, { ...inputs, minInstances: 1, maxInstances: 3 });
    await control("", { min: 0, max: 7 }, "PUT");
    sent();
    const found = await run.read(groupId, bounded);
    expect(found?.inputs).toMatchObject({ minInstances: 0, maxInstances: 7 });
    expect((await run.read(groupId, outputs))?.inputs).not.toHaveProperty("minInstances");
    expect(sent()).toEqual(["GET group", "GET group"]);
  });

  test("a pause by somebody is drift, which an update ends", async () => {
    await control("pause");
    const found = await run.read(groupId, outputs);
    expect(found?.inputs).toMatchObject({ status: "PAUSED" });
    expect((await run.diff(found?.outputs ?? outputs, inputs)).changes).toBe(true);
    sent();
    const updated = await run.update(groupId, found?.outputs ?? outputs, inputs);
    expect(updated).toMatchObject({ status: "INSERVICE" });
    expect(writes()).toEqual(["POST group"]);
  });

  test("new numbers are set in place, by one PUT", async () => {
    const updated = await run.update(groupId, outputs, { ...inputs, desiredInstances: 3, minInstances: 3 });
    expect(updated).toMatchObject({ desiredInstances: 3, minInstances: 3, currentInstances: 3 });
    expect(writes()).toEqual(["PUT group"]);
  });

  test("other time-outs and options are no request", async () => {
    const news = { ...inputs, wait: false, __timeouts: { delete: "2h" } };
    expect((await run.diff(outputs, news)).changes).toBe(true);
    expect(await run.update(groupId, outputs, news)).toMatchObject(news);
    expect(sent()).toEqual([]);
  });

  test("another group's id replaces it", async () => {
    const difference = await run.diff(outputs, { ...inputs, scalingGroupId: "other" });
    expect(difference).toEqual({ changes: true, replaces: ["scalingGroupId"] });
  });

  test("another configured region is refused: a group does not move", async () => {
    const moved = startRun({ region: "cn-south-1" });
    const { message } = await rejection(moved.diff(outputs, inputs));
    expect(message).toContain("an activation does not move with the configuration");
  });

  test("one that is gone reads as deleted, and its deletion is a success", async () => {
    emulator.removeGroup(groupId);
    expect(await run.read(groupId, outputs)).toBeUndefined();
    await run.delete(groupId, outputs);
    expect((await rejection(run.read(groupId, {}))).message).toContain("the scaling group does not exist");
  });

  test("a look-up tells all of it", async () => {
    const found = await run.read(groupId, {});
    expect(found?.outputs).toMatchObject({ desiredInstances: 2, minInstances: 0, maxInstances: 100 });
  });
});

describe("a deletion", () => {
  beforeEach(async () => {
    await run.create(inputs);
    sent();
  });

  test("lets every instance meet its hooks while the group is in service, and then pauses it", async () => {
    putHook("drain", "TERMINATING");
    clock.onWait = (count) => (count === 3 ? answerHooks() : undefined);
    await startRun().delete(groupId, known());
    const hanging = [...look, "GET hanging"];
    const begin = ["GET group", "PUT group"];
    expect(sent()).toEqual([...begin, ...hanging, ...hanging, ...look, ...look, "POST group"]);
    expect(emulator.messages).toHaveLength(2);
    expect(states()).toEqual([]);
    expect(statuses()).toContainEqual(
      expect.stringMatching(/^2 instances left; \S+ hangs on hook drain for 60 min yet/),
    );
  });

  test("that is repeated after it was done sends no write", async () => {
    await startRun().delete(groupId, known());
    sent();
    await startRun().delete(groupId, known());
    expect(sent()).toEqual(["GET group", "GET instances"]);
  });

  test("of a paused group resumes it once its number is zero, and warns", async () => {
    await control("pause");
    await startRun().delete(groupId, known());
    expect(writes()).toEqual(["PUT group", "POST group", "POST group"]);
    expect(warnings()).toEqual([expect.stringContaining("is PAUSED and has 2 instances: it is resumed")]);
    expect(states()).toEqual([]);
  });

  test("sets the number to zero again, and warns, when a policy has raised it meanwhile", async () => {
    clock.onWait = (count) => (count === 2 ? emulator.scale(groupId, 1) : undefined);
    await startRun().delete(groupId, known());
    expect(writes()).toEqual(["PUT group", "PUT group", "POST group"]);
    expect(warnings()).toEqual([expect.stringContaining("was given a desired number of 1 meanwhile")]);
    expect(states()).toEqual([]);
  });

  test("that outlasts its time-out says what hangs, and how to wait longer", async () => {
    putHook("drain", "TERMINATING");
    const { message } = await rejection(startRun().delete(groupId, known({ __timeouts: { delete: "1m" } })));
    expect(message).toMatch(
      /emptying .*: not done within 60 s: 2 instances left: instance \S+ hangs on hook "drain"/,
    );
    expect(message).toContain("customTimeouts: { delete: ");
  });

  test("for a replacement in the same group, or a resource that was renamed, is left out and said", async () => {
    const next = startRun();
    await next.check({}, { ...program, __urn: "dev::shop::::renamed" });
    await next.delete(groupId, known());
    expect(sent()).toEqual([]);
    expect(warnings()).toEqual([expect.stringContaining('that of the resource "renamed" of this program')]);
  });
});

describe("an import", () => {
  const imported = { ...program, minInstances: 0, __urn, __import: groupId };

  test("takes a group over as it is, without a write", async () => {
    await run.create(inputs);
    sent();
    const { inputs: checked, problems } = await startRun().check({}, imported);
    expect(problems).toEqual([]);
    const outputs = await run.create(checked as unknown as ActivationInputs);
    expect(outputs).toMatchObject({ desiredInstances: 2, status: "INSERVICE", currentInstances: 2 });
    expect(sent()).toEqual(["GET group", "GET group"]);
  });

  test("of a group that is something else is refused at preview, property by property", async () => {
    const news = { ...imported, maxInstances: 5, minInstances: 1, __secrets: ["maxInstances"] };
    const { problems } = await run.check({}, news);
    expect(problems).toEqual([
      expect.stringMatching(
        /^import: .*: status is PAUSED, the program has INSERVICE; minInstances is 0, the program has 1; maxInstances differs \(not shown\); /,
      ),
    ]);
    expect(writes()).toEqual([]);
  });

  test("takes the live value of a property that is ignored", async () => {
    await run.create(inputs);
    const news = { ...imported, maxInstances: 5, __ignoreChanges: ["maxInstances"] };
    const { inputs: checked, problems } = await startRun().check({}, news);
    expect(problems).toEqual([]);
    expect(checked).toMatchObject({ maxInstances: 100 });
  });

  test("of another group than the program's is refused; left in the program later it means nothing", async () => {
    const { problems } = await run.check({}, { ...imported, __import: "other" });
    expect(problems[0]).toContain('import: "other" is not the program\'s scalingGroupId');
    const later = await startRun().check(inputs as never, { ...imported, __import: "other" });
    expect(later.problems).toEqual([]);
    expect(later.inputs).not.toHaveProperty("__import");
  });
});
