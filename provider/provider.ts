import * as pulumi from "@pulumi/pulumi";
import type { LifecycleHookLimits } from "../sdk/api/limits";
import { type ConfigurationKey, configurationKeys, stackRegionKey } from "./core/settings";

/** Where and as whom hooks are managed. What is left out comes from the stack's configuration, then the environment. */
export interface ProviderArgs {
  /** Such as `cn-north-4`. */
  readonly region?: pulumi.Input<string> | undefined;
  /** With `secretKey`; a pair comes whole from one place. */
  readonly accessKey?: pulumi.Input<string> | undefined;
  /** Kept as a secret. */
  readonly secretKey?: pulumi.Input<string> | undefined;
  /** Of temporary credentials. Kept as a secret. */
  readonly securityToken?: pulumi.Input<string> | undefined;
  /** @default looked up by the region */
  readonly projectId?: pulumi.Input<string> | undefined;
  /** Addresses to use instead of the region's. */
  readonly endpoints?:
    | pulumi.Input<{ readonly autoscaling?: pulumi.Input<string>; readonly iam?: pulumi.Input<string> }>
    | undefined;
  /** The operator's domain. @default "myhuaweicloud.com" */
  readonly cloud?: pulumi.Input<string> | undefined;
  /** How often a call is tried again after a passing fault. @default 5 */
  readonly maxRetries?: pulumi.Input<number> | undefined;
  /** Replaces limits of the specification, for sites that take more: `{ minTimeout: 60 }`. */
  readonly lifecycleHookLimits?: pulumi.Input<Partial<LifecycleHookLimits>> | undefined;
  /** Whether a preview looks at the live groups and warns of what `up` would meet. @default false */
  readonly preflight?: pulumi.Input<boolean> | undefined;
}

/** A provider's configuration as text, by its keys. */
export type Configuration = Partial<Record<ConfigurationKey | typeof stackRegionKey, pulumi.Input<string>>>;

const credentialKeys: readonly ConfigurationKey[] = ["accessKey", "secretKey", "securityToken"];

const ofRegionKeys: readonly ConfigurationKey[] = ["projectId", "endpoints"];

/** Kept beside the resource, since a property of it would become an output. */
const configurations = new WeakMap<Provider, Configuration>();

/**
 * An explicit provider, for several regions or accounts in one program.
 *
 * A scaling group is in one region and one project, so a hook never moves by its provider alone: the same group with a
 * provider of another region or project is refused at preview. With another group the hook is replaced.
 *
 * Pulumi has one kind of provider for all dynamic resources. Given to a component (`providers`), this one therefore
 * serves the dynamic resources of other packages in it as well, which then run without their configuration. Give it to
 * hooks, activations and `LifecycleHooks` alone (`provider`), which contain no others.
 *
 * @example
 * const north = new Provider("north", { region: "cn-north-4" });
 * new LifecycleHook("drain", { ... }, { provider: north });
 */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs = {}, opts: pulumi.ResourceOptions = {}) {
    const configuration = complete(args);
    const { region = "", projectId = "", cloud = "" } = configuration;
    super("pulumi-nodejs", name, namespaced(configuration), {
      // Its configuration alone would change in place, and the hooks would be deleted in the wrong region.
      replacementTrigger: [region, projectId, cloud],
      ...opts,
    });
    configurations.set(this, configuration);
  }
}

/** What a provider is configured with, or the stack where there is none: for look-ups by the program itself. */
export function configurationOf(provider: Provider | undefined): Configuration {
  return (provider === undefined ? undefined : configurations.get(provider)) ?? stackConfiguration();
}

/** An explicit provider's process sees only its own arguments, so the stack's configuration is filled in here. */
function complete(args: ProviderArgs): Configuration {
  const stack = new pulumi.Config("huaweicloud");
  const stackRegion = stack.get("region") ?? process.env.HW_REGION_NAME;
  const hasOwnKeys = args.accessKey !== undefined || args.secretKey !== undefined;
  const configuration: Configuration = { [stackRegionKey]: stackRegion ?? "" };
  for (const key of configurationKeys) {
    const given = args[key];
    if (given !== undefined) {
      const text = pulumi.output(given as pulumi.Input<string | number | boolean | object>).apply(asText);
      configuration[key] = key === "secretKey" || key === "securityToken" ? pulumi.secret(text) : text;
      continue;
    }
    const isCredential = credentialKeys.includes(key);
    const configured = isCredential ? stack.getSecret(key) : stack.get(key);
    if (configured === undefined || (isCredential && hasOwnKeys)) continue;
    // A project and an endpoint belong to one region: the stack's are of no use in another.
    configuration[key] = ofRegionKeys.includes(key)
      ? onlyIn(stackRegion, args.region, configured)
      : configured;
  }
  return configuration;
}

function stackConfiguration(): Configuration {
  const { [stackRegionKey]: _, ...configuration } = complete({});
  return configuration;
}

/** The stack's value, if the provider's region is the stack's; else nothing. */
function onlyIn(
  stackRegion: string | undefined,
  region: pulumi.Input<string> | undefined,
  value: pulumi.Input<string>,
): pulumi.Input<string> {
  if (region === undefined || stackRegion === undefined) return value;
  const found = pulumi.all([region, value]).apply(([own, text]) => (own === stackRegion ? text : undefined));
  // A property without a value is not sent.
  return found as pulumi.Output<string>;
}

/** The host takes configuration as text. */
function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** And it takes only names with a namespace. */
function namespaced(configuration: Configuration): pulumi.Inputs {
  return Object.fromEntries(
    Object.entries(configuration).map(([key, value]) => [`huaweicloud:${key}`, value]),
  );
}
