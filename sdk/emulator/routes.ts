import { decodedPath, type ReceivedRequest } from "./received-request";
import { gatewayRefusal } from "./refusals";

/** The calls that the emulator takes. */
type Call =
  | "createHook"
  | "listHooks"
  | "showHook"
  | "updateHook"
  | "deleteHook"
  | "listHangingInstances"
  | "callback"
  | "listProjects";

/** Which call a request is, and on what. */
export interface Route {
  readonly call: Call;
  readonly service: "autoscaling" | "iam";
  /** How the gateway counts it: it lets far fewer changes of hooks pass than anything else. */
  readonly flow: "write" | "read" | "unlimited";
  /** Empty where the path has none; so are the two below. */
  readonly projectId: string;
  readonly groupId: string;
  readonly hookName: string;
}

type Parameter = ":projectId" | ":groupId" | ":hookName";

const base = ["autoscaling-api", "v1", ":projectId"] as const;
const hooks = [...base, "scaling_lifecycle_hook", ":groupId"] as const;
const instances = [...base, "scaling_instance_hook", ":groupId"] as const;

/**
 * In this order: `GET …/list` is the list, so a hook named `list` can be changed and deleted, but never shown.
 * Callbacks count as reads because the vendor's flow limits put them there.
 */
const table = [
  ["POST", hooks, "createHook", "autoscaling", "write"],
  ["GET", [...hooks, "list"], "listHooks", "autoscaling", "read"],
  ["GET", [...hooks, ":hookName"], "showHook", "autoscaling", "read"],
  ["PUT", [...hooks, ":hookName"], "updateHook", "autoscaling", "write"],
  ["DELETE", [...hooks, ":hookName"], "deleteHook", "autoscaling", "write"],
  ["GET", [...instances, "list"], "listHangingInstances", "autoscaling", "read"],
  ["PUT", [...instances, "callback"], "callback", "autoscaling", "read"],
  ["GET", ["v3", "projects"], "listProjects", "iam", "unlimited"],
] as const satisfies ReadonlyArray<
  readonly [
    method: string,
    path: readonly string[],
    call: Call,
    service: Route["service"],
    flow: Route["flow"],
  ]
>;

/** Finds the call that a request is. @throws Refusal 404 APIGW.0101: the gateway knows no such path or method */
export function routeOf(request: ReceivedRequest): Route {
  const segments = decodedPath(request).split("/").slice(1);
  let pathIsKnown = false;
  for (const [method, path, call, service, flow] of table) {
    const parameters = match(path, segments);
    if (parameters === undefined) continue;
    pathIsKnown = true;
    if (method === request.method) return { call, service, flow, ...parameters };
  }
  throw gatewayRefusal(
    404,
    "APIGW.0101",
    // The vendor's two texts: the second is for a method that the API does not have.
    pathIsKnown
      ? "The API does not exist."
      : "The API does not exist or has not been published in the environment.",
  );
}

function match(path: readonly (string | Parameter)[], segments: readonly string[]) {
  if (path.length !== segments.length) return undefined;
  const parameters = { projectId: "", groupId: "", hookName: "" };
  for (const [index, part] of path.entries()) {
    const segment = segments[index] ?? "";
    if (part === ":projectId" || part === ":groupId" || part === ":hookName") {
      if (segment === "") return undefined;
      parameters[part.slice(1) as keyof typeof parameters] = segment;
    } else if (part !== segment) {
      return undefined;
    }
  }
  return parameters;
}
