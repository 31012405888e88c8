import * as pulumi from "@pulumi/pulumi";
import type { LifecycleHookLimits } from "../sdk/limits";
import { type ConfigurationKey, configurationKeys } from "./core/settings";

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

/**
 * An explicit provider, for several regions or accounts in one program:
 *
 * @example
 * const north = new Provider("north", { region: "cn-north-4" });
 * new LifecycleHook("drain", { ... }, { provider: north });
 *
 * A hook that is moved from one region's provider to another's is replaced: deleted where it was, made where it
 * is to be.
 */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs = {}, opts: pulumi.ResourceOptions = {}) {
    const settings = complete(args);
    // Its configuration alone would change in place, and the hooks would be deleted in the wrong region.
    const replacementTrigger = [settings.region ?? "", settings.projectId ?? "", settings.cloud ?? ""];
    super("pulumi-nodejs", name, wireArguments(settings), { replacementTrigger, ...opts });
  }
}

/** An explicit provider's process sees only its own arguments, so the stack's configuration is filled in here. */
function complete(args: ProviderArgs): ProviderArgs {
  const config = new pulumi.Config("huaweicloud");
  const hasOwnKeys = args.accessKey !== undefined || args.secretKey !== undefined;
  const credentialKeys: readonly ConfigurationKey[] = ["accessKey", "secretKey", "securityToken"];
  const filled: Partial<Record<ConfigurationKey, unknown>> = {};
  for (const key of configurationKeys) {
    const given = args[key];
    const mayFill = !(hasOwnKeys && credentialKeys.includes(key));
    const value = given ?? (mayFill ? config.get(key) : undefined);
    if (value !== undefined) filled[key] = value;
  }
  return filled as ProviderArgs;
}

/** The host takes configuration as text, under names with a namespace. */
function wireArguments(settings: ProviderArgs): pulumi.Inputs {
  const secrets: readonly string[] = ["secretKey", "securityToken"];
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => {
      const text = pulumi
        .output(value)
        .apply((plain) => (typeof plain === "string" ? plain : JSON.stringify(plain)));
      return [`huaweicloud:${key}`, secrets.includes(key) ? pulumi.secret(text) : text];
    }),
  );
}
