import type { Validation } from "../autoscaling/fields";
import type { Groups } from "../autoscaling/service";
import type { SigningIdentity } from "../smn/certificate";
import type { Topics } from "../smn/topics";
import { type Answer, gatewayRefusal, refusal } from "./refusals";
import { decodedPath, type ReceivedRequest } from "./request";

/** What the calls work on. */
export interface Backend {
  readonly groups: Groups;
  readonly region: string;
  readonly projectId: string;
  readonly knowsTopic: (urn: string) => boolean;
  readonly topics: Topics;
  /** With what SMN signs. */
  readonly identity: () => Promise<SigningIdentity>;
  /** The clock, in milliseconds. */
  readonly now: () => number;
  readonly validation: Validation;
  readonly requestId: string;
}

/** What a path says where its row has a name that begins with a colon. */
type PathParameters = Readonly<Record<"projectId" | "groupId" | "name" | "instanceId" | "urn", string>>;

/** Whose call it is. */
export type Service = "autoscaling" | "iam" | "smn";

/** One call of an API. */
export interface Call {
  readonly method: string;
  readonly path: readonly string[];
  /** Each service refuses a token in its own words. */
  readonly service: Service;
  /** Needs no signature. @default false */
  readonly isOpen?: boolean;
  /** How the gateway counts it: it lets far fewer changes pass than anything else. */
  readonly flow: "write" | "read" | "unlimited";
  /** @throws Refusal */
  readonly perform: (
    backend: Backend,
    request: ReceivedRequest,
    path: PathParameters,
  ) => Answer | Promise<Answer>;
}

/**
 * A call of Auto Scaling. `path`: with a colon before each part that is a parameter. `bodyOf`: does what is asked for
 * and gives the body of a 200; `undefined` makes a 204.
 */
export function call(
  method: string,
  path: string,
  flow: Call["flow"],
  bodyOf: (...given: Parameters<Call["perform"]>) => unknown,
): Call {
  const perform: Call["perform"] = (...given) => {
    const body = bodyOf(...given);
    return body === undefined ? { status: 204 } : { status: 200, body };
  };
  return { method, path: path.split("/"), service: "autoscaling", flow, perform };
}

/** Which call a request is, and on what. */
export interface FoundCall {
  readonly call: Call;
  readonly path: PathParameters;
}

/**
 * Finds the call that a request is: the first whose path and method fit.
 *
 * @throws Refusal 404 APIGW.0101: the gateway knows no such path or method
 */
export function findCall(calls: readonly Call[], request: ReceivedRequest): FoundCall {
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
export function perform(
  { call, path }: FoundCall,
  request: ReceivedRequest,
  backend: Backend,
): Answer | Promise<Answer> {
  const isOfProject = call.path.includes(":projectId");
  if (isOfProject && path.projectId !== backend.projectId) throw refusal("AS.0008");
  return call.perform(backend, request, path);
}

function match(path: readonly string[], segments: readonly string[]): PathParameters | undefined {
  if (path.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {
    projectId: "",
    groupId: "",
    name: "",
    instanceId: "",
    urn: "",
  };
  for (const [index, part] of path.entries()) {
    const segment = segments[index] ?? "";
    if (part.startsWith(":") ? segment === "" : part !== segment) return undefined;
    if (part.startsWith(":")) parameters[part.slice(1)] = segment;
  }
  return parameters as PathParameters;
}
