/** Where a hook is, within its region and project. */
export interface HookAddress {
  readonly scalingGroupId: string;
  readonly lifecycleHookName: string;
}

/** The resource's id: `<scalingGroupId>/<lifecycleHookName>`. A name alone is unique only in its group. */
export function formatHookId({ scalingGroupId, lifecycleHookName }: HookAddress): string {
  return `${scalingGroupId}/${lifecycleHookName}`;
}

/** The parts of an id, or an error that shows what one looks like. */
export function parseHookId(id: string): HookAddress {
  const [scalingGroupId, lifecycleHookName, ...more] = id.split("/");
  if (!scalingGroupId || !lifecycleHookName || more.length > 0) {
    throw new Error(
      `${JSON.stringify(id)} is not the id of a lifecycle hook: give <scaling group id>/<hook name>, such as e5d27f5c-dd76-4a61-b4bc-a67c5686719a/drain`,
    );
  }
  return { scalingGroupId, lifecycleHookName };
}
