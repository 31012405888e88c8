/**
 * The calls of the client, with what is known about each: the action that a policy must grant for it (in the
 * older role-based and in the newer identity policies), the rate that the service takes, and whether it may be sent
 * again. Source: the permission pages of the API reference, and the limits of the vendor's API definitions.
 */
export interface Operation {
  /** Present participle, to begin a message with. */
  readonly doing: string;
  /** The actions of which a policy must grant one. */
  readonly actions: readonly string[];
  /** Calls a second that the service takes. */
  readonly rate: number;
  /**
   * Whether a call may be sent again that may have taken effect. `always`: twice does no more than once.
   * `afterServiceError`: once the service itself has reported an error; a second one shows when the first took effect.
   */
  readonly repeatable: "always" | "afterServiceError" | "never";
}

/** A call, as its errors and events describe it. */
export interface CallDescription {
  readonly operation: OperationName;
  /** What is being done, and to what; begins every error's message. */
  readonly doing: string;
}

const writesPerSecond = 26;
const readsPerSecond = 78;

export const operations = {
  "lifecycleHooks.create": {
    doing: "creating lifecycle hook",
    actions: ["as:lifecycleHooks:create", "as:scalingGroup:createLifecycleHook"],
    rate: writesPerSecond,
    repeatable: "afterServiceError",
  },
  "lifecycleHooks.get": {
    doing: "reading lifecycle hook",
    actions: ["as:lifecycleHooks:get", "as:scalingGroup:getLifecycleHook"],
    rate: readsPerSecond,
    repeatable: "always",
  },
  "lifecycleHooks.list": {
    doing: "listing the lifecycle hooks",
    actions: ["as:lifecycleHooks:list", "as:scalingGroup:listLifecycleHooks"],
    rate: readsPerSecond,
    repeatable: "always",
  },
  "lifecycleHooks.update": {
    doing: "updating lifecycle hook",
    actions: ["as:lifecycleHooks:update", "as:scalingGroup:updateLifecycleHook"],
    rate: writesPerSecond,
    repeatable: "always",
  },
  "lifecycleHooks.delete": {
    doing: "deleting lifecycle hook",
    actions: ["as:lifecycleHooks:delete", "as:scalingGroup:deleteLifecycleHook"],
    rate: writesPerSecond,
    repeatable: "always",
  },
  "hangingInstances.list": {
    doing: "listing the hanging instances",
    actions: ["as:instanceHooks:list", "as:scalingGroup:listInstanceHooks"],
    rate: readsPerSecond,
    repeatable: "always",
  },
  "hangingInstances.complete": {
    doing: "completing the lifecycle action",
    actions: ["as:instanceHooks:action", "as:scalingGroup:callbackInstanceHook"],
    rate: writesPerSecond,
    // EXTEND adds an hour each time; after CONTINUE or ABANDON a second one is refused.
    repeatable: "never",
  },
  "scalingGroups.get": {
    doing: "reading scaling group",
    actions: ["as:groups:get", "as:scalingGroup:get"],
    rate: readsPerSecond,
    repeatable: "always",
  },
  "scalingGroups.list": {
    doing: "listing the scaling groups",
    actions: ["as:groups:list", "as:scalingGroup:list"],
    rate: readsPerSecond,
    repeatable: "always",
  },
  "scalingGroups.update": {
    doing: "updating scaling group",
    actions: ["as:groups:update", "as:scalingGroup:update"],
    rate: writesPerSecond,
    repeatable: "always",
  },
  "scalingGroups.resume": {
    doing: "resuming scaling group",
    actions: ["as:groups:action", "as:scalingGroup:resume"],
    rate: writesPerSecond,
    repeatable: "always",
  },
  "scalingGroups.pause": {
    doing: "pausing scaling group",
    actions: ["as:groups:action", "as:scalingGroup:pause"],
    rate: writesPerSecond,
    repeatable: "always",
  },
  "scalingInstances.list": {
    doing: "listing the instances",
    actions: ["as:instances:list", "as:scalingGroup:listInstances"],
    rate: readsPerSecond,
    repeatable: "always",
  },
  "scalingGroups.activities": {
    doing: "reading the activities of scaling group",
    // The older action is spelt so.
    actions: ["as:acivityLogs:list"],
    rate: readsPerSecond,
    repeatable: "always",
  },
  "projects.list": {
    doing: "looking up the project",
    actions: ["iam:projects:listProjects"],
    rate: readsPerSecond,
    repeatable: "always",
  },
  "agencies.assume": {
    doing: "assuming the agency",
    actions: ["iam:tokens:assume", "iam:agencies:assume", "sts:agencies:assume"],
    rate: writesPerSecond,
    // Each call gives a key of its own; one whose response was lost ends by itself.
    repeatable: "always",
  },
  "oidc.signIn": {
    doing: "signing in through OIDC",
    // The identity provider's ID token is permission enough, if the account trusts the provider.
    actions: [],
    rate: writesPerSecond,
    repeatable: "always",
  },
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;
