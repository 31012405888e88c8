import { type LifecycleHookLimits, specificationLimits } from "../../sdk/api/limits";
import { type EndpointOptions, isRegionName } from "../../sdk/configuration/endpoints";
import {
  environmentEndpoints,
  environmentProject,
  parseEndpoints,
  parseObject,
} from "../../sdk/configuration/environment";
import type { Credentials } from "../../sdk/credentials/credentials";
import { environmentCredentials } from "../../sdk/credentials/environment";

/** The provider's configuration, read and understood. Anything that is wrong with it stands in `problems`. */
export interface ProviderSettings {
  readonly region: string | undefined;
  /** The setting that named the region: `huaweicloud:region`, `HW_REGION_NAME`, or the argument of a `Provider`. */
  readonly regionSource: string;
  readonly projectId: string | undefined;
  /** The setting that named the project. */
  readonly projectSource: string;
  readonly cloud: string | undefined;
  readonly endpoints: Pick<EndpointOptions, "autoscaling" | "iam">;
  readonly maxRetries: number | undefined;
  readonly limits: LifecycleHookLimits;
  /** Whether a preview looks at the live groups. */
  readonly preflight: boolean;
  /** From the configuration or the environment, whole from one of them; `undefined` leaves it to the client. */
  readonly credentials: Credentials | undefined;
  readonly problems: readonly string[];
}

/** The keys of the configuration, in the namespace `huaweicloud`. */
export const configurationKeys = [
  "region",
  "accessKey",
  "secretKey",
  "securityToken",
  "projectId",
  "endpoints",
  "cloud",
  "maxRetries",
  "lifecycleHookLimits",
  "preflight",
] as const;
export type ConfigurationKey = (typeof configurationKeys)[number];

/**
 * A key that a `Provider` adds, whose process sees neither the stack's configuration nor its program: the stack's own
 * region, to which alone the environment's project and endpoints belong. Empty when the stack has none.
 */
export const stackRegionKey = "stackRegion";

const limitNames = Object.keys(specificationLimits) as (keyof LifecycleHookLimits)[];

/** Reads the configuration, then the environment. Never throws, sends nothing. */
export function readSettings(
  configured: (key: ConfigurationKey | typeof stackRegionKey) => string | undefined,
  environment: NodeJS.ProcessEnv,
): ProviderSettings {
  const stackRegion = configured(stackRegionKey);
  const reader = new Reader(configured, environment, stackRegion);
  const region = reader.text("region", ["HW_REGION_NAME"]);
  const isUsable = region !== undefined && isRegionName(region.value);
  if (region !== undefined && !isUsable) {
    reader.problem(
      region.source,
      `${JSON.stringify(region.value)} is not the name of a region, such as cn-north-4`,
    );
  }
  const project = reader.projectId(region?.value);
  const settings = {
    region: isUsable ? region.value : undefined,
    regionSource: region?.source ?? "no setting",
    projectId: project?.value,
    projectSource: project?.source ?? "the look-up by the region",
    cloud: reader.text("cloud", ["HW_CLOUD"])?.value,
    endpoints: reader.endpoints(region?.value),
    maxRetries: reader.maxRetries(),
    limits: reader.limits(),
    preflight: reader.preflight(),
    credentials: reader.credentials(),
  };
  return { ...settings, problems: reader.problems };
}

interface Sourced {
  readonly value: string;
  /** Where it stands: `huaweicloud:region` or `HW_REGION_NAME`. */
  readonly source: string;
}

class Reader {
  readonly problems: string[] = [];
  readonly #configured: (key: ConfigurationKey) => string | undefined;
  readonly #environment: NodeJS.ProcessEnv;
  /** Given for an explicit provider only. */
  readonly #stackRegion: string | undefined;

  constructor(
    configured: (key: ConfigurationKey) => string | undefined,
    environment: NodeJS.ProcessEnv,
    stackRegion: string | undefined,
  ) {
    this.#configured = configured;
    this.#environment = environment;
    this.#stackRegion = stackRegion;
  }

  problem(source: string, text: string): void {
    this.problems.push(`${source}: ${text}`);
  }

  text(key: ConfigurationKey, variables: readonly string[]): Sourced | undefined {
    const configured = this.#configured(key);
    if (configured) return { value: configured, source: this.#sourceOf(key) };
    for (const source of variables) {
      const value = this.#environment[source];
      if (value) return { value, source };
    }
    return undefined;
  }

  projectId(region: string | undefined): Sourced | undefined {
    const configured = this.#configured("projectId");
    if (configured) return { value: configured, source: this.#sourceOf("projectId") };
    const found = this.#isStackRegion(region) ? environmentProject(this.#environment, region) : undefined;
    return found === undefined ? undefined : { value: found.id, source: found.variable };
  }

  endpoints(region: string | undefined): ProviderSettings["endpoints"] {
    const configured = this.#configured("endpoints");
    const environment = this.#isStackRegion(region) ? this.#environment : {};
    const found = configured ? parseEndpoints(configured) : environmentEndpoints(environment, region);
    const source = configured ? "huaweicloud:endpoints" : "HW_ENDPOINTS";
    this.problems.push(...(found?.problems ?? []).map((problem) => source + problem));
    return found?.endpoints ?? {};
  }

  maxRetries(): number | undefined {
    const found = this.text("maxRetries", ["HW_MAX_RETRIES"]);
    if (found === undefined) return undefined;
    if (/^\d{1,3}$/.test(found.value)) return Number(found.value);
    this.problem(found.source, `${JSON.stringify(found.value)} is not a number of retries; give 0 to 999`);
    return undefined;
  }

  limits(): LifecycleHookLimits {
    const found = this.#object("lifecycleHookLimits", []);
    const overrides: { -readonly [Name in keyof LifecycleHookLimits]?: number } = {};
    for (const [key, value] of Object.entries(found?.value ?? {})) {
      const name = limitNames.find((one) => one === key);
      if (name === undefined) {
        this.problem(`${found?.source}, ${key}`, `there are ${limitNames.join(", ")}`);
      } else if (typeof value !== "number" || !Number.isInteger(value) || value < 1) {
        this.problem(`${found?.source}, ${key}`, "give a whole number of at least 1");
      } else {
        overrides[name] = value;
      }
    }
    return { ...specificationLimits, ...overrides };
  }

  preflight(): boolean {
    const found = this.text("preflight", ["HW_PREFLIGHT"]);
    const value = found?.value.toLowerCase() ?? "false";
    if (found === undefined || value === "false" || value === "0") return false;
    if (value !== "true" && value !== "1")
      this.problem(found.source, `${JSON.stringify(found.value)} is neither true nor false`);
    return true;
  }

  /** An AK/SK pair comes whole from one source: half of one and half of another belong to no account. */
  credentials(): Credentials | undefined {
    const [accessKey, secretKey] = [this.#configured("accessKey"), this.#configured("secretKey")];
    if (accessKey && secretKey) {
      const securityToken = this.#configured("securityToken") || undefined;
      return { accessKey, secretKey, securityToken, source: configurationSource };
    }
    if (accessKey || secretKey) {
      const [given, missing] = accessKey ? ["accessKey", "secretKey"] : ["secretKey", "accessKey"];
      this.problem(`huaweicloud:${given}`, `huaweicloud:${missing} is missing; set both, or neither`);
      return undefined;
    }
    try {
      return environmentCredentials(this.#environment);
    } catch (error) {
      this.problems.push(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  /** The environment's project and endpoints belong to the stack's own region. */
  #isStackRegion(region: string | undefined): boolean {
    if (this.#stackRegion === undefined) return true;
    // A program within the Automation API may run with another environment than this process.
    return (this.#stackRegion || this.#environment.HW_REGION_NAME) === region;
  }

  #sourceOf(key: ConfigurationKey): string {
    return this.#stackRegion === undefined
      ? `huaweicloud:${key}`
      : `the provider's ${key}, from its argument or huaweicloud:${key}`;
  }

  #object(
    key: ConfigurationKey,
    variables: readonly string[],
  ): { value: object; source: string } | undefined {
    const found = this.text(key, variables);
    if (found === undefined) return undefined;
    const value = parseObject(found.value);
    if (value !== undefined) return { value, source: found.source };
    this.problem(found.source, "is not an object in JSON");
    return undefined;
  }
}

/** The engine runs refresh and destroy with what the last update recorded, which surprises people with new keys. */
const configurationSource =
  "the configuration (huaweicloud:accessKey, huaweicloud:secretKey); refresh and destroy use what the last up recorded, unless --run-program is given";
