import type { LifecycleHookLimits } from "../../limits";
import { type Answer, gatewayRefusal, refusal } from "../http/refusals";
import { decodedPath, jsonBody, parameter, type ReceivedRequest } from "../http/request";
import type { Groups, ScalingGroup } from "./groups";
import { callback, hookChanges, newHook } from "./hooks";

/** What the calls work on. */
export interface World {
  readonly groups: Groups;
  readonly region: string;
  readonly projectId: string;
  /** The topics that exist; `undefined`: every one that is well-formed. */
  readonly topics: readonly string[] | undefined;
  readonly limits: LifecycleHookLimits;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/** What a path says where its row has a name that begins with a colon; empty where it has none. */
type PathParameters = Readonly<Record<"projectId" | "groupId" | "hookName", string>>;

/** One call of the API. */
interface Call {
  readonly method: string;
  readonly path: readonly string[];
  /** Each service refuses a token in its own words. */
  readonly service: "autoscaling" | "iam";
  /** How the gateway counts it: it lets far fewer changes pass than anything else. */
  readonly flow: "write" | "read" | "unlimited";
  readonly perform: (world: World, request: ReceivedRequest, path: PathParameters) => unknown;
}

const base = "/autoscaling-api/v1/:projectId";
const hooks = `${base}/scaling_lifecycle_hook/:groupId`;
const hanging = `${base}/scaling_instance_hook/:groupId`;

/**
 * In this order: `GET …/list` is the list, so a hook named `list` can be changed and deleted, but never shown.
 * Callbacks count as reads because the vendor's flow limits put them there. What a call returns is the body of a 200;
 * `undefined` makes a 204.
 */
const calls: readonly Call[] = [
  call("POST", hooks, "write", (world, request, { groupId }) => {
    const hook = newHook(jsonBody(request.body), world.limits);
    const group = groupOf(world, groupId);
    expectTopic(hook.notification_topic_urn, world);
    return group.create(hook, world.now());
  }),
  call("GET", `${hooks}/list`, "read", (world, _, { groupId }) => ({
    lifecycle_hooks: groupOf(world, groupId).hooks(),
  })),
  call("GET", `${hooks}/:hookName`, "read", (world, _, { groupId, hookName }) =>
    groupOf(world, groupId).hook(hookName),
  ),
  call("PUT", `${hooks}/:hookName`, "write", (world, request, { groupId, hookName }) => {
    const changes = hookChanges(jsonBody(request.body), world.limits);
    const group = groupOf(world, groupId);
    group.hook(hookName);
    expectTopic(changes.notification_topic_urn, world);
    return group.update(hookName, changes);
  }),
  call("DELETE", `${hooks}/:hookName`, "write", (world, _, { groupId, hookName }) =>
    groupOf(world, groupId).delete(hookName),
  ),
  call("GET", `${hanging}/list`, "read", (world, request, { groupId }) => ({
    instance_hanging_info: groupOf(world, groupId).hanging.list(
      world.now(),
      parameter(request, "instance_id"),
    ),
  })),
  call("PUT", `${hanging}/callback`, "read", (world, request, { groupId }) => {
    const said = callback(jsonBody(request.body));
    groupOf(world, groupId).hanging.complete(said, world.now());
  }),
  { ...call("GET", "/v3/projects", "unlimited", listProjects), service: "iam" },
];

/** Which call a request is, and on what. */
export interface FoundCall {
  readonly call: Call;
  readonly path: PathParameters;
}

/** Finds the call that a request is. @throws Refusal 404 APIGW.0101: the gateway knows no such path or method */
export function callOf(request: ReceivedRequest): FoundCall {
  const segments = decodedPath(request).split("/");
  const onPath = calls.flatMap((call) => {
    const path = match(call.path, segments);
    return path === undefined ? [] : [{ call, path }];
  });
  const found = onPath.find(({ call }) => call.method === request.method);
  if (found !== undefined) return found;
  throw gatewayRefusal(
    404,
    "APIGW.0101",
    // The vendor's two texts: the second is for a method that the API does not have.
    onPath.length > 0
      ? "The API does not exist."
      : "The API does not exist or has not been published in the environment.",
  );
}

/** Does what a request asks for, and answers as the service does. @throws Refusal */
export function perform({ call, path }: FoundCall, request: ReceivedRequest, world: World): Answer {
  if (call.service === "autoscaling" && path.projectId !== world.projectId) throw refusal("AS.0008");
  const body = call.perform(world, request, path);
  return body === undefined ? { status: 204 } : { status: 200, body };
}

function call(method: string, path: string, flow: Call["flow"], perform: Call["perform"]): Call {
  return { method, path: path.split("/"), service: "autoscaling", flow, perform };
}

function match(path: readonly string[], segments: readonly string[]): PathParameters | undefined {
  if (path.length !== segments.length) return undefined;
  const parameters: Record<string, string> = { projectId: "", groupId: "", hookName: "" };
  for (const [index, part] of path.entries()) {
    const segment = segments[index] ?? "";
    if (part.startsWith(":") ? segment === "" : part !== segment) return undefined;
    if (part.startsWith(":")) parameters[part.slice(1)] = segment;
  }
  return parameters as PathParameters;
}

/** A missing group is a 400, unlike a missing hook. */
function groupOf({ groups }: World, id: string): ScalingGroup {
  const group = groups.find(id);
  if (group === undefined) throw refusal("AS.2007");
  return group;
}

function expectTopic(urn: string | undefined, { topics }: World): void {
  if (urn !== undefined && topics !== undefined && !topics.includes(urn)) throw refusal("AS.7043");
}

/** The account that the project belongs to; nothing here depends on it. */
const domainId = "fedcba9876543210fedcba9876543210";

/** IAM's look-up: each region has a project that is named like it. */
function listProjects({ region, projectId }: World, request: ReceivedRequest): unknown {
  const name = parameter(request, "name");
  const self = `https://iam.${region}.myhuaweicloud.com/v3/projects`;
  const project = {
    domain_id: domainId,
    is_domain: false,
    parent_id: domainId,
    name: region,
    description: "",
    links: { self: `${self}/${projectId}` },
    id: projectId,
    enabled: true,
  };
  const projects = name === undefined || name === region ? [project] : [];
  return { projects, links: { self, next: null, previous: null } };
}
