import { createHash } from "node:crypto";
import { type LifecycleHookLimits, specificationLimits } from "../../sdk/api/limits";

/** The types of the resources, as they stand in every state. */
export const lifecycleHookToken = "pulumi-nodejs:dynamic/huaweicloud/as:LifecycleHook";
export const scalingGroupActivationToken = "pulumi-nodejs:dynamic/huaweicloud/as:ScalingGroupActivation";

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
  // A URN leaves out the stack as a parent.
  return shortUrn(stack, project, types === "pulumi:pulumi:Stack" ? "" : `${types}$`, name);
}

const appliesMark = "apply|";

/**
 * A hidden URN that also tells `check` that an operation follows at once: no preview. Every input leaves its name in the
 * state, so this is no input of its own; `check` takes the mark away.
 */
export function markApplies(short: string): string {
  return appliesMark + short;
}

/** A hidden URN as the class sends it: what it is, and whether an operation follows. */
export function readMark(sent: string): { readonly short: string; readonly applies: boolean } {
  const applies = sent.startsWith(appliesMark);
  return { short: applies ? sent.slice(appliesMark.length) : sent, applies };
}

/** The whole URN again, of a resource of a type. */
export function expandUrn(short: string, token: string = lifecycleHookToken): string {
  const [stack, project, parents, ...name] = short.split("::");
  return `${scheme}${[stack, project, `${parents}${token}`, ...name].join("::")}`;
}

/** The short one of a resource of a type. */
export function shortenUrn(urn: string, token: string): string {
  const [stack = "", project = "", types = "", ...name] = urn.slice(scheme.length).split("::");
  return shortUrn(stack, project, types.slice(0, -token.length), name.join("::"));
}

/** The resource's name in the program, which may itself contain `::`. */
export function nameInUrn(short: string): string {
  return short.split("::").slice(3).join("::");
}

/** Enough to tell apart the few hooks that one group can have. */
const hashLength = 7;

/**
 * A name for a hook that was given none: the resource's name made valid and short enough, and a hash of its
 * URN. The same in each preview and update, so that a hook left by an interrupted run is found again. Never longer
 * than the specification's limit, and shorter where the site's limit is.
 */
export function autoName(short: string, limits: LifecycleHookLimits = specificationLimits): string {
  const length = Math.min(limits.maxNameLength, specificationLimits.maxNameLength);
  const hash = createHash("sha256").update(short).digest("hex").slice(0, Math.min(hashLength, length));
  const room = length - hash.length - 1;
  const stem = nameInUrn(short)
    .replace(/[^0-9A-Za-z_-]+/g, "-")
    .replace(/^-+/, "")
    .slice(0, Math.max(room, 0))
    .replace(/-+$/, "");
  return room < 1 ? hash : `${stem || "hook".slice(0, room)}-${hash}`;
}
