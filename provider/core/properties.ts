import type { DefaultResult, LifecycleHookType } from "../../sdk/rules";
import type { LifecycleHook } from "../../sdk/schemas";
import type { Unknown } from "./unknown";

/** The five properties that change in place. */
export const mutableProperties = [
  "lifecycleHookType",
  "notificationTopicUrn",
  "defaultResult",
  "defaultTimeout",
  "notificationMetadata",
] as const;

/** The two that say which hook it is: changing one replaces it. */
export const identifyingProperties = ["scalingGroupId", "lifecycleHookName"] as const;

/** All properties that a program can set. */
export const inputProperties = [...identifyingProperties, ...mutableProperties] as const;

/**
 * What the resource class adds for the provider. Names that begin with `__` stay out of the engine's diffs. All
 * of it is optional: states and callers without it work.
 */
export interface HiddenInputs {
  /** The hook's URN, shortened: for its automatic name and for messages on its row. */
  readonly __urn?: string;
  /** The names of the inputs that are secret. The provider gets their values in clear, and must not tell them. */
  readonly __secrets?: readonly string[];
  /** The id of the hook to adopt instead of creating one. */
  readonly __import?: string;
  /** The option `replaceOnChanges`, which the engine can't apply for want of a detailed diff. */
  readonly __replaceOnChanges?: readonly string[];
  /** `customTimeouts`, which the engine does not tell a dynamic provider. */
  readonly __timeouts?: Readonly<Record<string, string>>;
}

/** Inputs that have passed `check`: all defaults are filled in. */
export interface HookInputs extends HiddenInputs {
  readonly scalingGroupId: string;
  readonly lifecycleHookName: string;
  readonly lifecycleHookType: LifecycleHookType;
  readonly notificationTopicUrn: string;
  readonly defaultResult: DefaultResult;
  readonly defaultTimeout: number;
  readonly notificationMetadata?: string | undefined;
}

/** The same while some of them may not be known yet. */
export type PlannedInputs = { readonly [Name in keyof HookInputs]: HookInputs[Name] | Unknown };

/** What the state keeps of a hook. */
export interface HookOutputs extends HookInputs {
  readonly notificationTopicName: string;
  readonly createTime: string;
  readonly region: string;
  readonly projectId: string;
}

/** The hidden inputs of some properties, to hand them on. */
export function hiddenInputsOf(properties: HiddenInputs): HiddenInputs {
  const { __urn, __secrets, __timeouts } = properties;
  return {
    ...(__urn === undefined ? {} : { __urn }),
    ...(__secrets === undefined ? {} : { __secrets }),
    ...(__timeouts === undefined ? {} : { __timeouts }),
  };
}

/** The values that no message may contain. */
export function secretValues(properties: object): string[] {
  const values = properties as Readonly<Record<string, unknown>>;
  const names = values.__secrets;
  if (!Array.isArray(names)) return [];
  return names
    .map((name: string) => values[name])
    .filter((value) => typeof value === "string" || typeof value === "number")
    .map(String);
}

/** The outputs that describe a hook as the service knows it. */
export function outputsOf(
  hook: LifecycleHook,
  where: { readonly scalingGroupId: string; readonly region: string; readonly projectId: string },
  hidden: HiddenInputs,
): HookOutputs {
  const { notificationMetadata, ...described } = hook;
  return {
    ...where,
    // A value that only a newer site knows is kept as it is.
    ...(described as typeof described & Pick<HookInputs, "lifecycleHookType" | "defaultResult">),
    ...(notificationMetadata === undefined ? {} : { notificationMetadata }),
    ...hiddenInputsOf(hidden),
  };
}

/** The inputs that would make the hook what it is. */
export function inputsOf(outputs: HookOutputs): HookInputs {
  const { notificationTopicName, createTime, region, projectId, ...inputs } = outputs;
  return inputs;
}

/** A property for comparison: no metadata, null and "" are the same. */
export function comparable(properties: object, name: (typeof inputProperties)[number]): unknown {
  const value = (properties as Readonly<Record<string, unknown>>)[name];
  return name === "notificationMetadata" && (value === null || value === "") ? undefined : value;
}
