import type * as z from "zod/mini";
import { abortable } from "../calls/call-limit";
import type { Caller, CallOptions } from "../calls/caller";
import type { CallDescription } from "../calls/operations";
import { ConfigurationError } from "../errors/errors";
import { type Endpoint, parseEndpoint, type UnsignedRequest } from "../http/request";
import { projectsResponse } from "./schemas";

/** Whether a value can be a project's id, which becomes a segment of each path. */
export function isProjectId(text: unknown): text is string {
  return typeof text === "string" && /^[0-9A-Za-z_-]{1,64}$/.test(text);
}

interface ProjectLookupOptions {
  readonly region: string;
  readonly projectId?: string | undefined;
  /** IAM's address for credentials whose source may name one. */
  readonly iamEndpoint: (ofCredentials: string | undefined) => string;
}

/**
 * The project of a region: given, or looked up through IAM once for all calls of a client. In each region the
 * account has a default project of the region's own name; nothing is ever created.
 */
export class ProjectLookup {
  readonly #caller: Caller;
  readonly #iamEndpoint: ProjectLookupOptions["iamEndpoint"];
  readonly #region: string;
  /** Kept once it is known: each call asks for it. */
  #known: string | undefined;
  #looking: Promise<string> | undefined;

  constructor(caller: Caller, options: ProjectLookupOptions) {
    this.#caller = caller;
    this.#iamEndpoint = options.iamEndpoint;
    this.#region = options.region;
    this.#known = options.projectId;
  }

  /** The project's id, where it is known already. */
  get known(): string | undefined {
    return this.#known;
  }

  /** The project's id. Rejects with a `ConfigurationError` when there is none, or more than one. */
  async id({ signal }: CallOptions = {}): Promise<string> {
    if (this.#known !== undefined) return this.#known;
    if (this.#looking === undefined) {
      // Shared by all callers, so no single caller's signal may end it; the next call repeats one that failed.
      this.#looking = this.#lookUp();
      this.#looking.catch(() => {
        this.#looking = undefined;
      });
    }
    this.#known = await abortable(this.#looking, signal);
    return this.#known;
  }

  async #lookUp(): Promise<string> {
    const about = {
      operation: "projects.list",
      doing: `looking up the project of region ${this.#region}`,
    } as const;
    const { projectId, source, iamEndpoint } = await this.#caller.signIn(about);
    if (projectId !== undefined) {
      if (isProjectId(projectId)) return projectId;
      throw new ConfigurationError(
        `${about.doing}: ${JSON.stringify(projectId)} (${source}) is no project's id`,
        about,
      );
    }
    const projects = await this.#caller.call({
      operation: about.operation,
      doing: `${about.doing} (unnecessary when its id is set)`,
      method: "GET",
      endpoint: this.#iamEndpoint(iamEndpoint),
      path: "/v3/projects",
      query: [["name", this.#region]],
      response: projectsResponse,
    });
    const [project, ...others] = projects.filter(({ name }) => name === this.#region);
    if (project !== undefined && others.length === 0) return project.id;
    const found =
      project === undefined
        ? "these credentials see no project of that name"
        : `there are ${others.length + 1}: ${[project, ...others].map(({ id }) => id).join(", ")}`;
    throw new ConfigurationError(`${about.doing}: ${found}; set projectId, or HW_PROJECT_ID`, about);
  }
}

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

  call<T>(about: CallDescription, request: ServiceRequest<T>, options: CallOptions): Promise<T> {
    return this.#caller.run(about, options, async (scope) => {
      const projectId = this.#projects.known ?? (await this.#projects.id(scope));
      return this.#caller.attempts(
        {
          operation: about.operation,
          doing: about.doing,
          method: request.method,
          endpoint: this.#endpoint,
          path: `/autoscaling-api/v${request.version ?? 1}/${projectId}${request.path}`,
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
  /** Of the API. @default 1 */
  readonly version?: 2;
  readonly body?: unknown;
  readonly response: z.ZodMiniType<T>;
}
