import {
  type HookFieldName,
  type HookInputName,
  hookFieldEntries,
  hookFields,
  hookInputs,
  type LifecycleHook,
  type MutableFieldName,
  mutableFields,
  type OptionalFieldName,
  replacingFields,
  type UpdateLifecycleHookInput,
} from "../../sdk/api/hook-fields";
import { idRule, type Rule } from "../../sdk/api/rules";

/** A value that is not known yet, as during a preview: it may stand for any property. */
export const unknown: unique symbol = Symbol("unknown");
type Unknown = typeof unknown;

/** Properties as a program or a state has them. */
export type Properties = Readonly<Record<string, unknown>>;

/** The properties that change in place. */
export const mutableProperties = mutableFields;

/** The properties that say which hook it is: changing one replaces it. */
export const identifyingProperties = ["scalingGroupId", ...replacingFields] as const;

/** All properties that a program can set, each with its rule. */
export const inputRules: Readonly<Record<InputName, Rule>> = {
  scalingGroupId: idRule,
  ...(Object.fromEntries(hookInputs.map(([name, { rule }]) => [name, rule])) as Record<HookInputName, Rule>),
};
export type InputName = "scalingGroupId" | HookInputName;
export const inputProperties = Object.keys(inputRules) as readonly InputName[];

/** All properties of a hook that the state keeps. */
export const outputProperties: readonly string[] = [
  "scalingGroupId",
  ...hookFieldEntries.map(([name]) => name),
  "region",
  "projectId",
];

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
  /** The option `retainOnDelete`: a replaced hook stays in its group. */
  readonly __retains?: boolean;
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
  "__retains",
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
export type HookInputs = HiddenInputs & { readonly scalingGroupId: string } & {
  readonly [Name in Exclude<HookInputName, OptionalFieldName>]: LifecycleHook[Name];
} & { readonly [Name in OptionalFieldName]?: LifecycleHook[Name] };

/** Inputs while some of them may not be known yet. */
export type Planned<Inputs> = { readonly [Name in keyof Inputs]: Inputs[Name] | Unknown };
export type PlannedInputs = Planned<HookInputs>;

/** What the state keeps of a hook. */
export type HookOutputs = HookInputs & {
  readonly [Name in Exclude<HookFieldName, HookInputName>]: LifecycleHook[Name];
} & { readonly region: string; readonly projectId: string };

/** What is known of a hook whose create response was unusable: its inputs, where it is, and perhaps the rest. */
export type KnownHook = HookInputs &
  Pick<HookOutputs, "region" | "projectId"> &
  Partial<Pick<HookOutputs, Exclude<HookFieldName, HookInputName>>>;

/** The resource exists, but not everything went as it should have: the state has to keep it. */
export class IncompleteError<Known extends HiddenInputs = KnownHook> extends Error {
  override readonly name = "IncompleteError";
  /** The resource as it is now. */
  readonly outputs: Known;

  constructor(message: string, outputs: Known) {
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
  const described = Object.entries(hook).filter(([, value]) => value !== undefined);
  return { ...where, ...Object.fromEntries(described), ...hiddenInputsOf(hidden) } as HookOutputs;
}

/** The inputs that would make the hook what it is. */
export function inputsOf(outputs: HookOutputs): HookInputs {
  const kept = Object.entries(outputs).filter(
    ([name]) => !outputProperties.includes(name) || name in inputRules,
  );
  return Object.fromEntries(kept) as unknown as HookInputs;
}

/** Whether the state has all that the service says of a hook. */
export function isComplete(hook: KnownHook): hook is HookOutputs {
  return hookFieldEntries.every(([name, { optional }]) => optional || hook[name] !== undefined);
}

/** A property for comparison: of an optional one, none, null and "" are the same. */
export function comparable(properties: object, name: InputName): unknown {
  const value = (properties as Properties)[name];
  const isOptional = name !== "scalingGroupId" && "optional" in hookFields[name];
  return isOptional && (value === null || value === "") ? undefined : value;
}

/** The body of an update: every mutable field, since one that is left out stays as it is, and "" clears. */
export function settingsOf(inputs: HookInputs): UpdateLifecycleHookInput {
  return Object.fromEntries(
    mutableFields.map((name) => [
      name,
      inputs[name] ?? (hookFields[name].kind === "string" ? "" : undefined),
    ]),
  ) as unknown as UpdateLifecycleHookInput;
}

/** The properties in which a live hook is not what the program wants; an input that is not known yet is no difference. */
export function differingProperties(live: object, inputs: object): MutableFieldName[] {
  return mutableProperties.filter(
    (name) => comparable(inputs, name) !== unknown && comparable(live, name) !== comparable(inputs, name),
  );
}
