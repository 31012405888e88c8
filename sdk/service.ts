import type * as z from "zod/mini";
import type { Caller, CallOptions } from "./caller";
import type { CallDescription } from "./operations";
import type { ProjectLookup } from "./projects";
import { type Endpoint, parseEndpoint, type UnsignedRequest } from "./request";

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

  async call<T>(about: CallDescription, request: ServiceRequest<T>, options: CallOptions): Promise<T> {
    return this.#caller.run(about, options, async (scope) => {
      const projectId = await this.#projects.id(scope);
      return this.#caller.attempts(
        {
          operation: about.operation,
          doing: about.doing,
          method: request.method,
          endpoint: this.#endpoint,
          path: `/autoscaling-api/v1/${projectId}${request.path}`,
          query: request.query,
          projectId,
          body: request.body === undefined ? undefined : JSON.stringify(request.body),
          response: request.response,
        },
        scope,
      );
    });
  }
}

interface ServiceRequest<T> extends Pick<UnsignedRequest, "method" | "path" | "query"> {
  readonly body?: unknown;
  readonly response: z.ZodMiniType<T>;
}
