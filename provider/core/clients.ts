import type { AutoScalingClient } from "../../sdk/client";
import type { CredentialsProvider } from "../../sdk/credentials/credentials";
import type { DefaultCredentialsOptions } from "../../sdk/credentials/search";
import { isConfigurationError } from "../../sdk/errors";
import type { Clients, Clock, Place, PlacedClient } from "./context";
import { GroupHooks } from "./group-hooks";
import type { Settings } from "./settings";

/** What the HTTP client needs. */
const leastNode = 22;

/** The clients of the places where hooks are; one a place, made when first needed. */
export class ConfiguredClients implements Clients {
  readonly #settings: Settings;
  readonly #clock: Clock;
  readonly #placed = new Map<string, Promise<PlacedClient>>();

  constructor(settings: Settings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  async at(place: Place = {}): Promise<PlacedClient> {
    const { region: configured, problems } = this.#settings;
    if (problems.length > 0)
      throw new Error(`the provider's configuration is not valid: ${problems.join("; ")}`);
    const region = place.region ?? configured;
    if (region === undefined) {
      throw new Error(
        "no region is configured: run pulumi config set huaweicloud:region <region>, such as cn-north-4, or set HW_REGION_NAME",
      );
    }
    if (region !== configured) this.#refuseForeignEndpoint(region);
    return this.#placedAt(
      region,
      place.projectId ?? (region === configured ? this.#settings.projectId : undefined),
    );
  }

  /** One client a place, so that its calls share a pace, and what they know of a group. */
  async #placedAt(region: string, projectId: string | undefined): Promise<PlacedClient> {
    const key = placeKey(region, projectId);
    const known = this.#placed.get(key);
    if (known !== undefined) return known;
    const making = projectId === undefined ? this.#lookUp(region) : this.#make(region, projectId);
    this.#placed.set(key, making);
    // What failed, such as a look-up without a connection, may succeed for the next.
    making.catch(() => this.#placed.delete(key));
    return making;
  }

  /** An overridden endpoint serves the configured region; a hook elsewhere would be looked for in the wrong place. */
  #refuseForeignEndpoint(region: string): void {
    const { endpoints, region: configured } = this.#settings;
    if (endpoints.autoscaling === undefined && endpoints.iam === undefined) return;
    throw new Error(
      `the hook is in region ${region}, but the configured endpoints (huaweicloud:endpoints or HW_ENDPOINTS) are those of ${configured ?? "no region"}: configure region ${region} to act on it, or remove the endpoints`,
    );
  }

  /** With the client that looks the project up; another, that came to know the project otherwise, is better known. */
  async #lookUp(region: string): Promise<PlacedClient> {
    const client = await this.#client(region, undefined);
    const projectId = await client.projectId().catch(nameConfiguration);
    const key = placeKey(region, projectId);
    const known = this.#placed.get(key);
    if (known !== undefined) {
      await client.close();
      return known;
    }
    const placed = this.#place(client, region, projectId);
    this.#placed.set(key, Promise.resolve(placed));
    return placed;
  }

  async #make(region: string, projectId: string): Promise<PlacedClient> {
    return this.#place(await this.#client(region, projectId), region, projectId);
  }

  #place(client: AutoScalingClient, region: string, projectId: string): PlacedClient {
    return { client, hooks: new GroupHooks(client, this.#clock), region, projectId };
  }

  async #client(region: string, projectId: string | undefined): Promise<AutoScalingClient> {
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
    return new AutoScalingClient({
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

function placeKey(region: string, projectId: string | undefined): string {
  return `${region}/${projectId ?? ""}`;
}
