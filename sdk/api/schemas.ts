import * as z from "zod/mini";
import type { LifecycleHookLimits } from "./limits";
import {
  type DefaultResult,
  defaultResultRule,
  defaultTimeoutRule,
  existingHookNameRule,
  idRule,
  type LifecycleActionResult,
  type LifecycleHookType,
  lifecycleActionResultRule,
  lifecycleHookNameRule,
  lifecycleHookTypeRule,
  notificationMetadataRule,
  notificationTopicUrnRule,
  type Rule,
} from "./rules";

/**
 * The wire, and the only file that knows its snake_case names: what goes out is validated strictly by the
 * rules, what comes in is parsed loosely, so that a field or a value that the service adds fails no call.
 */

/* ---- responses ---- */

/** A value that is one of these in the documentation; a site may know others, which must fail no call that worked. */
type Open<Known extends string> = Known | (string & Record<never, never>);

function open<Known extends string>() {
  return z.string() as z.ZodMiniType<Open<Known>>;
}

const wireHook = z.looseObject({
  lifecycle_hook_name: z.string(),
  lifecycle_hook_type: open<LifecycleHookType>(),
  default_result: open<DefaultResult>(),
  default_timeout: z.int(),
  notification_topic_urn: z.string(),
  notification_topic_name: z.string(),
  notification_metadata: z.nullish(z.string()),
  create_time: z.string(),
});

/** A lifecycle hook as the service describes it, in the responses of create, get, list and update. */
export const lifecycleHookResponse = mapped(wireHook, (wire) => ({
  lifecycleHookName: wire.lifecycle_hook_name,
  lifecycleHookType: wire.lifecycle_hook_type,
  defaultResult: wire.default_result,
  /** Seconds. */
  defaultTimeout: wire.default_timeout,
  notificationTopicUrn: wire.notification_topic_urn,
  notificationTopicName: wire.notification_topic_name,
  /** `undefined` when there is none: the service writes null, "" or leaves the field out. */
  notificationMetadata: wire.notification_metadata || undefined,
  /** UTC, `YYYY-MM-DDThh:mm:ssZ`. */
  createTime: wire.create_time,
}));

/**
 * A lifecycle hook. It has no id of its own: region, project, group and name say which it is. Source: the answer of
 * the create call's specification.
 */
export type LifecycleHook = z.output<typeof lifecycleHookResponse>;

export const lifecycleHooksResponse = mapped(
  z.looseObject({ lifecycle_hooks: z.array(lifecycleHookResponse) }),
  (wire) => wire.lifecycle_hooks,
);

/** An instance that a hook has suspended. */
const hangingInstanceResponse = mapped(
  z.looseObject({
    lifecycle_hook_name: z.string(),
    lifecycle_action_key: z.string(),
    instance_id: z.string(),
    scaling_group_id: z.string(),
    lifecycle_hook_status: open<"HANGING" | "CONTINUE" | "ABANDON">(),
    timeout: z.string(),
    default_result: open<DefaultResult>(),
  }),
  (wire) => ({
    lifecycleHookName: wire.lifecycle_hook_name,
    /** The token with which the suspension is ended. */
    lifecycleActionKey: wire.lifecycle_action_key,
    instanceId: wire.instance_id,
    scalingGroupId: wire.scaling_group_id,
    lifecycleHookStatus: wire.lifecycle_hook_status,
    /** The deadline, a moment and not a duration: UTC, `YYYY-MM-DDThh:mm:ssZ`. */
    timeout: wire.timeout,
    defaultResult: wire.default_result,
  }),
);

/** An instance that a hook has suspended, until a callback or its deadline. Source: the API reference, "querying suspended instances". */
export type HangingInstance = z.output<typeof hangingInstanceResponse>;

export const hangingInstancesResponse = mapped(
  z.looseObject({ instance_hanging_info: z.array(hangingInstanceResponse) }),
  (wire) => wire.instance_hanging_info,
);

/** A scaling group, as far as hooks depend on it. */
export const scalingGroupResponse = mapped(
  z.looseObject({
    scaling_group: z.looseObject({
      scaling_group_id: z.string(),
      scaling_group_name: z.string(),
      scaling_group_status: open<"INSERVICE" | "PAUSED" | "ERROR" | "DELETING" | "FREEZED">(),
      is_scaling: z.boolean(),
      current_instance_number: z.int(),
      desire_instance_number: z.int(),
    }),
  }),
  ({ scaling_group: wire }) => ({
    scalingGroupId: wire.scaling_group_id,
    scalingGroupName: wire.scaling_group_name,
    scalingGroupStatus: wire.scaling_group_status,
    /** Whether a scaling activity runs: the group takes no changes of its hooks meanwhile. */
    isScaling: wire.is_scaling,
    currentInstanceNumber: wire.current_instance_number,
    desireInstanceNumber: wire.desire_instance_number,
  }),
);

/** A scaling group. Source: the API reference, "querying details of a group". */
export type ScalingGroup = z.output<typeof scalingGroupResponse>;

/** The projects of IAM's look-up. */
export const projectsResponse = mapped(
  z.looseObject({ projects: z.array(z.looseObject({ id: z.string(), name: z.string() })) }),
  (wire) => wire.projects.map(({ id, name }) => ({ id, name })),
);

/** A schema, and what is made of what it lets pass. */
function mapped<Wire extends z.ZodMiniType, Value>(wire: Wire, make: (wire: z.output<Wire>) => Value) {
  return z.pipe(wire, z.transform(make));
}

/* ---- requests ---- */

/** A field that is judged by a rule, whose wording people see. */
function ruled<T>(rule: Rule, limits: LifecycleHookLimits) {
  return (z.unknown() as z.ZodMiniType<T, T>).check(({ value, issues }) => {
    const problem = rule(value, limits);
    if (problem !== undefined) issues.push({ code: "custom", input: value, params: { problem } });
  });
}

/** The five fields that an update may change; create takes them as well. */
function mutableFields(limits: LifecycleHookLimits) {
  return {
    lifecycleHookType: ruled<LifecycleHookType>(lifecycleHookTypeRule, limits),
    notificationTopicUrn: ruled<string>(notificationTopicUrnRule, limits),
    /** @default "ABANDON" */
    defaultResult: z.optional(ruled<DefaultResult>(defaultResultRule, limits)),
    /** Seconds, 300–86400. @default 3600 */
    defaultTimeout: z.optional(ruled<number>(defaultTimeoutRule, limits)),
    /** At most 256 characters, none of `< > & ' ( )`; "" is none, and clears it on update. */
    notificationMetadata: z.optional(ruled<string>(notificationMetadataRule, limits)),
  };
}

/** The requests' schemas under some limits: built once for a client. */
export function requestSchemas(limits: LifecycleHookLimits) {
  const fields = mutableFields(limits);
  const create = z.strictObject({
    lifecycleHookName: ruled<string>(lifecycleHookNameRule, limits),
    ...fields,
  });
  const update = z.partial(z.strictObject(fields));
  return {
    create: mapped(create, (hook) => ({
      lifecycle_hook_name: hook.lifecycleHookName,
      ...mutableToWire(hook),
    })),
    update: mapped(update, mutableToWire),
    complete: completion(limits),
    id: ruled<string>(idRule, limits),
    lifecycleHookName: ruled<string>(lifecycleHookNameRule, limits),
    existingHookName: ruled<string>(existingHookNameRule, limits),
  };
}
export type RequestSchemas = ReturnType<typeof requestSchemas>;

/** What a hook is created with. */
export type CreateLifecycleHookInput = z.input<RequestSchemas["create"]>;

/** What an update changes: at least one of the five mutable fields. */
export type UpdateLifecycleHookInput = AtLeastOne<z.input<RequestSchemas["update"]>>;

type AtLeastOne<T> = {
  [Name in keyof T]-?: T & { [Given in Name]-?: Exclude<T[Given], undefined> };
}[keyof T];

function completion(limits: LifecycleHookLimits) {
  const fields = z.strictObject({
    lifecycleActionResult: ruled<LifecycleActionResult>(lifecycleActionResultRule, limits),
    lifecycleActionKey: z.optional(ruled<string>(idRule, limits)),
    instanceId: z.optional(ruled<string>(idRule, limits)),
    lifecycleHookName: z.optional(ruled<string>(existingHookNameRule, limits)),
  });
  return mapped(fields.check(oneAddress), (value) => ({
    lifecycle_action_result: value.lifecycleActionResult,
    ...defined({
      lifecycle_action_key: value.lifecycleActionKey,
      instance_id: value.instanceId,
      lifecycle_hook_name: value.lifecycleHookName,
    }),
  }));
}

function oneAddress({ value, issues }: z.core.ParsePayload<Partial<Record<string, unknown>>>): void {
  const { lifecycleActionKey, instanceId, lifecycleHookName } = value;
  const isKeyed = lifecycleActionKey !== undefined;
  const isNamed = instanceId !== undefined && lifecycleHookName !== undefined;
  const isHalfNamed = instanceId !== undefined || lifecycleHookName !== undefined;
  if (isKeyed ? !isHalfNamed : isNamed) return;
  const problem = {
    is: isKeyed ? "is one address too many" : "is missing",
    allowed: "address the suspension by lifecycleActionKey, or by instanceId and lifecycleHookName",
  };
  issues.push({ code: "custom", input: value, path: ["lifecycleActionKey"], params: { problem } });
}

/** How a suspension is ended or prolonged, and which one: by its key, or by its instance and hook. */
export type CompleteInput = {
  /** EXTEND adds one hour to the deadline. */
  readonly lifecycleActionResult: LifecycleActionResult;
} & (
  | {
      /** The token of the notification or of the list. */
      readonly lifecycleActionKey: string;
      readonly instanceId?: undefined;
      readonly lifecycleHookName?: undefined;
    }
  | {
      readonly lifecycleActionKey?: undefined;
      readonly instanceId: string;
      readonly lifecycleHookName: string;
    }
);

type MutableFields = {
  [Field in keyof ReturnType<typeof mutableFields>]?:
    | z.output<ReturnType<typeof mutableFields>[Field]>
    | undefined;
};

function mutableToWire(hook: MutableFields) {
  return defined({
    lifecycle_hook_type: hook.lifecycleHookType,
    default_result: hook.defaultResult,
    default_timeout: hook.defaultTimeout,
    notification_topic_urn: hook.notificationTopicUrn,
    notification_metadata: hook.notificationMetadata,
  });
}

function defined<T extends object>(fields: T): Partial<T> {
  const kept: Partial<T> = {};
  for (const name in fields) if (fields[name] !== undefined) kept[name] = fields[name];
  return kept;
}
