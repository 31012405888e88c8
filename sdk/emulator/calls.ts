import type { LifecycleHookLimits } from "../limits";
import type { Answer } from "./answers";
import { callback } from "./callback-request";
import { hookChanges, newHook } from "./hook-requests";
import { jsonBody } from "./json-body";
import { decodedQuery, type ReceivedRequest } from "./received-request";
import { refusal } from "./refusals";
import type { Route } from "./routes";
import type { ScalingGroup } from "./scaling-group";
import type { Store } from "./store";

/** What the calls work on. */
export interface World {
  readonly store: Store;
  readonly region: string;
  readonly projectId: string;
  /** The topics that exist; `undefined`: every one that is well-formed. */
  readonly topics: readonly string[] | undefined;
  readonly limits: LifecycleHookLimits;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/** The account that the project belongs to; nothing here depends on it. */
const domainId = "fedcba9876543210fedcba9876543210";

/** Does what a request asks for, and answers as the service does. @throws Refusal */
export function perform(route: Route, request: ReceivedRequest, world: World): Answer {
  if (route.call === "listProjects") return listProjects(request, world);
  if (route.projectId !== world.projectId) throw refusal("AS.0008");
  switch (route.call) {
    case "createHook": {
      const hook = newHook(jsonBody(request.body), world.limits);
      const group = groupOf(route, world);
      expectTopic(hook.notification_topic_urn, world);
      return ok(group.create(hook, world.now()));
    }
    case "listHooks":
      return ok({ lifecycle_hooks: groupOf(route, world).hooks() });
    case "showHook":
      return ok(groupOf(route, world).hook(route.hookName));
    case "updateHook": {
      const changes = hookChanges(jsonBody(request.body), world.limits);
      const group = groupOf(route, world);
      group.hook(route.hookName);
      expectTopic(changes.notification_topic_urn, world);
      return ok(group.update(route.hookName, changes));
    }
    case "deleteHook":
      groupOf(route, world).delete(route.hookName);
      return noContent;
    case "listHangingInstances": {
      const instanceId = parameter(request, "instance_id");
      return ok({ instance_hanging_info: groupOf(route, world).hanging.list(world.now(), instanceId) });
    }
    case "callback": {
      const said = callback(jsonBody(request.body));
      groupOf(route, world).hanging.complete(said, world.now());
      return noContent;
    }
  }
}

const noContent: Answer = { status: 204 };

function ok(body: unknown): Answer {
  return { status: 200, body };
}

/** A missing group is a 400, unlike a missing hook. */
function groupOf(route: Route, world: World): ScalingGroup {
  const group = world.store.find(route.groupId);
  if (group === undefined) throw refusal("AS.2007");
  return group;
}

function expectTopic(urn: string | undefined, { topics }: World): void {
  if (urn !== undefined && topics !== undefined && !topics.includes(urn)) throw refusal("AS.7043");
}

/** IAM's look-up: each region has a project that is named like it. */
function listProjects(request: ReceivedRequest, { region, projectId }: World): Answer {
  const name = parameter(request, "name");
  const project = {
    domain_id: domainId,
    is_domain: false,
    parent_id: domainId,
    name: region,
    description: "",
    links: { self: `https://iam.${region}.myhuaweicloud.com/v3/projects/${projectId}` },
    id: projectId,
    enabled: true,
  };
  const projects = name === undefined || name === region ? [project] : [];
  const self = `https://iam.${region}.myhuaweicloud.com/v3/projects`;
  return ok({ projects, links: { self, next: null, previous: null } });
}

/** A parameter of the query; an empty one counts as absent. */
function parameter(request: ReceivedRequest, name: string): string | undefined {
  return decodedQuery(request).find(([candidate]) => candidate === name)?.[1] || undefined;
}
