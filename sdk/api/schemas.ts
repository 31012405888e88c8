import * as z from "zod/mini";
import { hookFieldEntries, hookInputs, type LifecycleHook, type Open } from "./hook-fields";
import type { LifecycleHookLimits } from "./limits";
import {
  booleanRule,
  type DefaultResult,
  existingHookNameRule,
  type HealthStatus,
  healthStatusRule,
  idRule,
  instanceNumberRule,
  type LifeCycleState,
  type LifecycleActionResult,
  lifeCycleStateRule,
  lifecycleActionResultRule,
  lifecycleHookNameRule,
  type Rule,
} from "./rules";

/**
 * The wire: what goes out is validated strictly by the rules, what comes in is parsed loosely, so that a field or a value
 * that the service adds fails no call. The names of a hook's fields stand in `hook-fields.ts`, all others here alone.
 */

/* ---- responses ---- */

function open<Known extends string>() {
  return z.string() as z.ZodMiniType<Open<Known>>;
}

/** A lifecycle hook as the service describes it, in the responses of create, get, list and update. */
export const lifecycleHookResponse = mapped(
  z.object(
    Object.fromEntries(
      hookFieldEntries.map(([, { wire, kind, optional }]) => {
        const value = kind === "integer" ? z.int() : z.string();
        return [wire, optional ? z.nullish(value) : value];
      }),
    ),
  ),
  (wire: Readonly<Record<string, unknown>>) => {
    const hook: Record<string, unknown> = {};
    for (const [name, field] of hookFieldEntries) {
      const value = wire[field.wire];
      hook[name] = field.optional ? value || undefined : value;
    }
    return hook as LifecycleHook;
  },
);

export const lifecycleHooksResponse = mapped(
  z.object({ lifecycle_hooks: z.array(lifecycleHookResponse) }),
  (wire) => wire.lifecycle_hooks,
);

/** An instance that a hook has suspended. */
const hangingInstanceResponse = mapped(
  z.object({
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
  z.object({ instance_hanging_info: z.array(hangingInstanceResponse) }),
  (wire) => wire.instance_hanging_info,
);

const wireGroup = z.object({
  scaling_group_id: z.string(),
  scaling_group_name: z.string(),
  scaling_group_status: open<"INSERVICE" | "PAUSED" | "ERROR" | "DELETING" | "FREEZED">(),
  is_scaling: z.boolean(),
  current_instance_number: z.int(),
  desire_instance_number: z.int(),
  min_instance_number: z.int(),
  max_instance_number: z.int(),
  detail: z.nullish(z.string()),
});

/** A scaling group, as far as hooks depend on it. */
const scalingGroup = mapped(wireGroup, (wire) => ({
  scalingGroupId: wire.scaling_group_id,
  scalingGroupName: wire.scaling_group_name,
  scalingGroupStatus: wire.scaling_group_status,
  /** Whether a scaling activity runs: the group takes no changes of its hooks meanwhile. */
  isScaling: wire.is_scaling,
  currentInstanceNumber: wire.current_instance_number,
  desireInstanceNumber: wire.desire_instance_number,
  minInstanceNumber: wire.min_instance_number,
  maxInstanceNumber: wire.max_instance_number,
  /** Why the last scaling activity failed; `undefined` when it did not. */
  detail: wire.detail || undefined,
}));

export const scalingGroupResponse = mapped(
  z.object({ scaling_group: scalingGroup }),
  (wire) => wire.scaling_group,
);

/** A page of the groups, and how many there are on all pages. */
export const scalingGroupsResponse = mapped(
  z.object({ total_number: z.int(), scaling_groups: z.array(scalingGroup) }),
  ({ total_number: total, scaling_groups: items }) => ({ total, items }),
);

const scalingInstance = mapped(
  z.object({
    instance_id: z.nullish(z.string()),
    instance_name: z.nullish(z.string()),
    life_cycle_state: open<LifeCycleState>(),
    health_status: open<HealthStatus | "INITAILIZING">(),
    create_time: z.string(),
    protect_from_scaling_down: z.nullish(z.boolean()),
  }),
  (wire) => ({
    /** `undefined` while its server is being made. */
    instanceId: wire.instance_id || undefined,
    /** Empty once its configuration was deleted. */
    instanceName: wire.instance_name ?? "",
    lifeCycleState: wire.life_cycle_state,
    /** The service's answers misspell it. */
    healthStatus: wire.health_status === "INITAILIZING" ? "INITIALIZING" : wire.health_status,
    /** When it joined the group: UTC, `YYYY-MM-DDThh:mm:ssZ`. */
    createTime: wire.create_time,
    protectFromScalingDown: wire.protect_from_scaling_down ?? false,
  }),
);

/** An instance of a scaling group. Source: the API reference, "querying instances in an AS group". */
export type ScalingInstance = z.output<typeof scalingInstance>;

/** A page of a group's instances, and how many there are on all pages. */
export const scalingInstancesResponse = mapped(
  z.object({ total_number: z.int(), scaling_group_instances: z.array(scalingInstance) }),
  ({ total_number: total, scaling_group_instances: items }) => ({ total, items }),
);

/** What came of an instance in an activity. Only the newer log has the reasons. */
const wireFailure = z.object({
  instance_id: z.nullish(z.string()),
  instance_name: z.nullish(z.string()),
  failed_reason: z.nullish(z.string()),
  failed_details: z.nullish(z.string()),
});

const wireActivity = z.object({
  id: z.string(),
  status: open<"DOING" | "SUCCESS" | "FAIL">(),
  start_time: z.string(),
  end_time: z.nullish(z.string()),
  instance_failed_list: z.nullish(z.array(wireFailure)),
});

export const scalingActivitiesResponse = mapped(
  z.object({ scaling_activity_log: z.array(wireActivity) }),
  ({ scaling_activity_log: log }) =>
    log.map(({ id, status, start_time, end_time, instance_failed_list }) => ({
      activityId: id,
      activityStatus: status,
      /** UTC, `YYYY-MM-DDThh:mm:ssZ`. */
      startTime: start_time,
      /** `undefined` while it runs. */
      endTime: end_time ?? undefined,
      /** The instances that failed, and why, in the service's words. */
      failures: (instance_failed_list ?? []).map((one) => ({
        instanceId: one.instance_id || undefined,
        reason: [one.failed_reason, one.failed_details].filter(Boolean).join(": "),
      })),
    })),
);

/** A scaling activity of a group. Source: the API reference, "querying scaling action logs". */
export type ScalingActivity = z.output<typeof scalingActivitiesResponse>[number];

/** A scaling group. Source: the API reference, "querying details of a group". */
export type ScalingGroup = z.output<typeof scalingGroup>;

/** The projects of IAM's look-up. */
export const projectsResponse = mapped(
  z.object({ projects: z.array(z.object({ id: z.string(), name: z.string() })) }),
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

/** The schema of some inputs, and what the wire calls them. */
function inputsSchema(inputs: typeof hookInputs, limits: LifecycleHookLimits, allMayBeAbsent: boolean) {
  const shape = inputs.map(([name, field]) => {
    const value = ruled<unknown>(field.rule, limits);
    const mayBeAbsent = allMayBeAbsent || field.optional || field.default !== undefined;
    return [name, mayBeAbsent ? z.optional(value) : value];
  });
  return mapped(z.strictObject(Object.fromEntries(shape)), (given: Readonly<Record<string, unknown>>) => {
    const body: Record<string, unknown> = {};
    for (const [name, { wire }] of inputs) if (given[name] !== undefined) body[wire] = given[name];
    return body;
  });
}

/** The requests' schemas under some limits: built once for a client. */
export function requestSchemas(limits: LifecycleHookLimits) {
  return {
    create: inputsSchema(hookInputs, limits, false),
    update: inputsSchema(
      hookInputs.filter(([, { change }]) => change === "in place"),
      limits,
      true,
    ),
    complete: completion(limits),
    groupSizes: groupSizes(limits),
    instanceFilter: instanceFilter(limits),
    id: ruled<string>(idRule, limits),
    lifecycleHookName: ruled<string>(lifecycleHookNameRule, limits),
    existingHookName: ruled<string>(existingHookNameRule, limits),
  };
}
export type RequestSchemas = ReturnType<typeof requestSchemas>;

const sizeNames = {
  minInstanceNumber: "min_instance_number",
  desireInstanceNumber: "desire_instance_number",
  maxInstanceNumber: "max_instance_number",
} as const;

/** The numbers of instances of a group. What is left out stays as it is. */
export type ScalingGroupSizes = { readonly [Name in keyof typeof sizeNames]?: number | undefined };

function groupSizes(limits: LifecycleHookLimits) {
  const size = z.optional(ruled<number>(instanceNumberRule, limits));
  const fields = z.strictObject({
    minInstanceNumber: size,
    desireInstanceNumber: size,
    maxInstanceNumber: size,
  });
  return mapped(fields, (sizes) => renamed(sizes, sizeNames));
}

const filterNames = {
  lifeCycleState: "life_cycle_state",
  healthStatus: "health_status",
  protectFromScalingDown: "protect_from_scaling_down",
} as const;

/** Which instances of a group to list. */
export interface ScalingInstanceFilter {
  readonly lifeCycleState?: LifeCycleState | undefined;
  readonly healthStatus?: HealthStatus | undefined;
  readonly protectFromScalingDown?: boolean | undefined;
}

function instanceFilter(limits: LifecycleHookLimits) {
  const fields = z.strictObject({
    lifeCycleState: z.optional(ruled<LifeCycleState>(lifeCycleStateRule, limits)),
    healthStatus: z.optional(ruled<HealthStatus>(healthStatusRule, limits)),
    protectFromScalingDown: z.optional(ruled<boolean>(booleanRule, limits)),
  });
  return mapped(fields, (filter) => renamed(filter, filterNames));
}

/** What is given, by its names on the wire. */
function renamed<Name extends string>(
  given: { readonly [One in Name]?: unknown },
  names: Readonly<Record<Name, string>>,
): Record<string, unknown> {
  const kept = (Object.keys(names) as Name[]).filter((name) => given[name] !== undefined);
  return Object.fromEntries(kept.map((name) => [names[name], given[name]]));
}

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

function defined<T extends object>(fields: T): Partial<T> {
  const kept: Partial<T> = {};
  for (const name in fields) if (fields[name] !== undefined) kept[name] = fields[name];
  return kept;
}
