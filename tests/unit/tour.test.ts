import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { RequestLogEntry, WireLifecycleHook } from "pulumi-huaweicloud-as/emulator";
import { expect, test } from "vitest";
import { account, closing, type Result } from "../../tools/tour/report.mts";
import { changesIn, faults, type Seen } from "../../tools/tour/seen.mts";
import type { Step } from "../../tools/tour/steps.mts";

type Properties = Record<string, unknown>;
const hookType = "pulumi-nodejs:dynamic/huaweicloud/as:LifecycleHook";

const eventOf = (event: object) => ({ sequence: 1, timestamp: 1, ...event }) as unknown as EngineEvent;

/** An event as the engine sends it when it has done something. */
function done(name: string, op: string, inputs?: [Properties, Properties], type = hookType): EngineEvent {
  const [before, after] = (inputs ?? []).map((properties) => ({ inputs: properties, outputs: properties }));
  const urn = `urn:pulumi:tour::quickstart::${type}::${name}`;
  return eventOf({ resOutputsEvent: { metadata: { op, urn, type, old: before, new: after } } });
}

const diagnostic = (severity: string, message: string, urn?: string) =>
  eventOf({ diagnosticEvent: { severity, message, urn } });

test("an update tells each input that differs, but for those of the provider alone", () => {
  const inputs: [Properties, Properties] = [
    { defaultTimeout: 3600, notificationMetadata: "x", scalingGroupId: "g", __urn: "a" },
    { defaultTimeout: 900, scalingGroupId: "g", __urn: "b" },
  ];
  expect(changesIn([done("drain", "update", inputs), done("boot", "same")], "up")).toMatchObject([
    { resource: "drain", kind: "update", detail: "defaultTimeout 3600 → 900" },
    { resource: "drain", kind: "update", detail: 'notificationMetadata "x" → (none)' },
  ]);
});

test("an update that a refresh tells is a drift, and a replacement is one change", () => {
  const update = done("drain", "update", [{ defaultTimeout: 1 }, { defaultTimeout: 2 }]);
  const drift = changesIn([update], "refresh");
  expect(drift).toEqual([{ resource: "drain", kind: "drift", detail: "defaultTimeout 1 → 2" }]);
  const replacement = ["delete-replaced", "replace", "create-replacement"].map((op) => done("drain", op));
  expect(changesIn(replacement, "up").map(({ kind }) => kind)).toEqual(["replace"]);
});

test("Pulumi's own resources are no changes, and of its diagnostics only the errors are told", () => {
  const problem = `${hookType} resource 'drain' has a problem: defaultTimeout 60 is too short\n`;
  const events = [
    done("tour", "create", undefined, "pulumi:pulumi:Stack"),
    diagnostic("warning", "careful"),
    diagnostic("error", problem, "a::b::c::drain"),
    diagnostic("error", "the program failed\n"),
  ];
  expect(changesIn(events, "up")).toEqual([
    { resource: "drain", kind: "error", detail: "defaultTimeout 60 is too short" },
    { resource: "", kind: "error", detail: "the program failed" },
  ]);
});

const step: Step = {
  name: "Update",
  story: "A setting changes.",
  operation: "up",
  verdict: "one PUT changes it",
  changes: ["drain update defaultTimeout 900 → 1800"],
  requests: ["PUT hook"],
  hooks: ['drain-… INSTANCE_TERMINATING ABANDON 1800 "stop"'],
};
const put = { method: "PUT", path: "/x/scaling_lifecycle_hook/g/drain", query: "", body: "", status: 200 };
const failed = { ...put, status: 400, code: "AS.2033" } as RequestLogEntry;
const hook = {
  lifecycle_hook_name: "drain-0123abc",
  lifecycle_hook_type: "INSTANCE_TERMINATING",
  default_result: "ABANDON",
  default_timeout: 1800,
  notification_metadata: "stop",
} as WireLifecycleHook;
const seen: Seen = {
  changes: [{ resource: "drain", kind: "update", detail: "defaultTimeout 900 → 1800" }],
  requests: [put as RequestLogEntry],
  hooks: [hook],
};
const error = { resource: "", kind: "error", detail: "update failed" } as const;

test("a step that came to what it should has no faults", () => {
  expect(faults(step, seen)).toEqual([]);
});

test.each<[string, Partial<Seen>, RegExp]>([
  ["a change too few", { changes: [] }, /Pulumi's changes are: none/],
  ["an error", { changes: [...seen.changes, error] }, /error update/],
  ["a request too many", { requests: [...seen.requests, ...seen.requests] }, /PUT hook; PUT hook/],
  ["a request that failed", { requests: [failed] }, /400 AS.2033/],
  ["a hook with another time-out", { hooks: [{ ...hook, default_timeout: 900 }] }, /ABANDON 900/],
  ["a hook too few", { hooks: [] }, /the API's hooks are: none/],
])("%s is a fault of a step", (_, different, fault) => {
  expect(faults(step, { ...seen, ...different }).join("\n")).toMatch(fault);
});

const good: Result = { step, seen, faults: [], seconds: 1.26 };

test("the account of a step shows what Pulumi did, what the API saw, and the verdict", () => {
  expect(account(good)).toBe(`\
   Pulumi     ~  drain  update  defaultTimeout 900 → 1800
   API        PUT  /x/scaling_lifecycle_hook/g/drain  200
   ✓ one PUT changes it (1.3 s)`);
  expect(account({ ...good, faults: ["one", "another"] })).toContain(`
   ✗ should have been: one PUT changes it
     one
     another`);
});

test("the account of scaling tells what happened to the instance, in its order", () => {
  const told = ["group: the instance hangs on boot", "handler: attempt 1 begins"];
  const changes = told.map((detail) => ({ resource: "instance", kind: "event", detail }) as const);
  const scaled = { ...good, step: { ...step, operation: "scale" } as const, seen: { ...seen, changes } };
  expect(account(scaled)).toContain(`\
   Cloud      ·  group:    the instance hangs on boot
              ·  handler:  attempt 1 begins
   API `);
  expect(closing([scaled.step], [scaled])).toContain("1 scaled out and in");
});

test("the closing table has each step, also those that were not taken", () => {
  expect(closing([step], [good])).toContain(`
    step    changes    requests  seconds  verdict
1.  Update  1 updated  1 PUT         1.3  ✓

✓ All 1 steps were as they should be, in 1 s.`);
  expect(closing([step, step], [{ ...good, faults: ["one"] }])).toContain(`
1.  Update  1 updated  1 PUT         1.3  ✗
2.  Update  not taken                     –

✗ 0 of 2 steps were as they should be.`);
});
