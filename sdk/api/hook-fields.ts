import { defaultTimeoutSeconds } from "./limits";
import {
  type DefaultResult,
  defaultResultRule,
  defaultTimeoutRule,
  type LifecycleHookType,
  lifecycleHookNameRule,
  lifecycleHookTypeRule,
  notificationMetadataRule,
  notificationTopicUrnRule,
  type Rule,
} from "./rules";

/**
 * The fields of a lifecycle hook, said once: the schemas and both mappings, the rules and defaults of the provider, what
 * changes in place, the hints about spelling and the outputs are all made of this table. Source: the specification.
 */

interface HookField {
  readonly wire: string;
  readonly kind: "string" | "integer";
  /** What an input must obey; a field without a rule is set by the service alone. */
  readonly rule?: Rule;
  /** What a change of it does: an update of the hook, or another hook. */
  readonly change?: "in place" | "replaces";
  /** What a hook has that names none. */
  readonly default?: unknown;
  /** A hook may have none: the service then writes null, "" or leaves the field out, and "" clears it. */
  readonly optional?: true;
  /** Free text of the user's, which may be a secret: no message of the client shows it. */
  readonly freeText?: true;
}

/** A text; the type parameter narrows it to the values that the documentation has. */
const text = <T extends string = string>(wire: string) =>
  ({ wire, kind: "string" }) as { readonly wire: string; readonly kind: "string"; readonly type?: T };
const integer = (wire: string) => ({ wire, kind: "integer" }) as const;

export const hookFields = {
  lifecycleHookName: {
    ...text("lifecycle_hook_name"),
    rule: lifecycleHookNameRule,
    change: "replaces",
  },
  lifecycleHookType: {
    ...text<LifecycleHookType>("lifecycle_hook_type"),
    rule: lifecycleHookTypeRule,
    change: "in place",
  },
  notificationTopicUrn: {
    ...text("notification_topic_urn"),
    rule: notificationTopicUrnRule,
    change: "in place",
  },
  defaultResult: {
    ...text<DefaultResult>("default_result"),
    rule: defaultResultRule,
    change: "in place",
    default: "ABANDON",
  },
  /** Seconds. */
  defaultTimeout: {
    ...integer("default_timeout"),
    rule: defaultTimeoutRule,
    change: "in place",
    default: defaultTimeoutSeconds,
  },
  notificationMetadata: {
    ...text("notification_metadata"),
    rule: notificationMetadataRule,
    change: "in place",
    optional: true,
    freeText: true,
  },
  notificationTopicName: text("notification_topic_name"),
  /** UTC, `YYYY-MM-DDThh:mm:ssZ`. */
  createTime: text("create_time"),
} as const satisfies Readonly<Record<string, HookField>>;

type Fields = typeof hookFields;
export type HookFieldName = keyof Fields;
type NamesOf<Shape> = { [Name in HookFieldName]: Fields[Name] extends Shape ? Name : never }[HookFieldName];
/** The fields that an input can set. */
export type HookInputName = NamesOf<{ readonly rule: Rule }>;
/** The fields that an update can change. */
export type MutableFieldName = NamesOf<{ readonly change: "in place" }>;
/** The inputs that may be left out. */
type OptionalInputName = NamesOf<{ readonly default: unknown }> | OptionalFieldName;
/** The fields that a hook may have none of. */
export type OptionalFieldName = NamesOf<{ readonly optional: true }>;

type ValueOf<Name extends HookFieldName> = Fields[Name] extends { readonly kind: "integer" }
  ? number
  : Fields[Name] extends { readonly type?: infer T }
    ? Exclude<T, undefined>
    : never;

/** A value that is one of these in the documentation; a site may know others, which must fail no call that worked. */
export type Open<Known extends string> = Known | (string & Record<never, never>);
type Received<T> = T extends string ? Open<T> : T;

/**
 * A lifecycle hook. It has no id of its own: region, project, group and name say which it is. Source: the response of
 * the create call's specification.
 */
export type LifecycleHook = {
  [Name in HookFieldName]: Fields[Name] extends { readonly optional: true }
    ? Received<ValueOf<Name>> | undefined
    : Received<ValueOf<Name>>;
};

/** What a hook is created with. */
export type CreateLifecycleHookInput = {
  [Name in Exclude<HookInputName, OptionalInputName>]: ValueOf<Name>;
} & { [Name in OptionalInputName]?: ValueOf<Name> | undefined };

/** What an update changes: at least one of the fields that it can change. */
export type UpdateLifecycleHookInput = AtLeastOne<{ [Name in MutableFieldName]?: ValueOf<Name> | undefined }>;

type AtLeastOne<T> = {
  [Name in keyof T]-?: T & { [Given in Name]-?: Exclude<T[Given], undefined> };
}[keyof T];

/** The same table, for code that goes through it. */
export const hookFieldEntries: readonly (readonly [HookFieldName, HookField])[] = Object.entries(
  hookFields,
) as [HookFieldName, HookField][];

/** The inputs, in the order of the table. */
export const hookInputs = hookFieldEntries.filter(
  ([, { rule }]) => rule !== undefined,
) as readonly (readonly [HookInputName, HookField & { readonly rule: Rule }])[];

/** The names of the fields whose change makes the hook another one. */
export const replacingFields = hookFieldEntries
  .filter(([, { change }]) => change === "replaces")
  .map(([name]) => name) as readonly NamesOf<{ readonly change: "replaces" }>[];

/** The names of the fields that an update can change. */
export const mutableFields = hookFieldEntries
  .filter(([, { change }]) => change === "in place")
  .map(([name]) => name) as readonly MutableFieldName[];
