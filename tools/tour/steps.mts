import type { HookPatch } from "pulumi-huaweicloud-as/emulator";

/** One thing that the tour does, and what must come of it, as the lines of `seen.mts`. */
export interface Step {
  readonly name: string;
  readonly story: string;
  /** A change that the API gets first, behind Pulumi's back. */
  readonly elsewhere?: HookPatch;
  /** Configuration that is set first; what earlier steps have set stays. */
  readonly config?: Readonly<Record<string, string | number>>;
  /** Of Pulumi's, or the group scales out and in with a handler at work. */
  readonly operation: "preview" | "up" | "refresh" | "destroy" | "scale";
  readonly verdict: string;
  /** What Pulumi does, by resource; it leaves all others as they are. */
  readonly changes: readonly string[];
  /** The requests that the API gets, in their order. */
  readonly requests: readonly string[];
  /** The hooks that the API has in the end. */
  readonly hooks: readonly string[];
}

/** The hooks of examples/quickstart, as the API is to have them. The program leaves the first one's name to Pulumi. */
const boot = "boot-… INSTANCE_LAUNCHING CONTINUE 600 null";
const drain = 'drain INSTANCE_TERMINATING ABANDON 3600 "drain connections"';
const changed = 'drain INSTANCE_TERMINATING ABANDON 1800 "drain, then stop"';
const renamed = changed.replace("drain", "drain-connections");

/** What happens to an instance on a hook. */
const held = (hook: string, then: string) =>
  [
    `group: the instance hangs on ${hook}`,
    "handler: attempt 1 begins",
    "handler: is completed with CONTINUE",
    `group: the instance ${then}`,
  ].map((line) => `instance event ${line}`);
/** What the handler asks for: what hangs, on which hook, and that it goes on. */
const worked = [1, 2].flatMap(() => ["GET hanging instances", "GET hooks", "PUT callback"]);

/** The whole life of two lifecycle hooks. */
export const steps: readonly Step[] = [
  {
    name: "Preview",
    story: "Pulumi plans the program's two hooks. They are validated here, without asking the API.",
    operation: "preview",
    verdict: "two hooks are planned, and no request is sent",
    changes: ["boot create", "drain create"],
    requests: [],
    hooks: [],
  },
  {
    name: "Up",
    story: "Pulumi creates them. The region's project is looked up once; then it is one request a hook.",
    operation: "up",
    verdict: "two hooks are created with one POST each",
    changes: ["boot create", "drain create"],
    requests: ["GET /v3/projects", "POST hook", "POST hook"],
    hooks: [boot, drain],
  },
  {
    name: "Scale out and in",
    story: "An instance comes and goes. Each hook holds it until the handler, woken by SMN, has worked.",
    operation: "scale",
    verdict: "each hook held the instance until the handler's callback",
    changes: [...held("boot", "is INSERVICE"), ...held("drain", "is gone")],
    requests: worked,
    hooks: [boot, drain],
  },
  {
    name: "Refresh",
    story: "A colleague sets a time-out in the console, behind Pulumi's back. A refresh finds that.",
    elsewhere: { lifecycle_hook_name: "drain", default_timeout: 900 },
    operation: "refresh",
    verdict: "exactly that property is found, with one request for all hooks of the group",
    changes: ["drain drift defaultTimeout 3600 → 900"],
    requests: ["GET hooks"],
    hooks: [boot, drain.replace("3600", "900")],
  },
  {
    name: "Update in place",
    story: "The program decides: it wants another time-out, and another text. The hook itself stays.",
    config: { drainTimeout: 1800, drainMetadata: "drain, then stop" },
    operation: "up",
    verdict: "one PUT changes both",
    changes: [
      "drain update defaultTimeout 900 → 1800",
      'drain update notificationMetadata "drain connections" → "drain, then stop"',
    ],
    requests: ["PUT hook"],
    hooks: [boot, changed],
  },
  {
    name: "Replacement",
    story: "A hook can't be renamed, so it is replaced. A group's room is limited: the old one goes first.",
    config: { drainHookName: "drain-connections" },
    operation: "up",
    verdict: "after a look at the group the hook is deleted, then created under its new name",
    changes: ['drain replace lifecycleHookName "drain" → "drain-connections"'],
    requests: ["GET /v3/projects", "GET hooks", "DELETE hook", "POST hook"],
    hooks: [boot, renamed],
  },
  {
    name: "Invalid program",
    story: "Three values that the API would refuse, one at a time, in the middle of an update.",
    config: { drainHookName: "drain connections", drainTimeout: 60, drainMetadata: "drain & stop" },
    operation: "preview",
    verdict: "all three are refused at preview, and no request is sent",
    changes: ["lifecycleHookName", "defaultTimeout", "notificationMetadata"].map(
      (name) => `drain error ${name}`,
    ),
    requests: [],
    hooks: [boot, renamed],
  },
  {
    name: "Destroy",
    story: "Pulumi deletes everything that it made.",
    operation: "destroy",
    verdict: "both hooks are deleted with one DELETE each",
    changes: ["boot delete", "drain delete"],
    requests: ["DELETE hook", "DELETE hook"],
    hooks: [],
  },
];
