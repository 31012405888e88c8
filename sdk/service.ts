import type * as z from "zod/mini";
import type { Caller, CallOptions } from "./caller";
import type { OperationName } from "./operations";
import type { ProjectLookup } from "./projects";
import { type Endpoint, parseEndpoint } from "./request";

/** The Auto Scaling service of one project: makes a path below the project's, and a body, into a call. */
export class AutoScalingService {
  readonly #caller: Caller;
  readonly #projects: ProjectLookup;
  readonly #endpoint: Endpoint;

  constructor(caller: Caller, projects: ProjectLookup, endpoint: string) {
    this.#caller = caller;
    this.#projects = projects;
    this.#endpoint = parseEndpoint(endpoint);
  }

  async call<T>(
    about: { readonly operation: OperationName; readonly doing: string },
    request: ServiceRequest<T> & CallOptions,
  ): Promise<T> {
    const projectId = await this.#projects.id(request);
    return this.#caller.call({
      operation: about.operation,
      doing: about.doing,
      ...request,
      endpoint: this.#endpoint,
      projectId,
      path: `/autoscaling-api/v1/${projectId}${request.path}`,
      body: request.body === undefined ? undefined : JSON.stringify(request.body),
    });
  }
}

interface ServiceRequest<T> {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly query?: ReadonlyArray<readonly [string, string]>;
  readonly body?: unknown;
  readonly response: z.ZodMiniType<T>;
}
