import { randomUUID } from "node:crypto";
import { refusal } from "../http/refusals";
import { jsonBody, parameter, type ReceivedRequest } from "../http/request";
import { type Backend, type Call, call } from "../http/routes";
import { type Group, type GroupEvent, hookOf, shownStates } from "./group";
import { groupChanges, newGroupOf, wireActivity, wireGroup, wireInstance } from "./group-wire";
import { callback, hookChanges, newHook } from "./hooks";
import { wireHangs } from "./service";

const base = "/autoscaling-api/v1/:projectId";
const hooks = `${base}/scaling_lifecycle_hook/:groupId`;
const hanging = `${base}/scaling_instance_hook/:groupId`;
const groups = `${base}/scaling_group`;
const instances = `${base}/scaling_group_instance`;

/** The calls on lifecycle hooks, and on what hangs on them. */
const hookCalls: readonly Call[] = [
  call("POST", hooks, "write", (backend, request, { groupId }) => {
    const hook = newHook(jsonBody(request.body), backend.validation);
    backend.groups.get(groupId);
    expectTopic(hook.notification_topic_urn, backend);
    const event = { kind: "create-hook", hook, room: backend.validation.limits.maxHooksPerGroup } as const;
    return hookOf(backend.groups.happen(groupId, event), hook.lifecycle_hook_name);
  }),
  // Before the hook that is named list, which can be changed and deleted, but never shown.
  call("GET", `${hooks}/list`, "read", (backend, _, { groupId }) => ({
    lifecycle_hooks: backend.groups.get(groupId).hooks,
  })),
  call("GET", `${hooks}/:name`, "read", (backend, _, { groupId, name }) =>
    hookOf(backend.groups.get(groupId), name),
  ),
  call("PUT", `${hooks}/:name`, "write", (backend, request, { groupId, name }) => {
    const changes = hookChanges(jsonBody(request.body), backend.validation);
    hookOf(backend.groups.get(groupId), name);
    expectTopic(changes.notification_topic_urn, backend);
    return hookOf(backend.groups.happen(groupId, { kind: "update-hook", name, changes }), name);
  }),
  call("DELETE", `${hooks}/:name`, "write", (backend, _, { groupId, name }) => {
    backend.groups.happen(groupId, { kind: "delete-hook", name });
  }),
  call("GET", `${hanging}/list`, "read", (backend, request, { groupId }) => ({
    instance_hanging_info: wireHangs(backend.groups.get(groupId), parameter(request, "instance_id")),
  })),
  // Callbacks count as reads because the vendor's flow limits put them there.
  call("PUT", `${hanging}/callback`, "read", (backend, request, { groupId }) => {
    const said = callback(jsonBody(request.body), backend.validation);
    backend.groups.happen(groupId, { kind: "complete", callback: said });
  }),
];

/** The calls on groups, their instances and their activities. */
const groupCalls: readonly Call[] = [
  call("POST", groups, "write", (backend, request) => {
    const { sizes, fields } = newGroupOf(jsonBody(request.body), backend.validation);
    const id = randomUUID();
    backend.groups.make(id, sizes, fields);
    return { scaling_group_id: id };
  }),
  call("GET", groups, "read", (backend, request) => {
    const name = parameter(request, "scaling_group_name") ?? "";
    const status = parameter(request, "scaling_group_status");
    const configuration = parameter(request, "scaling_configuration_id");
    const found = backend.groups.all.filter(
      (group) =>
        String(group.fields.scaling_group_name).includes(name) &&
        (status === undefined || group.status === status) &&
        (configuration === undefined || group.fields.scaling_configuration_id === configuration),
    );
    return page(request, "scaling_groups", found, (group) => shown(backend, group), ["AS.1001", "AS.1002"]);
  }),
  call("GET", `${groups}/:groupId`, "read", (backend, _, { groupId }) => ({
    scaling_group: shown(backend, backend.groups.get(groupId)),
  })),
  call("PUT", `${groups}/:groupId`, "write", (backend, request, { groupId }) => {
    const changes = groupChanges(jsonBody(request.body), backend.validation);
    backend.groups.happen(groupId, { kind: "configure", ...changes });
    return { scaling_group_id: groupId };
  }),
  call("POST", `${groups}/:groupId/action`, "write", (backend, request, { groupId }) => {
    const action = jsonBody(request.body)?.action;
    if (action !== "resume" && action !== "pause") throw refusal("AS.2008");
    const { fields } = backend.groups.get(groupId);
    if (action === "resume" && fields.scaling_configuration_id === "") throw refusal("AS.2018");
    // Resuming what is in service, and pausing what is paused, is not documented: here nothing happens.
    backend.groups.happen(groupId, { kind: action });
  }),
  call("DELETE", `${groups}/:groupId`, "write", (backend, request, { groupId }) => {
    const force = yesOrNo(parameter(request, "force_delete"), "AS.2019");
    backend.groups.happen(groupId, { kind: "delete-group", force });
  }),
  call("GET", `${instances}/:groupId/list`, "read", (backend, request, { groupId }) => {
    const group = backend.groups.get(groupId);
    const state = parameter(request, "life_cycle_state");
    const health = parameter(request, "health_status");
    const known = [...Object.values(shownStates), "ENTERING_STANDBY"];
    if (state !== undefined && !known.includes(state)) throw refusal("AS.4003");
    if (health !== undefined && !["NORMAL", "ERROR", "INITIALIZING"].includes(health))
      throw refusal("AS.4004");
    const shownHealth = health === "INITIALIZING" ? "INITAILIZING" : health;
    const protection = parameter(request, "protect_from_scaling_down");
    const found = group.instances
      .map((instance) => wireInstance(group, instance))
      .filter(
        (one) =>
          (state ?? one.life_cycle_state) === one.life_cycle_state &&
          (shownHealth ?? one.health_status) === one.health_status &&
          (protection ?? String(one.protect_from_scaling_down)) === String(one.protect_from_scaling_down),
      );
    return page(request, "scaling_group_instances", found, (one) => one, ["AS.4000", "AS.4001"]);
  }),
  call("POST", `${instances}/:groupId/action`, "write", (backend, request, { groupId }) => {
    const body = jsonBody(request.body) ?? {};
    backend.groups.get(groupId);
    const event = batchEvent(body);
    const isElsewhere = (id: string) =>
      backend.groups.all.some(
        ({ id: other, instances }) => other !== groupId && instances.some((one) => one.id === id),
      );
    if (event.kind === "add" && event.instances.some(isElsewhere)) throw refusal("AS.4027");
    backend.groups.happen(groupId, event);
  }),
  call("DELETE", `${instances}/:instanceId`, "write", (backend, request, { instanceId }) => {
    const deletes = yesOrNo(parameter(request, "instance_delete"), "AS.4007");
    const group = backend.groups.all.find((one) => one.instances.some(({ id }) => id === instanceId));
    if (group === undefined) throw refusal("AS.4006");
    backend.groups.happen(group.id, { kind: "remove", instances: [instanceId], deletes });
  }),
  ...([1, 2] as const).map((version) =>
    call(
      "GET",
      `${base.replace("v1", `v${version}`)}/scaling_activity_log/:groupId`,
      "read",
      (backend, request, { groupId }) => {
        const { activity, ended } = backend.groups.get(groupId);
        const [id, types, status] = ["log_id", "type", "status"].map((name) => parameter(request, name));
        const all = [...(activity === undefined ? [] : [activity]), ...ended];
        const found = all
          .filter((one) => types === undefined || types.split(",").includes(one.type))
          .filter((one) => id === undefined || one.id === id)
          .map((one) => wireActivity(one, version))
          .filter((one) => status === undefined || one.status === status);
        // Which of the log's codes is for which parameter is not documented.
        return page(request, "scaling_activity_log", found, (one) => one, ["AS.9001", "AS.9002"]);
      },
    ),
  ),
];

/** The calls of Auto Scaling. A further one needs its row here, and what it does in the model beside it. */
export const autoScalingCalls: readonly Call[] = [...hookCalls, ...groupCalls];

/** The fields of a batch's body tell what is to happen. @throws Refusal */
function batchEvent({
  action,
  instances_id: ids,
  instance_delete,
  instance_append,
}: Record<string, unknown>): GroupEvent {
  const isList = Array.isArray(ids) && ids.length > 0 && ids.every((id) => typeof id === "string");
  if (!isList) throw refusal("AS.4013");
  if (ids.length > (action === "REMOVE" ? 50 : 10)) throw refusal("AS.4022");
  const instances: readonly string[] = ids;
  switch (action) {
    case "ADD":
      return { kind: "add", instances };
    case "REMOVE":
      return { kind: "remove", instances, deletes: yesOrNo(instance_delete, "AS.4007") };
    case "PROTECT":
      return { kind: "protect", instances };
    case "UNPROTECT":
      return { kind: "unprotect", instances };
    case "ENTER_STANDBY":
      return { kind: "enter-standby", instances, append: yesOrNo(instance_append, "AS.4025") };
    case "EXIT_STANDBY":
      return { kind: "exit-standby", instances };
    default:
      throw refusal("AS.4018");
  }
}

function yesOrNo(given: unknown, code: "AS.2019" | "AS.4007" | "AS.4025"): boolean {
  if (given !== undefined && given !== "yes" && given !== "no") throw refusal(code);
  return given === "yes";
}

/** One page of a list, as all lists of Auto Scaling answer it. @throws Refusal of the two codes, for the parameters */
function page<Item>(
  request: ReceivedRequest,
  name: string,
  items: readonly Item[],
  show: (item: Item) => unknown,
  [badStart, badLimit]: readonly ["AS.1001" | "AS.4000" | "AS.9001", "AS.1002" | "AS.4001" | "AS.9002"],
): unknown {
  const numbers = /^\d{1,9}$/;
  const start = parameter(request, "start_number") ?? "0";
  const limit = parameter(request, "limit") ?? "20";
  if (!numbers.test(start)) throw refusal(badStart);
  if (!numbers.test(limit) || Number(limit) > 100) throw refusal(badLimit);
  return {
    total_number: items.length,
    start_number: Number(start),
    limit: Number(limit),
    [name]: items.slice(Number(start), Number(start) + Number(limit)).map(show),
  };
}

function shown({ groups }: Backend, group: Group): unknown {
  return wireGroup(group, groups.isBusy(group.id));
}

function expectTopic(urn: string | undefined, { knowsTopic }: Backend): void {
  if (urn !== undefined && !knowsTopic(urn)) throw refusal("AS.7043");
}
