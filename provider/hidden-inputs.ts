import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import {
  lifecycleHookToken,
  markApplies,
  scalingGroupActivationToken,
  shortUrn,
  shortUrnIn,
} from "./core/urn";
import { followTransforms, mayTransform, plainPromise } from "./pulumi-runtime";

/** What the classes send besides a program's inputs, since the dynamic-provider host does not tell it to the provider. */

/** Ours rather than `pulumi.createUrn`: the outputs that it makes take as long as all else that a class does here. */
export function urnOf(name: string, parent: pulumi.Resource | undefined): string | Promise<string> {
  const mark = pulumi.runtime.isDryRun() ? (short: string) => short : markApplies;
  // The superclass refuses a parent that is no resource.
  if (!pulumi.Resource.isInstance(parent)) {
    return mark(shortUrn(pulumi.getStack(), pulumi.getProject(), "", name));
  }
  // As an output it would carry the parent as a dependency: a hook in a component would wait for itself.
  return plainPromise(parent.urn).then((urn) => mark(shortUrnIn(urn, name)));
}

/** The hidden input that names the inputs which are secret, where some may be: by themselves, or by an option. */
export function secretNames<Name extends string>(
  names: readonly Name[],
  args: { readonly [One in Name]?: unknown },
  { additionalSecretOutputs = [] }: pulumi.CustomResourceOptions,
): { readonly __secrets?: Promise<string[] | undefined> } {
  const declared = names.filter((one) => additionalSecretOutputs.includes(one));
  // A plain value is no secret; to have Pulumi tell so of each takes a tenth of the time of a preview of many hooks.
  const mayBeSecret = names.filter((one) => typeof args[one] === "object" && args[one] !== null);
  return mayBeSecret.length + declared.length === 0
    ? {}
    : { __secrets: secretsAmong(mayBeSecret, args, declared) };
}

/** Nothing when there are none. */
async function secretsAmong<Name extends string>(
  names: readonly Name[],
  args: { readonly [One in Name]?: unknown },
  declared: readonly Name[],
): Promise<string[] | undefined> {
  const areSecret = await Promise.all(names.map((name) => pulumi.isSecret(pulumi.output(args[name]))));
  const secrets = [...new Set([...names.filter((_, index) => areSecret[index]), ...declared])];
  return secrets.length === 0 ? undefined : secrets;
}

/** The options of a hook that the host does not tell the provider. */
export function hookOptions(opts: pulumi.CustomResourceOptions) {
  const { replaceOnChanges = [], deleteBeforeReplace, retainOnDelete } = opts;
  return {
    ...importOptions(opts),
    ...(replaceOnChanges.length === 0 ? {} : { __replaceOnChanges: replaceOnChanges }),
    ...(deleteBeforeReplace === false ? { __createFirst: true } : {}),
    ...(retainOnDelete === true ? { __retains: true } : {}),
  };
}

export function importOptions({ import: importId, ignoreChanges = [] }: pulumi.CustomResourceOptions) {
  if (!importId) return {};
  return { __import: importId, ...(ignoreChanges.length === 0 ? {} : { __ignoreChanges: ignoreChanges }) };
}

/** The hidden input that tells what a class was given, where transforms may change that afterwards. */
export function givenBefore(
  opts: pulumi.CustomResourceOptions,
  args: object,
): { readonly __given?: Promise<object> } {
  return mayTransform(opts) ? { __given: followTransforms(tellOptions).then(() => ({ ...args })) } : {};
}

const optionsOf: Readonly<Record<string, (opts: pulumi.CustomResourceOptions) => object>> = {
  [lifecycleHookToken]: hookOptions,
  [scalingGroupActivationToken]: importOptions,
};

/** Tells the options that transforms have set as a class tells its own. The engine can't import, so it is not told to. */
const tellOptions: pulumi.ResourceTransform = ({ type, props, opts }) => {
  const { import: _, ...others } = opts as pulumi.CustomResourceOptions;
  const hidden = optionsOf[type]?.(opts) ?? {};
  const known: Readonly<Record<string, unknown>> = props;
  const isTold = Object.entries(hidden).every(([name, value]) => isDeepStrictEqual(known[name], value));
  return isTold ? undefined : { props: { ...props, ...hidden }, opts: others };
};
