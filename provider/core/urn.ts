/** The type of the resource, as it stands in every state. */
export const lifecycleHookToken = "pulumi-nodejs:dynamic/huaweicloud/as:LifecycleHook";

const scheme = "urn:pulumi:";

/**
 * The part of a hook's URN that its type doesn't tell: `<stack>::<project>::<parents>::<name>`. It stands in
 * the state twice for each hook, and a state is written whole at each step, so its length is paid often.
 */
export function shortenUrn(urn: string): string {
  const [stack, project, types, ...name] = urn.slice(scheme.length).split("::");
  return [stack, project, types?.slice(0, -lifecycleHookToken.length), ...name].join("::");
}

/** The whole URN again. */
export function expandUrn(short: string): string {
  const [stack, project, parents, ...name] = short.split("::");
  return `${scheme}${[stack, project, `${parents}${lifecycleHookToken}`, ...name].join("::")}`;
}

/** The resource's name in the program, which may itself contain `::`. */
export function nameInUrn(short: string): string {
  return short.split("::").slice(3).join("::");
}
