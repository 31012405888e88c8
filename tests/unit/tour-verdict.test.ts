import type { RequestLogEntry, WireLifecycleHook } from "pulumi-huaweicloud-as/emulator";
import { expect, test } from "vitest";
import type { Expectation } from "../../tools/tour/step.mts";
import { differences, type Seen } from "../../tools/tour/verdict.mts";

const place = { region: "cn-north-4", projectId: "p" };

const drain: WireLifecycleHook = {
  lifecycle_hook_name: "drain",
  lifecycle_hook_type: "INSTANCE_TERMINATING",
  default_result: "ABANDON",
  default_timeout: 900,
  notification_topic_urn: "urn",
  notification_topic_name: "topic",
  notification_metadata: null,
  create_time: "2026-01-01T00:00:00Z",
};
const exportedDrain = {
  lifecycleHookName: "drain",
  lifecycleHookType: "INSTANCE_TERMINATING",
  defaultResult: "ABANDON",
  defaultTimeout: 900,
  notificationTopicUrn: "urn",
  notificationTopicName: "topic",
  createTime: "2026-01-01T00:00:00Z",
  ...place,
};

const put = {
  method: "PUT",
  path: "/autoscaling-api/v1/p/scaling_lifecycle_hook/g/drain",
  query: "",
  body: "",
  status: 200,
  code: undefined,
} as RequestLogEntry;

const expected: Expectation = {
  inWords: "one PUT changes it",
  changes: {
    drain: { kind: "update", properties: [{ name: "defaultTimeout", before: 3600, after: 900 }] },
  },
  requests: ["PUT hook"],
  hooks: [{ lifecycle_hook_name: /^dr/, default_timeout: 900 }],
};
const seen: Seen = {
  changes: [
    { resource: "boot", kind: "unchanged", properties: [] },
    {
      resource: "drain",
      kind: "update",
      properties: [{ name: "defaultTimeout", before: 3600, after: 900 }],
    },
  ],
  problems: [],
  requests: [put],
  hooks: [drain],
  outputs: { drain: exportedDrain },
};

test("nothing differs when all is as it should be", () => {
  expect(differences(expected, seen, place)).toEqual([]);
});

test.each<[title: string, but: Partial<Seen>, difference: string]>([
  ["a change that is missing", { changes: [] }, "drain: unchanged, not update"],
  [
    "a change that nobody asked for",
    { changes: [...seen.changes, { resource: "third", kind: "delete", properties: [] }] },
    "third: delete, not unchanged",
  ],
  [
    "a property more",
    {
      changes: [
        {
          resource: "drain",
          kind: "update",
          properties: [
            { name: "defaultTimeout", before: 3600, after: 900 },
            { name: "defaultResult", before: "ABANDON", after: "CONTINUE" },
          ],
        },
      ],
    },
    'drain differs in defaultResult ("ABANDON" → "CONTINUE"), defaultTimeout (3600 → 900), not in defaultTimeout (3600 → 900)',
  ],
  ["a request more", { requests: [put, put] }, "the requests were PUT hook, PUT hook, not PUT hook"],
  ["no request", { requests: [] }, "the requests were none, not PUT hook"],
  [
    "a refusal by the API",
    { requests: [{ ...put, status: 400, code: "AS.2033" }] },
    "PUT …/scaling_lifecycle_hook/g/drain was answered 400 AS.2033",
  ],
  [
    "a request without an answer",
    { requests: [{ ...put, status: undefined }] },
    "PUT …/scaling_lifecycle_hook/g/drain was answered not at all",
  ],
  ["a hook that is missing", { hooks: [], outputs: {} }, "the API has no hook /^dr/"],
  [
    "a hook more",
    { hooks: [drain, { ...drain, lifecycle_hook_name: "x" }], outputs: undefined },
    "the API has a hook x that should not be",
  ],
  [
    "a hook that is otherwise",
    { hooks: [{ ...drain, default_timeout: 901 }], outputs: undefined },
    "default_timeout of drain is 901, not 900",
  ],
  [
    "an output that is not what the API has",
    { outputs: { drain: { ...exportedDrain, createTime: "yesterday" } } },
    'output createTime of drain is "yesterday", the API has "2026-01-01T00:00:00Z"',
  ],
  ["outputs that are missing", { outputs: {} }, "the stack's outputs have 0 hooks, the API has 1"],
  ["a failure", { problems: [{ message: "oh" }] }, "Pulumi should have succeeded, and failed"],
])("%s is a difference", (_, but, difference) => {
  expect(differences(expected, { ...seen, ...but }, place)).toEqual([difference]);
});

const refusal: Expectation = {
  inWords: "both are refused",
  changes: {},
  refused: ["defaultTimeout", "lifecycleHookName"],
  requests: [],
  hooks: [],
};
const refused: Seen = {
  changes: [],
  problems: [
    { resource: "drain", message: "lifecycleHookName is too long" },
    { resource: "drain", message: "defaultTimeout 60 is too short" },
  ],
  requests: [],
  hooks: [],
};

test("a refusal names each property, in any order", () => {
  expect(differences(refusal, refused, place)).toEqual([]);
});

test("a refusal that leaves a property out, or adds another, is a difference", () => {
  const problems = [
    { resource: "drain", message: "defaultTimeout 60 is too short" },
    { resource: "drain", message: "defaultResult is not a known value" },
  ];
  expect(differences(refusal, { ...refused, problems }, place)).toEqual([
    "lifecycleHookName should be named by one problem, not 0",
    "there is another problem: defaultResult is not a known value",
  ]);
});

test("a program that should have been refused and was not is a difference", () => {
  expect(differences(refusal, { ...refused, problems: [] }, place)).toEqual([
    "Pulumi should have refused the program, and did not",
  ]);
});
