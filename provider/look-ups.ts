import * as pulumi from "@pulumi/pulumi";
import type { HangingInstance, LifecycleHook } from "../sdk/schemas";
import { ConfiguredClients } from "./core/clients";
import type { PlacedClient } from "./core/context";
import { formatHookId } from "./core/hook-id";
import { type ConfigurationKey, readSettings } from "./core/settings";
import { systemClock } from "./core/system-clock";
import type { LifecycleHookType } from "./lifecycle-hook";
import { plainPromise } from "./plain-promise";
import { configurationOf, type Provider } from "./provider";

/**
 * What is there already, read while the program runs: in previews, too. Configured as the resources are.
 */

/** Whose configuration to use; the stack's without it. */
export interface LookUpOptions {
  readonly provider?: Provider | undefined;
}

/** A hook that was looked up. */
export interface GetLifecycleHookResult extends LifecycleHook {
  /** `<scalingGroupId>/<lifecycleHookName>`: for the option `import`, or for `LifecycleHook.get`. */
  readonly id: string;
  readonly scalingGroupId: string;
  readonly region: string;
  readonly projectId: string;
}

/** Which hook to read. */
export interface GetLifecycleHookArgs {
  readonly scalingGroupId: string;
  readonly lifecycleHookName: string;
}

/** Whose hooks to read, and which of them. */
export interface GetLifecycleHooksArgs {
  readonly scalingGroupId: string;
  /** Only the hooks of this type; all without it. */
  readonly lifecycleHookType?: LifecycleHookType | undefined;
}

/** Whose suspended instances to read, and which of them. */
export interface GetHangingInstancesArgs {
  readonly scalingGroupId: string;
  /** Only this instance; all of the group without it. */
  readonly instanceId?: string | undefined;
}

/** The same with values that may not be known yet. */
export type Inputs<Args> = { readonly [Name in keyof Args]: pulumi.Input<Args[Name]> };

/** Reads one hook. Fails when there is none of that name. */
export async function getLifecycleHook(
  args: GetLifecycleHookArgs,
  opts: LookUpOptions = {},
): Promise<GetLifecycleHookResult> {
  return readHook(args, await plainPromise(configuration(opts)));
}

/** The same of values that may not be known yet. */
export function getLifecycleHookOutput(
  args: Inputs<GetLifecycleHookArgs>,
  opts: LookUpOptions = {},
): pulumi.Output<GetLifecycleHookResult> {
  return whenKnown(args, opts, readHook);
}

/** Reads the hooks of a group, all or those of one type. Fails when there is no such group. */
export async function getLifecycleHooks(
  args: GetLifecycleHooksArgs,
  opts: LookUpOptions = {},
): Promise<GetLifecycleHookResult[]> {
  return readHooks(args, await plainPromise(configuration(opts)));
}

/** The same of values that may not be known yet. */
export function getLifecycleHooksOutput(
  args: Inputs<GetLifecycleHooksArgs>,
  opts: LookUpOptions = {},
): pulumi.Output<GetLifecycleHookResult[]> {
  return whenKnown(args, opts, readHooks);
}

/** Reads the instances of a group that hooks have suspended. Fails when there is no such group. */
export async function getHangingInstances(
  args: GetHangingInstancesArgs,
  opts: LookUpOptions = {},
): Promise<HangingInstance[]> {
  return readHangingInstances(args, await plainPromise(configuration(opts)));
}

/** The same of values that may not be known yet. */
export function getHangingInstancesOutput(
  args: Inputs<GetHangingInstancesArgs>,
  opts: LookUpOptions = {},
): pulumi.Output<HangingInstance[]> {
  return whenKnown(args, opts, readHangingInstances);
}

/** A configuration's texts, by its keys. */
type PlainConfiguration = Partial<Record<ConfigurationKey, string>>;

async function readHook(
  args: GetLifecycleHookArgs,
  configured: PlainConfiguration,
): Promise<GetLifecycleHookResult> {
  const place = await placeOf(configured);
  const hook = await place.client.lifecycleHooks.get(args.scalingGroupId, args.lifecycleHookName);
  return located(hook, args.scalingGroupId, place);
}

async function readHooks(
  { scalingGroupId, lifecycleHookType }: GetLifecycleHooksArgs,
  configured: PlainConfiguration,
): Promise<GetLifecycleHookResult[]> {
  const place = await placeOf(configured);
  const hooks = await place.client.lifecycleHooks.list(scalingGroupId);
  return hooks
    .filter((hook) => lifecycleHookType === undefined || hook.lifecycleHookType === lifecycleHookType)
    .map((hook) => located(hook, scalingGroupId, place));
}

async function readHangingInstances(
  { scalingGroupId, instanceId }: GetHangingInstancesArgs,
  configured: PlainConfiguration,
): Promise<HangingInstance[]> {
  const { client } = await placeOf(configured);
  return client.hangingInstances.list(scalingGroupId, { instanceId });
}

function placeOf(configured: PlainConfiguration): Promise<PlacedClient> {
  const settings = readSettings((key) => configured[key], process.env);
  return new ConfiguredClients(settings, systemClock).at();
}

/** What is read is no secret, though secrets are needed to read it. */
function configuration({ provider }: LookUpOptions): pulumi.Output<PlainConfiguration> {
  return pulumi.unsecret(pulumi.output(configurationOf(provider))) as pulumi.Output<PlainConfiguration>;
}

function whenKnown<Args, Result>(
  args: Inputs<Args>,
  opts: LookUpOptions,
  read: (args: Args, configured: PlainConfiguration) => Promise<Result>,
): pulumi.Output<Result> {
  const result = pulumi
    .all([pulumi.output(args), configuration(opts)])
    .apply(([known, configured]) => read(known as Args, configured as PlainConfiguration));
  return result as pulumi.Output<Result>;
}

function located(
  hook: LifecycleHook,
  scalingGroupId: string,
  { region, projectId }: PlacedClient,
): GetLifecycleHookResult {
  const id = formatHookId({ scalingGroupId, lifecycleHookName: hook.lifecycleHookName });
  return { id, scalingGroupId, region, projectId, ...hook };
}
