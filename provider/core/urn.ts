/** The type of the resource, as it stands in every state. */
export const lifecycleHookToken = "pulumi-nodejs:dynamic/huaweicloud/as:LifecycleHook";

const scheme = "urn:pulumi:";

/**
 * The part of a hook's URN that its type doesn't tell: `<stack>::<project>::<parents>::<name>`. It stands in
 * the state twice for each hook, and a state is written whole at each step, so its length is paid often.
 * `parents`: the types of those that it is in, each with a `$` behind it.
 */
export function shortUrn(stack: string, project: string, parents: string, name: string): string {
  return [stack, project, parents, name].join("::");
}

/** The same for a hook whose parent has this URN. */
export function shortUrnIn(parentUrn: string, name: string): string {
  const [stack = "", project = "", types = ""] = parentUrn.slice(scheme.length).split("::");
  // The stack itself is nobody's parent in a URN.
  return shortUrn(stack, project, types === "pulumi:pulumi:Stack" ? "" : `${types}$`, name);
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
