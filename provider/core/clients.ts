import type { CredentialsProvider } from "../../sdk/credentials/credentials";
import type { DefaultCredentialsOptions } from "../../sdk/credentials/search";
import { isConfigurationError } from "../../sdk/errors/errors";
import { type Clients, type RunClock, type Scope, type ScopedClient, systemClock } from "./context";
import { GroupHooks } from "./group-hooks";
import type { ProviderSettings } from "./settings";

interface TimedClient extends Pick<ScopedClient, "client" | "serviceTime"> {}

/** What the HTTP client needs. */
const leastNode = 22;

const shared = new Map<string, ConfiguredClients>();

/**
 * The clients for some settings in this environment. All that asks for them in a process shares them: connections, rate
 * limiter, credentials, and the project's look-up.
 */
export function clientsOf(settings: ProviderSettings): ConfiguredClients {
  const key = JSON.stringify([settings, process.env]);
  const clients = shared.get(key) ?? new ConfiguredClients(settings, systemClock);
  shared.set(key, clients);
  return clients;
}

/** The clients of the regions and projects where hooks are; one each, made when first needed. */
export class ConfiguredClients implements Clients {
  readonly #settings: ProviderSettings;
  readonly #clock: RunClock;
  readonly #scoped = new Map<string, Promise<ScopedClient>>();

  constructor(settings: ProviderSettings, clock: RunClock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  async at(scope: Scope = {}): Promise<ScopedClient> {
    const { region: configured, problems } = this.#settings;
    if (problems.length > 0)
      throw new Error(`the provider's configuration is not valid: ${problems.join("; ")}`);
    const region = scope.region ?? configured;
    if (region === undefined) {
      throw new Error(
        "no region is configured: run pulumi config set huaweicloud:region <region>, such as cn-north-4, or set HW_REGION_NAME",
      );
    }
    if (region !== configured) this.#refuseForeignEndpoint(region);
    return this.#scopedAt(
      region,
      scope.projectId ?? (region === configured ? this.#settings.projectId : undefined),
    );
  }

  /** One client a scope, so that its calls share a rate limiter, and the lists of groups. */
  async #scopedAt(region: string, projectId: string | undefined): Promise<ScopedClient> {
    const key = scopeKey(region, projectId);
    const known = this.#scoped.get(key);
    if (known !== undefined) return known;
    const making = projectId === undefined ? this.#lookUp(region) : this.#make(region, projectId);
    this.#scoped.set(key, making);
    // What failed, such as a look-up without a connection, may succeed for the next.
    making.catch(() => this.#scoped.delete(key));
    return making;
  }

  /** An overridden endpoint serves the configured region; a hook elsewhere would be looked for in the wrong place. */
  #refuseForeignEndpoint(region: string): void {
    const { endpoints, region: configured } = this.#settings;
    if (endpoints.autoscaling === undefined && endpoints.iam === undefined) return;
    throw new Error(
      `the resource is in region ${region}, but the configured endpoints (huaweicloud:endpoints or HW_ENDPOINTS) are those of ${configured ?? "no region"}: configure region ${region} to act on it, or remove the endpoints`,
    );
  }

  /** Reuses an existing client for that project, else keeps the one that made the look-up. */
  async #lookUp(region: string): Promise<ScopedClient> {
    const made = await this.#client(region, undefined);
    const projectId = await made.client.projectId().catch(nameConfiguration);
    const key = scopeKey(region, projectId);
    const known = this.#scoped.get(key);
    if (known !== undefined) {
      await made.client.close();
      return known;
    }
    const scoped = this.#scope(made, region, projectId);
    this.#scoped.set(key, Promise.resolve(scoped));
    return scoped;
  }

  async #make(region: string, projectId: string): Promise<ScopedClient> {
    return this.#scope(await this.#client(region, projectId), region, projectId);
  }

  #scope({ client, serviceTime }: TimedClient, region: string, projectId: string): ScopedClient {
    return { client, hooks: new GroupHooks(client, this.#clock), region, projectId, serviceTime };
  }

  async #client(region: string, projectId: string | undefined): Promise<TimedClient> {
    const [major = ""] = process.versions.node.split(".");
    if (Number(major) < leastNode) {
      throw new Error(
        `this package needs Node.js 22.19 or newer, and runs on ${process.versions.node}: install one`,
      );
    }
    // Loaded late: undici and the schemas cost more than all the rest, and a preview needs neither.
    const { AutoScalingClient } = await import("../../sdk/client.js");
    const { endpoints, cloud, maxRetries, limits } = this.#settings;
    // The settings have taken these, where they are about the configured region; elsewhere they are not meant.
    const { HW_PROJECT_ID, HUAWEICLOUD_SDK_PROJECT_ID, HW_ENDPOINTS, ...environment } = process.env;
    /** How far the service's time of day is ahead of the clock. */
    let ahead = Date.now() - this.#clock.now();
    const client = new AutoScalingClient({
      onResponse: ({ date }) => {
        if (date !== undefined) ahead = date.getTime() - this.#clock.now();
      },
      environment,
      region,
      projectId,
      cloud,
      maxRetries,
      limits,
      credentials:
        this.#settings.credentials ?? elsewhere({ environment, region, cloud, iamEndpoint: endpoints.iam }),
      endpoint: endpoints.autoscaling,
      iamEndpoint: endpoints.iam,
    });
    return { client, serviceTime: (moment) => moment + ahead };
  }
}

/** The usual places outside of Pulumi; when they have nothing, the message names those within it, too. */
function elsewhere(search: DefaultCredentialsOptions): CredentialsProvider {
  return async (options) => {
    const { defaultCredentials } = await import("../../sdk/credentials/sources.js");
    try {
      return await defaultCredentials(search)(options);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      throw new Error(`${text}; nor are huaweicloud:accessKey and huaweicloud:secretKey configured`, {
        cause: error,
      });
    }
  };
}

/** The client's advice about a project names its own option; a failed sign-in, which has a cause, is another matter. */
function nameConfiguration(error: unknown): never {
  if (!isConfigurationError(error) || error.cause !== undefined) throw error;
  throw new Error(`${error.message}; in Pulumi projectId is huaweicloud:projectId`, { cause: error });
}

function scopeKey(region: string, projectId: string | undefined): string {
  return `${region}/${projectId ?? ""}`;
}
