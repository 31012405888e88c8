import { hash } from "node:crypto";
import { specificationLimits } from "../../api/limits";
import { refusal } from "../http/refusals";
import type { JsonBody } from "../http/request";
import { changed, created, type Field, type Validation, within } from "./fields";
import {
  type Activity,
  currentInstances,
  type Effect,
  expectOrder,
  type Group,
  type Instance,
  type Sizes,
  shownStates,
} from "./group";
import { wireTime } from "./hooks";

/** Scaling groups, their instances and their activities as the service has them on the wire. Source: the API reference. */

/** The most instances that a quota can allow a group. */
const maxInstances = 1000;
const size: Field<number> = {
  type: "integer",
  judge: (number: number) => within(number, 0, maxInstances, "AS.2045"),
};

/** The fields of a group that a user sets, apart from its sizes, with the codes that refuse them. */
const settable: Readonly<Record<string, Field<unknown>>> = {
  scaling_group_name: {
    type: "string",
    absent: "",
    judge(name: string) {
      if (name === "") throw refusal("AS.2002");
      if (!/^[\p{L}\p{N}_-]{1,64}$/u.test(name)) throw refusal("AS.2022");
      return name;
    },
  },
  scaling_configuration_id: { type: "string", absent: "" },
  vpc_id: {
    type: "string",
    absent: "",
    fixed: true,
    judge(id: string) {
      if (id === "") throw refusal("AS.2017");
      return id;
    },
  },
  networks: {
    type: "array",
    absent: [],
    judge(networks: readonly { readonly id?: unknown }[]) {
      const isGood = networks.length > 0 && networks.every((network) => typeof network?.id === "string");
      if (!isGood) throw refusal("AS.2013");
      if (networks.length > 5) throw refusal("AS.2024");
      return networks.map((network) => ({ ipv6_enable: false, allowed_address_pairs: [], ...network }));
    },
  },
  security_groups: { type: "array", absent: [] },
  available_zones: { type: "array", absent: [] },
  cool_down_time: {
    type: "integer",
    absent: 300,
    judge: (time: number) => within(time, 0, 86_400, "AS.2006"),
  },
  lb_listener_id: { type: "string", absent: null },
  lbaas_listeners: { type: "array", absent: [] },
  health_periodic_audit_method: { type: "string", absent: "NOVA_AUDIT" },
  health_periodic_audit_time: { type: "integer", absent: 5 },
  health_periodic_audit_grace_period: { type: "integer", absent: 600 },
  instance_terminate_policy: { type: "string", absent: "OLD_CONFIG_OLD_INSTANCE" },
  multi_az_priority_policy: { type: "string", absent: "EQUILIBRIUM_DISTRIBUTE" },
  delete_publicip: { type: "boolean", absent: false },
  delete_volume: { type: "boolean", absent: false },
  enterprise_project_id: { type: "string", absent: "0" },
  description: { type: "string", absent: "" },
  iam_agency_name: { type: "string", absent: null },
  notifications: { type: "array", absent: null },
  tags: { type: "array", absent: null },
};

const sizes = { min_instance_number: size, desire_instance_number: size, max_instance_number: size };

/** What a group is made of, or changed to. */
export interface GroupRequest<Given> {
  readonly sizes: Given;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Judges the body of a create. @throws Refusal with the code of the first bad field */
export function newGroupOf(json: JsonBody, validation: Validation): GroupRequest<Sizes> {
  if (json === null) throw refusal("AS.0002");
  const given = created(json, { ...settable, ...sizes }, validation);
  const { min = 0, desire = min, max = 0 } = sizesOf(given);
  expectOrder({ min, desire, max });
  return { sizes: { min, desire, max }, fields: fieldsOf(given) };
}

/** Judges the body of an update: what it leaves out stays as it is. @throws Refusal as for a create */
export function groupChanges(json: JsonBody, validation: Validation): GroupRequest<Partial<Sizes>> {
  if (json === null) throw refusal("AS.0002");
  const given = changed(json, { ...settable, ...sizes }, validation);
  return { sizes: sizesOf(given), fields: fieldsOf(given) };
}

/** The fields of a group that the emulator has from its start, which no request made. */
export function fieldsNamed(name: string): Group["fields"] {
  const network = { id: "7a8b9c0d-0000-4000-8000-00000000000e" };
  const ids = {
    scaling_configuration_id: "5e6f7a8b-0000-4000-8000-00000000000c",
    vpc_id: "3c4d5e6f-0000-4000-8000-00000000000d",
  };
  const body = { scaling_group_name: name, networks: [network], ...ids };
  const { fields } = newGroupOf(body, { limits: specificationLimits, strict: true, warn: () => {} });
  return { ...fields, scaling_configuration_name: "web-conf" };
}

/** A group as show and list answer it. `isBusy`: it is to be so for a test. */
export function wireGroup(group: Group, isBusy: boolean) {
  const { activity, ended } = group;
  return {
    scaling_group_id: group.id,
    ...group.fields,
    scaling_group_status: group.status,
    is_scaling: activity !== undefined || isBusy,
    activity_type: (activity ?? ended[0])?.type ?? null,
    current_instance_number: currentInstances(group).length,
    desire_instance_number: group.desire,
    min_instance_number: group.min,
    max_instance_number: group.max,
    detail: null,
    cloud_location_id: null,
    create_time: wireTime(group.created),
  };
}

/** An instance as the list answers it. */
export interface WireInstance {
  /** Absent while its server is being made. */
  readonly instance_id?: string;
  readonly instance_name: string;
  readonly scaling_group_id: string;
  readonly scaling_group_name: unknown;
  /** PENDING, PENDING_WAIT, INSERVICE, STANDBY, REMOVING or REMOVING_WAIT. */
  readonly life_cycle_state: string;
  readonly health_status: string;
  readonly scaling_configuration_id: unknown;
  readonly scaling_configuration_name: unknown;
  readonly create_time: string;
  readonly protect_from_scaling_down: boolean;
}

/** An instance as the list answers it. */
export function wireInstance(group: Group, instance: Instance): WireInstance {
  const { fields } = group;
  return {
    // A server that is still being made has no id yet.
    ...(instance.step === "create" ? {} : { instance_id: instance.id }),
    instance_name: instance.name,
    scaling_group_id: group.id,
    scaling_group_name: fields.scaling_group_name,
    life_cycle_state: shownStates[instance.step],
    health_status: instance.step === "create" ? "INITAILIZING" : instance.healthy ? "NORMAL" : "ERROR",
    scaling_configuration_id: instance.manual ? "" : fields.scaling_configuration_id,
    scaling_configuration_name: instance.manual ? "MANNUAL_ADD" : fields.scaling_configuration_name,
    create_time: wireTime(instance.joined),
    protect_from_scaling_down: instance.protected,
  };
}

/** The message of a hook about an instance that it suspends; all its fields are strings. `empty`: stands for a field that is not set. */
export function hookMessage(
  projectId: string,
  group: Group,
  { hook, hang, instance }: Extract<Effect, { kind: "hang" }>,
  empty: "" | null | undefined,
): string {
  const { fields } = group;
  const configuration = (value: unknown) => (instance.manual ? empty : value);
  const address = Buffer.from(hash("sha256", instance.id).slice(0, 4), "hex").join(".");
  return JSON.stringify({
    service: "AutoScaling",
    tenant_id: projectId,
    lifecycle_hook_type: hook.lifecycle_hook_type,
    lifecycle_hook_name: hook.lifecycle_hook_name,
    lifecycle_action_key: hang.key,
    notification_metadata: hook.notification_metadata ?? empty,
    scaling_instance: {
      instance_id: instance.id,
      instance_name: instance.name,
      instance_ip: `10.0.${address}`,
    },
    scaling_group: {
      scaling_group_id: group.id,
      scaling_group_name: fields.scaling_group_name,
      scaling_config_id: configuration(fields.scaling_configuration_id),
      scaling_config_name: configuration(fields.scaling_configuration_name),
    },
  });
}

/** An activity as the log answers it; the first version of the log has names only, and no type. */
export function wireActivity(activity: Activity, version: 1 | 2) {
  const lists = {
    instance_added_list: activity.added,
    instance_removed_list: activity.removed,
    instance_deleted_list: activity.deleted,
  };
  const items = (list: Activity["added"], failure: object = {}) =>
    list.map(({ id, name }) => ({ instance_id: id, instance_name: name, ...failure }));
  const named = (list: Activity["added"]) => (list.length === 0 ? null : list.map(({ name }) => name).join());
  const shown = Object.entries(lists).map(([name, list]) => [
    name,
    version === 1 ? named(list) : items(list),
  ]);
  const isChange = activity.reason === "MANNUAL" || activity.reason === "DIFF";
  const change = {
    change_reason: isChange ? activity.reason : "DIFF",
    old_value: activity.before,
    new_value: activity.desire,
    change_time: wireTime(activity.start),
  };
  const failed = items(activity.abandoned, {
    failed_reason: "ABANDON",
    failed_details: "abandoned by a hook",
  });
  return {
    id: activity.id,
    status: activity.end === undefined ? "DOING" : activity.failed ? "FAIL" : "SUCCESS",
    start_time: wireTime(activity.start),
    end_time: activity.end === undefined ? null : wireTime(activity.end),
    instance_value: activity.before,
    desire_value: activity.desire,
    scaling_value: activity.count,
    description: JSON.stringify({ reason: [change] }),
    ...Object.fromEntries(shown),
    ...(version === 1
      ? {}
      : { type: activity.type, instance_failed_list: failed, instance_standby_list: [] }),
  };
}

function sizesOf(given: Readonly<Record<string, unknown>>): Partial<Sizes> {
  const named = { min: "min_instance_number", desire: "desire_instance_number", max: "max_instance_number" };
  const found = Object.entries(named).flatMap(([short, name]) =>
    name in given ? [[short, given[name]]] : [],
  );
  return Object.fromEntries(found);
}

function fieldsOf(given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const fields = Object.entries(given).filter(([name]) => !(name in sizes));
  const id = given.scaling_configuration_id;
  // Configurations are no part of the emulator: each id has one, whose name begins like the id.
  const configuration =
    typeof id === "string" ? { scaling_configuration_name: `config-${id.slice(0, 8)}` } : {};
  return { ...Object.fromEntries(fields), ...configuration };
}
