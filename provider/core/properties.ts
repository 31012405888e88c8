import type { DefaultResult, LifecycleHookType } from "../../sdk/api/rules";
import type { LifecycleHook } from "../../sdk/api/schemas";

/** A value that is not known yet, as during a preview: it may stand for any property. */
export const unknown: unique symbol = Symbol("unknown");
type Unknown = typeof unknown;

/** Properties as a program or a state has them. */
export type Properties = Readonly<Record<string, unknown>>;

/** The properties that change in place. */
export const mutableProperties = [
  "lifecycleHookType",
  "notificationTopicUrn",
  "defaultResult",
  "defaultTimeout",
  "notificationMetadata",
] as const;

/** The properties that say which hook it is: changing one replaces it. */
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

/** What the class tells `check` alone, where there is something to tell: none of it is kept. */
export interface CheckOnlyInputs {
  /** The option `deleteBeforeReplace: false`: the engine makes a replacement before it deletes the old hook. */
  readonly __createFirst?: boolean;
  /** The option `ignoreChanges` of a hook to import: these properties take the live values. */
  readonly __ignoreChanges?: readonly string[];
  /**
   * The plain inputs that the program gave, where transforms may change them on the way: a transform can make an
   * input secret, and neither the class nor the provider sees that it did.
   */
  readonly __given?: Properties;
}

const checkOnly = [
  "__createFirst",
  "__ignoreChanges",
  "__given",
] as const satisfies readonly (keyof CheckOnlyInputs)[];

/** The inputs to keep. */
export function withoutCheckOnly(inputs: Properties): Record<string, unknown> {
  const kept = { ...inputs };
  for (const name of checkOnly) delete kept[name];
  return kept;
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

/** What is known of a hook whose create response was unusable: its inputs, where it is, and perhaps the rest. */
export type KnownHook = HookInputs &
  Pick<HookOutputs, "region" | "projectId"> &
  Partial<Pick<HookOutputs, "notificationTopicName" | "createTime">>;

/** The hook exists, but not everything went as it should have: the state has to keep it. */
export class IncompleteError extends Error {
  override readonly name = "IncompleteError";
  /** The hook as it is now. */
  readonly outputs: KnownHook;

  constructor(message: string, outputs: KnownHook) {
    super(message);
    this.outputs = outputs;
  }
}

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

/** The address that some properties name; `undefined` while a part of it is not known, or missing. */
export function addressIn({ scalingGroupId, lifecycleHookName }: Properties): HookAddress | undefined {
  return typeof scalingGroupId === "string" && typeof lifecycleHookName === "string"
    ? { scalingGroupId, lifecycleHookName }
    : undefined;
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

/** The names of the inputs that no message may show. */
export function secretNames({ __secrets: names }: { readonly __secrets?: unknown }): readonly string[] {
  return Array.isArray(names) ? names : [];
}

/** The values that no message may contain. */
export function secretValues(properties: object): string[] {
  const values = properties as Properties;
  return secretNames(values)
    .map((name) => values[name])
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
  const value = (properties as Properties)[name];
  return name === "notificationMetadata" && (value === null || value === "") ? undefined : value;
}

/** The properties in which a live hook is not what the program wants; an input that is not known yet is no difference. */
export function differingProperties(live: object, inputs: object): (typeof mutableProperties)[number][] {
  return mutableProperties.filter(
    (name) => comparable(inputs, name) !== unknown && comparable(live, name) !== comparable(inputs, name),
  );
}
