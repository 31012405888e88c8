import type { Dispatcher } from "undici";
import { HangingInstanceCalls } from "./api/hanging-instances";
import { LifecycleHookCalls } from "./api/lifecycle-hooks";
import { type LifecycleHookLimits, specificationLimits } from "./api/limits";
import { AutoScalingService, isProjectId, ProjectLookup } from "./api/projects";
import { ScalingGroupCalls } from "./api/scaling-groups";
import { ScalingInstanceCalls } from "./api/scaling-instances";
import { requestSchemas } from "./api/schemas";
import { Caller, type CallOptions } from "./calls/caller";
import { debugObserver, type Observer } from "./calls/observe";
import { isLoopback, isRegionName } from "./configuration/endpoints";
import { environmentProject, environmentRetries, resolveEndpoints } from "./configuration/environment";
import { limit, milliseconds, numberOf, numbersOf, retries } from "./configuration/options";
import type { Credentials, CredentialsProvider } from "./credentials/credentials";
import { CredentialsSession } from "./credentials/session";
import { providerOf } from "./credentials/sources";
import { ConfigurationError } from "./errors/errors";
import { proxySettings } from "./http/proxy";
import { defaultTimeouts, type Timeouts, Transport } from "./http/transport";

/**
 * Where a client calls, with which credentials, and how long it tries. Only the region has no default; `undefined` keeps
 * one.
 */
export interface AutoScalingClientOptions extends Observer {
  /** Such as `cn-north-4`. */
  readonly region: string;
  /**
   * The project of the region. Without it: where the credentials are the default ones, `HW_PROJECT_ID` or
   * `HUAWEICLOUD_SDK_PROJECT_ID` (unless `HW_REGION_NAME` names another region); else the one that comes with the
   * credentials; else the one that IAM knows for the region, looked up once. Nothing is ever created.
   */
  readonly projectId?: string | undefined;
  /** Fixed ones, or a function that gives them. @default the usual places: see `defaultCredentials` */
  readonly credentials?: Credentials | CredentialsProvider | undefined;
  /** The Auto Scaling service's address. @default that of `HW_ENDPOINTS`, else the region's */
  readonly endpoint?: string | undefined;
  /** IAM's address. @default that of `HW_ENDPOINTS`, else of `HUAWEICLOUD_SDK_IAM_ENDPOINT`, else the region's */
  readonly iamEndpoint?: string | undefined;
  /** The operator's domain. @default `HW_CLOUD`, else that of the region's operator: mostly "myhuaweicloud.com" */
  readonly cloud?: string | undefined;
  /**
   * How often a call is tried again after a transient fault, 0–999; 0 never, not even when throttled.
   * @default `HW_MAX_RETRIES`, else 5
   */
  readonly maxRetries?: number | undefined;
  /** Milliseconds. @default 10 s to connect, 30 s for headers, 30 s between parts of a body, 600 s a call */
  readonly timeouts?: Optional<Timeouts> | undefined;
  /** Replaces limits of the specification, for sites that have others. */
  readonly limits?: Optional<LifecycleHookLimits> | undefined;
  /** What the user agent ends with, such as `my-tool/1.2`: visible ASCII and spaces. */
  readonly userAgentSuffix?: string | undefined;
  /** Replaces the client's connections, for tests and special networks; yours to close. */
  readonly dispatcher?: Dispatcher | undefined;
  /** Where variables are read. @default process.env */
  readonly environment?: NodeJS.ProcessEnv | undefined;
}

type Optional<T> = { readonly [Name in keyof T]?: T[Name] | undefined };

/**
 * A client of Huawei Cloud Auto Scaling's hooks, groups and instances, in one region and project. Make one and keep it: its
 * calls share connections, credentials and the rate that the service takes.
 *
 * @example
 * const client = new AutoScalingClient({ region: "cn-north-4" });
 * const hooks = await client.lifecycleHooks.list("e5d27f5c-dd76-4a61-b4bc-a67c5686719a");
 * await client.close();
 */
export class AutoScalingClient {
  readonly lifecycleHooks: LifecycleHookCalls;
  readonly hangingInstances: HangingInstanceCalls;
  readonly scalingGroups: ScalingGroupCalls;
  readonly scalingInstances: ScalingInstanceCalls;
  readonly region: string;
  readonly #transport: Transport;
  readonly #caller: Caller;
  readonly #projects: ProjectLookup;

  /** Throws a `ConfigurationError` when an option can't be used. Sends nothing. */
  constructor(options: AutoScalingClientOptions) {
    const environment = options.environment ?? process.env;
    requireRegion(options.region);
    const { region, endpoint: autoscaling, iamEndpoint: iam, cloud } = options;
    const endpointsFor = (iamOfCredentials?: string) =>
      configured(() => resolveEndpoints(region, environment, { autoscaling, iam, cloud }, iamOfCredentials));
    const endpoints = endpointsFor();
    // A proxy is for endpoints elsewhere: a wrong one does no harm to a client of the local API.
    if (!isLocal(endpoints.autoscaling) || !isLocal(endpoints.iam))
      configured(() => proxySettings(environment));
    const timeouts = numbersOf("timeouts", options.timeouts, defaultTimeouts, milliseconds);
    const limits = numbersOf("limits", options.limits, specificationLimits, limit);
    this.region = options.region;
    this.#transport = new Transport({ timeouts, dispatcher: options.dispatcher, environment });
    const credentials = configured(() =>
      providerOf(options.credentials, { environment, region, iamEndpoint: iam, cloud }),
    );
    this.#caller = new Caller({
      transport: this.#transport,
      credentials: new CredentialsSession(credentials),
      observer: debugObserver(environment, options),
      maxRetries: numberOf(
        "maxRetries",
        options.maxRetries ?? configured(() => environmentRetries(environment)),
        5,
        retries,
      ),
      callTimeout: timeouts.call,
      userAgentSuffix: usableSuffix(options.userAgentSuffix),
    });
    const projectId = usableProject(options, environment);
    this.#projects = new ProjectLookup(this.#caller, {
      region: this.region,
      projectId,
      iamEndpoint: (ofCredentials) => endpointsFor(ofCredentials).iam,
    });
    const service = new AutoScalingService(this.#caller, this.#projects, endpoints.autoscaling);
    const schemas = requestSchemas(limits);
    this.lifecycleHooks = new LifecycleHookCalls(service, schemas);
    this.hangingInstances = new HangingInstanceCalls(service, schemas);
    this.scalingGroups = new ScalingGroupCalls(service, schemas);
    this.scalingInstances = new ScalingInstanceCalls(service, schemas);
  }

  /** The project's id: the given one, or the one that was found for the region and the credentials. */
  projectId(options: CallOptions = {}): Promise<string> {
    const doing = `looking up the project of region ${this.region}`;
    return this.#caller.run({ operation: "projects.list", doing }, options, (scope) =>
      this.#projects.id(scope),
    );
  }

  /** Closes the client once the calls under way have ended; others are refused from now on. */
  async close(): Promise<void> {
    await this.#caller.close();
    await this.#transport.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function requireRegion(region: unknown): void {
  if (typeof region === "string" && isRegionName(region)) return;
  throw configurationError(
    `region ${JSON.stringify(region)} is not the name of a region, such as cn-north-4`,
  );
}

function isLocal(endpoint: string): boolean {
  return isLoopback(new URL(endpoint).hostname);
}

/** What the environment says, which names the variable if it can't be used. */
function configured<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw configurationError(error instanceof Error ? error.message : String(error));
  }
}

function usableProject(
  { projectId, credentials, region }: AutoScalingClientOptions,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  // Credentials that the program gives may be of another account than the environment's project.
  const named = credentials === undefined ? environmentProject(environment, region) : undefined;
  const id = projectId ?? named?.id;
  if (id === undefined || isProjectId(id)) return id;
  const where = projectId === undefined ? named?.variable : "projectId";
  throw configurationError(
    `${where} ${JSON.stringify(id)} is not a project's id, such as 0123456789abcdef0123456789abcdef`,
  );
}

/** Ends up in a header. */
function usableSuffix(suffix: string | undefined): string | undefined {
  if (suffix === undefined || (typeof suffix === "string" && /^[\x20-\x7e]+$/.test(suffix))) return suffix;
  throw configurationError("userAgentSuffix is not a text of visible ASCII characters, such as my-tool/1.2");
}

function configurationError(message: string): ConfigurationError {
  return new ConfigurationError(`making the client: ${message}`, { operation: "client" });
}
