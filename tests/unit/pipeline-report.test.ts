import type { EngineEvent } from "@pulumi/pulumi/automation";
import { describe, expect, test } from "vitest";
import { approvalOf, requireApproval } from "../../examples/deploy-pipeline/approval.mts";
import { type Change, changesIn, driftIn } from "../../examples/deploy-pipeline/engine/changes.mts";
import { failureText, lockText } from "../../examples/deploy-pipeline/engine/failure-text.mts";
import { pendingIn } from "../../examples/deploy-pipeline/engine/pending.mts";
import { markdownOf } from "../../examples/deploy-pipeline/report/markdown.mts";
import { progress } from "../../examples/deploy-pipeline/report/progress.mts";
import type { Summary } from "../../examples/deploy-pipeline/report/summary.mts";

const urnOf = (name: string) => `urn:pulumi:shop::lifecycle-hooks::huaweicloud/as:LifecycleHook::${name}`;

/** An event of the engine as far as the pipeline looks at it. */
function event(
  kind: "resourcePreEvent" | "resOutputsEvent",
  op: string,
  name: string,
  states = {},
): EngineEvent {
  const metadata = { op, urn: urnOf(name), type: "huaweicloud/as:LifecycleHook", ...states };
  return { sequence: 1, timestamp: 1, [kind]: { metadata } } as unknown as EngineEvent;
}
const state = (part: string, properties: object) => ({ inputs: {}, outputs: {}, [part]: properties });
const change = (kind: Change["kind"], resource: string): Change => ({
  urn: urnOf(resource),
  resource,
  kind,
  properties: [],
});

describe("changes", () => {
  test("are those of the program's resources, each once and in the order of their names", () => {
    const provider = event("resOutputsEvent", "update", "default");
    Object.assign(provider.resOutputsEvent?.metadata ?? {}, { type: "pulumi:providers:pulumi-nodejs" });
    const states = {
      old: state("inputs", { __urn: "1", lifecycleHookName: "old", defaultTimeout: 600 }),
      new: state("inputs", { __urn: "2", lifecycleHookName: "new", notificationMetadata: "x" }),
    };
    const events = [
      provider,
      event("resOutputsEvent", "same", "a"),
      event("resOutputsEvent", "delete-replaced", "drain"),
      event("resOutputsEvent", "replace", "drain", states),
      event("resOutputsEvent", "create-replacement", "drain"),
      event("resourcePreEvent", "create", "boot"),
      event("resOutputsEvent", "create", "boot"),
    ];
    expect(changesIn(events)).toEqual([
      change("create", "boot"),
      {
        ...change("replace", "drain"),
        properties: [
          { name: "defaultTimeout", before: "600", after: undefined },
          { name: "lifecycleHookName", before: '"old"', after: '"new"' },
          { name: "notificationMetadata", before: undefined, after: '"x"' },
        ],
      },
    ]);
  });

  test("of a refresh are what differs in the outputs, and what is gone", () => {
    const states = {
      old: state("outputs", { defaultTimeout: 600 }),
      new: state("outputs", { defaultTimeout: 900 }),
    };
    const events = [
      event("resOutputsEvent", "update", "drain", states),
      event("resOutputsEvent", "delete", "boot"),
    ];
    expect(driftIn(events)).toEqual([
      change("gone", "boot"),
      { ...change("drift", "drain"), properties: [{ name: "defaultTimeout", before: "600", after: "900" }] },
    ]);
  });
});

describe("an approval", () => {
  const dangerous = [change("delete", "drain"), change("replace", "boot")];

  test("is needed for replacements and deletions alone", () => {
    expect(approvalOf("shop", [change("create", "a"), change("update", "b")])).toBeUndefined();
    expect(() => requireApproval("shop", [change("update", "b")], undefined)).not.toThrow();
    expect(() => requireApproval("shop", dangerous, undefined)).toThrow(/- delete drain\n± replace boot\n/);
  });

  test("is for exactly these, in this environment, whatever is created besides", () => {
    const code = approvalOf("shop", dangerous);
    expect(() => requireApproval("shop", [change("create", "a"), ...dangerous], code)).not.toThrow();
    const others = [
      approvalOf("other", dangerous),
      approvalOf("shop", dangerous.slice(1)),
      approvalOf("shop", [...dangerous, change("delete", "boot2")]),
      approvalOf("shop", [change("replace", "drain"), change("replace", "boot")]),
    ];
    expect(new Set([code, ...others]).size).toBe(5);
    expect(() => requireApproval("shop", dangerous, others[0])).toThrow(/is for something else/);
  });
});

describe("the summary in Markdown", () => {
  const summary: Summary = {
    of: "preview",
    environment: "shop",
    changes: [],
    unchanged: 2,
    problems: [],
    warnings: [],
    notChecked: [],
    hasPlan: true,
  };

  test("lets no text of the program act as Markdown or HTML, or end a cell", () => {
    const evil = '"a|b` <img src=x> &\n| x | [l](u)"';
    const properties = [{ name: "notificationMetadata", before: undefined, after: evil }];
    const text = markdownOf({
      ...summary,
      changes: [{ ...change("update", "drain"), properties }],
      warnings: ["a\n# title <b>"],
    });
    expect(text).toContain(
      '| ~ update | <code>drain</code> | <code>notificationMetadata</code> |  | <code>"a&#124;b&#96; &#60;img src=x&#62; &#38; ⏎ &#124; x &#124; [l](u)"</code> |',
    );
    expect(text).toContain("- <code>a ⏎ # title &#60;b&#62;</code>\n");
  });

  test("says what it is of, what failed and what can't be done with it", () => {
    expect(markdownOf({ ...summary, commit: "0123456789abcdef" })).toBe(
      "### Plan of lifecycle hooks: shop at <code>0123456789ab</code>\n\n**no change, 2 unchanged**\n",
    );
    const reading = markdownOf({ ...summary, hasPlan: false, notChecked: ["The state."] });
    expect(reading).toContain("**Not checked**\n\n- The state.\n");
    expect(reading).toContain("it can't be applied");
    expect(markdownOf({ ...summary, hasPlan: false, problems: ["bad"] })).toMatch(
      /\*\*failed\*\*.*<code>bad<\/code>/s,
    );
    const approval = markdownOf({ ...summary, approval: "c0de" });
    expect(approval).toContain("`--approve c0de`");
    expect(markdownOf({ ...summary, of: "drift", hasPlan: false })).toContain(
      "### Drift of lifecycle hooks: shop",
    );
  });
});

test("progress tells what begins, ends and is waited for, and nothing of Pulumi's own resources", () => {
  const lines: string[] = [];
  const see = progress((line) => lines.push(line));
  const waiting = { urn: urnOf("drain"), message: "waiting until\n", ephemeral: true };
  for (const one of [
    event("resourcePreEvent", "same", "a"),
    event("resourcePreEvent", "create-replacement", "drain"),
    { sequence: 1, timestamp: 1, diagnosticEvent: waiting } as unknown as EngineEvent,
    event("resOutputsEvent", "create-replacement", "drain"),
  ]) {
    see(one);
  }
  expect(lines).toEqual([
    "  creating drain",
    "  drain: waiting until",
    expect.stringMatching(/^✓ created drain \(\d+\.\d s\)$/),
  ]);
});

test("a creation that a killed run has left is lost unless the state has it since", () => {
  const pending = (type: string, name: string) => ({ type, resource: { urn: urnOf(name), id: "1" } });
  expect(
    pendingIn({
      manifest: {},
      resources: [{ urn: urnOf("boot"), type: "t" }],
      pending_operations: [
        pending("creating", "boot"),
        pending("creating", "drain"),
        pending("deleting", "x"),
      ],
    }),
  ).toEqual({ ended: ["boot", "x"], lost: ["drain"] });
  expect(pendingIn({ manifest: {} })).toEqual({ ended: [], lost: [] });
});

test("the engine's message is told once, its errors alone", () => {
  const printed = "Updating (shop):\n + hook creating\nerror: it failed\n";
  const message = `code: -2\n stdout: \n stderr: Command failed: pulumi up\n${printed}\n err?: Error: Command failed: pulumi up\n${printed}\n`;
  expect(failureText(message)).toBe("error: it failed");
  expect(failureText("code: 1\n stdout: \n stderr: crashed\nat a\n")).toBe("crashed\nat a");
  const lock =
    "error: the stack is currently locked by 1 lock(s).\n  s3://b/l.json: created by me@host (pid 1) at 2026";
  expect(lockText(`code: -2\n stdout: \n stderr: ${lock}\n err?: ${lock}`)).toBe(
    "  s3://b/l.json: created by me@host (pid 1) at 2026",
  );
});
