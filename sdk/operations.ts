/**
 * The calls of the client, with what is known about each: the action that a policy must grant for it (in the
 * older role-based and in the newer identity policies), and whether it may be sent again when its answer was
 * lost. Source: the permission pages of the API reference.
 */
export interface Operation {
  /** Present participle, to begin a message with. */
  readonly doing: string;
  /** The actions of which a policy must grant one. */
  readonly actions: readonly string[];
  /** Whether sending it twice does no more than sending it once. */
  readonly repeatable: boolean;
}

export const operations = {
  "lifecycleHooks.create": {
    doing: "creating lifecycle hook",
    actions: ["as:lifecycleHooks:create", "as:scalingGroup:createLifecycleHook"],
    repeatable: false,
  },
  "lifecycleHooks.get": {
    doing: "reading lifecycle hook",
    actions: ["as:lifecycleHooks:get", "as:scalingGroup:getLifecycleHook"],
    repeatable: true,
  },
  "lifecycleHooks.list": {
    doing: "listing the lifecycle hooks",
    actions: ["as:lifecycleHooks:list", "as:scalingGroup:listLifecycleHooks"],
    repeatable: true,
  },
  "lifecycleHooks.update": {
    doing: "updating lifecycle hook",
    actions: ["as:lifecycleHooks:update", "as:scalingGroup:updateLifecycleHook"],
    repeatable: true,
  },
  "lifecycleHooks.delete": {
    doing: "deleting lifecycle hook",
    actions: ["as:lifecycleHooks:delete", "as:scalingGroup:deleteLifecycleHook"],
    repeatable: true,
  },
  "hangingInstances.list": {
    doing: "listing the hanging instances",
    actions: ["as:instanceHooks:list", "as:scalingGroup:listInstanceHooks"],
    repeatable: true,
  },
  "hangingInstances.complete": {
    doing: "completing the lifecycle action",
    actions: ["as:instanceHooks:action", "as:scalingGroup:callbackInstanceHook"],
    // EXTEND adds an hour each time; after CONTINUE or ABANDON a second one is refused. Neither may repeat.
    repeatable: false,
  },
  "projects.list": {
    doing: "looking up the project",
    actions: ["iam:projects:listProjects"],
    repeatable: true,
  },
  "agencies.assume": {
    doing: "assuming the agency",
    actions: ["iam:tokens:assume", "iam:agencies:assume", "sts:agencies:assume"],
    // Each call gives a key of its own; one whose answer was lost ends by itself.
    repeatable: true,
  },
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;
