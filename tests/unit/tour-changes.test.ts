import type { EngineEvent } from "@pulumi/pulumi/automation";
import { expect, test } from "vitest";
import { changesIn, exportedHooksIn, problemsIn } from "../../tools/tour/changes.mts";

type Properties = Record<string, unknown>;
interface Step {
  readonly name: string;
  readonly op: string;
  readonly type?: string;
  /** Inputs before and after. */
  readonly inputs?: readonly [Properties, Properties];
  /** Outputs before and after. */
  readonly outputs?: readonly [Properties, Properties];
}

const hookType = "pulumi-nodejs:dynamic/huaweicloud/as:LifecycleHook";
const urn = (name: string) => `urn:pulumi:tour::quickstart::${hookType}::${name}`;

/** An event as the engine sends it when it has done something. */
function done({ name, op, type = hookType, inputs = [{}, {}], outputs = [{}, {}] }: Step): EngineEvent {
  const metadata = {
    op,
    urn: urn(name),
    type,
    old: { inputs: inputs[0], outputs: outputs[0] },
    new: { inputs: inputs[1], outputs: outputs[1] },
  };
  return { sequence: 1, timestamp: 1, resOutputsEvent: { metadata } } as unknown as EngineEvent;
}

function diagnostic(event: Partial<EngineEvent["diagnosticEvent"]>): EngineEvent {
  return { sequence: 1, timestamp: 1, diagnosticEvent: event } as EngineEvent;
}

test("changes are told by resource, in the order of their names, without Pulumi's own resources", () => {
  const events = [
    done({ name: "tour", op: "create", type: "pulumi:pulumi:Stack" }),
    done({ name: "default", op: "create", type: "pulumi:providers:pulumi-nodejs" }),
    done({ name: "drain", op: "create" }),
    done({ name: "boot", op: "same" }),
  ];
  expect(changesIn(events, "up")).toEqual([
    { resource: "boot", kind: "unchanged", properties: [] },
    { resource: "drain", kind: "create", properties: [] },
  ]);
});

test("an update tells the inputs that differ, but for those of the provider alone", () => {
  const inputs = [
    { defaultTimeout: 3600, notificationMetadata: "x", scalingGroupId: "g", __urn: "a" },
    { defaultTimeout: 900, scalingGroupId: "g", __urn: "b" },
  ] as const;
  expect(changesIn([done({ name: "drain", op: "update", inputs })], "up")).toEqual([
    {
      resource: "drain",
      kind: "update",
      properties: [
        { name: "defaultTimeout", before: 3600, after: 900 },
        { name: "notificationMetadata", before: "x", after: undefined },
      ],
    },
  ]);
});

test("what a refresh finds is a drift of outputs", () => {
  const outputs = [{ defaultTimeout: 3600 }, { defaultTimeout: 900 }] as const;
  expect(changesIn([done({ name: "drain", op: "update", outputs })], "refresh")).toEqual([
    {
      resource: "drain",
      kind: "drift",
      properties: [{ name: "defaultTimeout", before: 3600, after: 900 }],
    },
  ]);
});

test("a replacement is one change, not three", () => {
  const events = ["delete-replaced", "replace", "create-replacement"].map((op) =>
    done({ name: "drain", op }),
  );
  expect(changesIn(events, "up").map(({ kind }) => kind)).toEqual(["replace"]);
});

test("problems are the errors, without what Pulumi puts before the provider's own message", () => {
  const events = [
    diagnostic({
      severity: "error",
      urn: urn("drain"),
      message: `${hookType} resource 'drain' has a problem: defaultTimeout 60 is too short\n`,
    }),
    diagnostic({ severity: "error", message: "the program failed\n" }),
    diagnostic({ severity: "warning", message: "careful" }),
  ];
  expect(problemsIn(events)).toEqual([
    { resource: "drain", message: "defaultTimeout 60 is too short" },
    { message: "the program failed" },
  ]);
});

test("the exported hooks are those of the stack's last event; none when it exports none", () => {
  const stack = (hooks: Properties) =>
    done({ name: "tour", op: "create", type: "pulumi:pulumi:Stack", outputs: [{}, hooks] });
  const boot = { boot: { lifecycleHookName: "boot" } };
  expect(exportedHooksIn([stack({}), stack({ hooks: boot })])).toEqual(boot);
  expect(exportedHooksIn([stack({})])).toEqual({});
  expect(exportedHooksIn([])).toEqual({});
});
