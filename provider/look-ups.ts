import * as pulumi from "@pulumi/pulumi";
import type { LifecycleHook } from "../sdk/api/hook-fields";
import type { HangingInstance } from "../sdk/api/schemas";
import { clientsOf } from "./core/clients";
import type { ScopedClient } from "./core/context";
import { formatHookId } from "./core/properties";
import { readSettings } from "./core/settings";
import type { LifecycleHookType } from "./lifecycle-hook";
import { type Configuration, configurationOf, type Provider } from "./provider";
import { isKnown, isMocked, plainPromise } from "./pulumi-runtime";

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

/** Reads one hook. Fails when there is none of that name, and in a preview while the provider's arguments are unknown. */
export function getLifecycleHook(
  args: GetLifecycleHookArgs,
  opts: LookUpOptions = {},
): Promise<GetLifecycleHookResult> {
  return now("getLifecycleHook", args, opts, readHook);
}

/** The same of values that may not be known yet. */
export function getLifecycleHookOutput(
  args: Inputs<GetLifecycleHookArgs>,
  opts: LookUpOptions = {},
): pulumi.Output<GetLifecycleHookResult> {
  return whenKnown("getLifecycleHook", args, opts, readHook);
}

/**
 * Reads the hooks of a group, all or those of one type. Fails when there is no such group, and in a preview while the
 * provider's arguments are unknown.
 */
export function getLifecycleHooks(
  args: GetLifecycleHooksArgs,
  opts: LookUpOptions = {},
): Promise<GetLifecycleHookResult[]> {
  return now("getLifecycleHooks", args, opts, readHooks);
}

/** The same of values that may not be known yet. */
export function getLifecycleHooksOutput(
  args: Inputs<GetLifecycleHooksArgs>,
  opts: LookUpOptions = {},
): pulumi.Output<GetLifecycleHookResult[]> {
  return whenKnown("getLifecycleHooks", args, opts, readHooks);
}

/**
 * Reads the instances of a group that hooks have suspended. Fails when there is no such group, and in a preview while
 * the provider's arguments are unknown.
 */
export function getHangingInstances(
  args: GetHangingInstancesArgs,
  opts: LookUpOptions = {},
): Promise<HangingInstance[]> {
  return now("getHangingInstances", args, opts, readHangingInstances);
}

/** The same of values that may not be known yet. */
export function getHangingInstancesOutput(
  args: Inputs<GetHangingInstancesArgs>,
  opts: LookUpOptions = {},
): pulumi.Output<HangingInstance[]> {
  return whenKnown("getHangingInstances", args, opts, readHangingInstances);
}

/** A configuration's texts, by its keys. */
type PlainConfiguration = { readonly [Key in keyof Configuration]?: string };

type Read<Args, Result> = (args: Args, scope: ScopedClient) => Promise<Result>;

async function readHook(args: GetLifecycleHookArgs, scope: ScopedClient): Promise<GetLifecycleHookResult> {
  const hook = await scope.client.lifecycleHooks.get(args.scalingGroupId, args.lifecycleHookName);
  return located(hook, args.scalingGroupId, scope);
}

async function readHooks(
  { scalingGroupId, lifecycleHookType }: GetLifecycleHooksArgs,
  scope: ScopedClient,
): Promise<GetLifecycleHookResult[]> {
  const hooks = await scope.client.lifecycleHooks.list(scalingGroupId);
  return hooks
    .filter((hook) => lifecycleHookType === undefined || hook.lifecycleHookType === lifecycleHookType)
    .map((hook) => located(hook, scalingGroupId, scope));
}

async function readHangingInstances(
  { scalingGroupId, instanceId }: GetHangingInstancesArgs,
  { client }: ScopedClient,
): Promise<HangingInstance[]> {
  return client.hangingInstances.list(scalingGroupId, { instanceId });
}

function scopeOf(configured: PlainConfiguration): Promise<ScopedClient> {
  return clientsOf(readSettings((name) => configured[name], process.env)).at();
}

/** What is read is no secret, though secrets are needed to read it. */
function configuration({ provider }: LookUpOptions): pulumi.Output<PlainConfiguration> {
  return pulumi.unsecret(pulumi.output(configurationOf(provider))) as pulumi.Output<PlainConfiguration>;
}

async function now<Args extends object, Result>(
  name: string,
  args: Args,
  opts: LookUpOptions,
  read: Read<Args, Result>,
): Promise<Result> {
  const configured = configuration(opts);
  if (!(await isKnown(configured))) {
    throw new Error(
      `${name}: an argument of the provider is not known yet in this preview: use ${name}Output, which waits for it`,
    );
  }
  return readOrMock(name, args, await plainPromise(configured), read);
}

function whenKnown<Args extends object, Result>(
  name: string,
  args: Inputs<Args>,
  opts: LookUpOptions,
  read: Read<Args, Result>,
): pulumi.Output<Result> {
  const result = pulumi
    .all([pulumi.output(args), configuration(opts)])
    .apply(([known, configured]) => readOrMock(name, known as Args, configured as PlainConfiguration, read));
  return result as pulumi.Output<Result>;
}

/** Under `pulumi.runtime.setMocks` the program's own `call` answers, by the token `huaweicloud:as/<name>:<name>`. */
async function readOrMock<Args extends object, Result>(
  name: string,
  args: Args,
  configured: PlainConfiguration,
  read: Read<Args, Result>,
): Promise<Result> {
  if (isMocked()) return pulumi.runtime.invoke(`huaweicloud:as/${name}:${name}`, { ...args });
  return read(args, await scopeOf(configured));
}

function located(
  hook: LifecycleHook,
  scalingGroupId: string,
  { region, projectId }: ScopedClient,
): GetLifecycleHookResult {
  const id = formatHookId({ scalingGroupId, lifecycleHookName: hook.lifecycleHookName });
  return { id, scalingGroupId, region, projectId, ...hook };
}
