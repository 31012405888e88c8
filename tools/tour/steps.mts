import type { ExpectedHook, Step } from "./step.mts";

/** The hooks of examples/quickstart, as the API is to have them. The first has no name in the program. */
const boot: ExpectedHook = {
  lifecycle_hook_name: /^boot-[0-9a-f]{7}$/,
  lifecycle_hook_type: "INSTANCE_LAUNCHING",
  default_result: "CONTINUE",
  default_timeout: 600,
  notification_topic_name: "scaling",
  notification_metadata: null,
};
const drain: ExpectedHook = {
  lifecycle_hook_name: "drain",
  lifecycle_hook_type: "INSTANCE_TERMINATING",
  default_result: "ABANDON",
  default_timeout: 3600,
  notification_topic_name: "scaling",
  notification_metadata: "drain connections",
};
const changedDrain: ExpectedHook = {
  ...drain,
  default_timeout: 1800,
  notification_metadata: "drain, then stop",
};
const renamedDrain: ExpectedHook = { ...changedDrain, lifecycle_hook_name: "drain-connections" };

/** The whole life of two lifecycle hooks. */
export const steps: readonly Step[] = [
  {
    name: "Preview",
    story: "Pulumi plans the program's two hooks. They are validated here, without asking the API.",
    operation: "preview",
    expected: {
      inWords: "two hooks are planned, and no request is sent",
      changes: { boot: { kind: "create" }, drain: { kind: "create" } },
      requests: [],
      hooks: [],
    },
  },
  {
    name: "Up",
    story: "Pulumi creates them. The region's project is looked up once; then it is one request a hook.",
    operation: "up",
    expected: {
      inWords: "two hooks are created with one POST each, and the stack's outputs are what the API has",
      changes: { boot: { kind: "create" }, drain: { kind: "create" } },
      requests: ["GET project", "POST hook", "POST hook"],
      hooks: [boot, drain],
    },
  },
  {
    name: "Up again",
    story: "The same program once more: there is nothing to do.",
    operation: "up",
    expected: {
      inWords: "nothing changes, and no request is sent",
      changes: {},
      requests: [],
      hooks: [boot, drain],
    },
  },
  {
    name: "Refresh",
    story: "Somebody sets a time-out in the console, behind Pulumi's back. A refresh looks for such things.",
    elsewhere: { lifecycle_hook_name: "drain", default_timeout: 900 },
    operation: "refresh",
    expected: {
      inWords: "exactly that property is found, with one request for all hooks of the group",
      changes: {
        drain: { kind: "drift", properties: [{ name: "defaultTimeout", before: 3600, after: 900 }] },
      },
      requests: ["GET hooks"],
      hooks: [boot, { ...drain, default_timeout: 900 }],
    },
  },
  {
    name: "Up puts it back",
    story: "The program still says 3600 seconds, so the next update restores that.",
    operation: "up",
    expected: {
      inWords: "the time-out is as it was, after one PUT",
      changes: {
        drain: { kind: "update", properties: [{ name: "defaultTimeout", before: 900, after: 3600 }] },
      },
      requests: ["PUT hook"],
      hooks: [boot, drain],
    },
  },
  {
    name: "Update in place",
    story: "Two settings of a hook are changed in the configuration. The hook itself stays.",
    config: { drainTimeout: 1800, drainMetadata: "drain, then stop" },
    operation: "up",
    expected: {
      inWords: "one PUT changes both",
      changes: {
        drain: {
          kind: "update",
          properties: [
            { name: "defaultTimeout", before: 3600, after: 1800 },
            { name: "notificationMetadata", before: "drain connections", after: "drain, then stop" },
          ],
        },
      },
      requests: ["PUT hook"],
      hooks: [boot, changedDrain],
    },
  },
  {
    name: "Replacement",
    story: "A hook can't be renamed, so it is replaced. A group has room for five: the old one goes first.",
    config: { drainHookName: "drain-connections" },
    operation: "up",
    expected: {
      inWords: "the hook is deleted, then created under its new name",
      changes: {
        drain: {
          kind: "replace",
          properties: [{ name: "lifecycleHookName", before: "drain", after: "drain-connections" }],
        },
      },
      requests: ["DELETE hook", "GET project", "POST hook"],
      hooks: [boot, renamedDrain],
    },
  },
  {
    name: "Invalid program",
    story: "Three values that the API would refuse, one at a time, in the middle of an update.",
    config: { drainHookName: "drain connections", drainTimeout: 60, drainMetadata: "drain & stop" },
    operation: "preview",
    expected: {
      inWords: "all three are refused at preview, and no request is sent",
      changes: {},
      refused: ["lifecycleHookName", "defaultTimeout", "notificationMetadata"],
      requests: [],
      hooks: [boot, renamedDrain],
    },
  },
  {
    name: "Destroy",
    story: "Pulumi deletes everything that it made.",
    operation: "destroy",
    expected: {
      inWords: "both hooks are deleted with one DELETE each",
      changes: { boot: { kind: "delete" }, drain: { kind: "delete" } },
      requests: ["DELETE hook", "DELETE hook"],
      hooks: [],
    },
  },
];
