import type { RequestLogEntry } from "pulumi-huaweicloud-as/emulator";
import { expect, test } from "vitest";
import { account, closing, heading, type Paint, type Result } from "../../tools/tour/report.mts";
import type { Step } from "../../tools/tour/step.mts";

const plain: Paint = (_, text) => text;

const step: Step = {
  name: "Update",
  story: "Something is changed.",
  elsewhere: { lifecycle_hook_name: "drain", default_timeout: 900 },
  config: { drainTimeout: 1800, drainMetadata: "stop" },
  operation: "up",
  expected: { inWords: "one PUT changes it", changes: {}, requests: ["PUT hook"], hooks: [] },
};
const put = { method: "PUT", path: "/x/drain", query: "", body: "", status: 200 } as RequestLogEntry;
const result: Result = {
  step,
  seen: {
    changes: [
      { resource: "boot", kind: "unchanged", properties: [] },
      {
        resource: "drain",
        kind: "update",
        properties: [
          { name: "defaultTimeout", before: 900, after: 1800 },
          { name: "notificationMetadata", before: undefined, after: "stop" },
        ],
      },
    ],
    problems: [],
    requests: [put],
    hooks: [],
  },
  differences: [],
  seconds: 1.26,
};

test("a heading tells what is about to happen", () => {
  expect(heading(step, 6, plain)).toBe(`
6. Update
   Something is changed.

   Elsewhere  drain: default_timeout = 900
   Config     drainTimeout = 1800, drainMetadata = "stop"
   Command    pulumi up`);
});

test("an account tells what Pulumi did, the requests, and that it should be so", () => {
  expect(account(result, plain)).toBe(`\
   Pulumi     = boot   unchanged
              ~ drain  update     defaultTimeout        900 → 1800
                                  notificationMetadata  (none) → "stop"
   API        PUT  /x/drain  200
   ✓ one PUT changes it (1.3 s)`);
});

test("an account of what went wrong tells what should have been, and what was different", () => {
  const wrong: Result = {
    ...result,
    seen: {
      ...result.seen,
      problems: [{ resource: "drain", message: "the group is busy" }, { message: "update failed" }],
      requests: [{ ...put, status: 400, code: "AS.2033" }],
    },
    differences: ["one thing", "another"],
  };
  expect(account(wrong, plain)).toBe(`\
   Pulumi     ~ drain  update  defaultTimeout        900 → 1800
                               notificationMetadata  (none) → "stop"
              ✗ drain  the group is busy
              ✗        update failed
   API        PUT  /x/drain  400  AS.2033
   ✗ should have been: one PUT changes it (1.3 s)
     one thing
     another`);
});

test("nothing done and nothing asked is told as well", () => {
  const seen = { changes: [], problems: [], requests: [], hooks: [] };
  expect(account({ ...result, seen }, plain)).toContain(`\
   Pulumi     nothing to report
   API        no request
`);
});

test("the closing table has all steps, and says what to do next", () => {
  const text = closing([step, step], [result, result], plain);
  expect(text).toContain(`
    step    changes    requests  seconds  verdict
1.  Update  1 updated  1 PUT         1.3  ✓
2.  Update  1 updated  1 PUT         1.3  ✓

✓ All 2 steps were as they should be, in 3 s.
Next: `);
});

test("the closing table has the steps that were not taken, too", () => {
  const text = closing([step, step], [{ ...result, differences: ["x"] }], plain);
  expect(text).toContain(`
1.  Update  1 updated  1 PUT         1.3  ✗
2.  Update  not taken                     –

✗ 0 of 2 steps were as they should be.`);
  expect(text).not.toContain("Next:");
});

test("a preview's changes are still to be done, and a refusal is no failure where it is expected", () => {
  const preview: Step = { ...step, operation: "preview" };
  const invalid: Step = { ...preview, expected: { ...step.expected, refused: ["a"] } };
  const problems = [{ message: "a is wrong" }];
  const text = closing(
    [preview, invalid, preview],
    [
      { ...result, step: preview },
      { ...result, step: invalid, seen: { ...result.seen, problems } },
      { ...result, step: preview, seen: { ...result.seen, problems } },
    ],
    plain,
  );
  expect(text).toMatch(/1\. {2}Update {2}1 to update +1 PUT/);
  expect(text).toMatch(/2\. {2}Update {2}refused, 1 problem +1 PUT/);
  expect(text).toMatch(/3\. {2}Update {2}failed +1 PUT/);
});
