import * as pulumi from "@pulumi/pulumi";
import { type ActivationInputName, activationInputs, activationOutputs } from "./core/activation/properties";
import type { CheckOnlyInputs, HiddenInputs } from "./core/properties";
import { scalingGroupActivationToken } from "./core/urn";
import { givenBefore, importOptions, secretNames, urnOf } from "./hidden-inputs";
import { LifecycleHook } from "./lifecycle-hook";
import { activationProviderText, requireReachablePackage } from "./provider-text";
import { resourcesOf } from "./pulumi-runtime";

/** With how many instances a group is in service. All are whole numbers; minimum <= desired number <= maximum. */
export interface ScalingGroupActivationArgs {
  /**
   * The scaling group's id: that of the group itself. An output of a hook is refused, since the hook's replacement would
   * replace this, too. Changing it activates the other group, and then empties this one.
   */
  readonly scalingGroupId: pulumi.Input<string>;
  /**
   * How many instances the group is to have. What policies do afterwards stays: the group is brought to this number
   * again only when it changes in the program, or with `enforceDesired`.
   */
  readonly desiredInstances: pulumi.Input<number>;
  /** The least that policies may leave. @default the group's own */
  readonly minInstances?: pulumi.Input<number> | undefined;
  /** The most that policies may make. @default the group's own */
  readonly maxInstances?: pulumi.Input<number> | undefined;
  /** Whether another desired number than the program's is drift, which `up` corrects. @default false */
  readonly enforceDesired?: pulumi.Input<boolean> | undefined;
  /** Whether `up` waits until the instances are in service. A deletion always waits until they have left. @default true */
  readonly wait?: pulumi.Input<boolean> | undefined;
}

/** What is known of a group, for {@link ScalingGroupActivation.get}. */
export type ScalingGroupActivationState = Partial<ScalingGroupActivationArgs>;

/**
 * The time in which a scaling group is in service: from after its hooks are made until before they are deleted. So the
 * first instances meet the launching hooks, and the last ones the terminating hooks.
 *
 * Create sets the numbers, resumes the group, and waits until its instances are in service. Delete lets all of them
 * leave, and pauses the group. Both wait for as long as hooks hold instances: an hour, unless `customTimeouts` says
 * otherwise. The group itself is another resource's: it must leave its numbers and its status to this one.
 *
 * Declare it with `dependsOn` the group's hooks, or as `activation` of `LifecycleHooks`. The id is the group's.
 *
 * @example
 * new ScalingGroupActivation("web", { scalingGroupId: group.id, desiredInstances: 2 }, { dependsOn: [boot, drain] });
 */
export class ScalingGroupActivation extends pulumi.CustomResource {
  /** The type's token, as policies want it. */
  static readonly __pulumiType: string = scalingGroupActivationToken;

  declare public readonly scalingGroupId: pulumi.Output<string>;
  /** The number that the program has set last; with `enforceDesired`, the group's own. */
  declare public readonly desiredInstances: pulumi.Output<number>;
  /** `undefined` where the program leaves it to the group. */
  declare public readonly minInstances: pulumi.Output<number | undefined>;
  /** `undefined` where the program leaves it to the group. */
  declare public readonly maxInstances: pulumi.Output<number | undefined>;
  declare public readonly enforceDesired: pulumi.Output<boolean>;
  declare public readonly wait: pulumi.Output<boolean>;
  /** `INSERVICE`, unless it was changed elsewhere. */
  declare public readonly status: pulumi.Output<string>;
  /** How many instances the group had when it was looked at last. */
  declare public readonly currentInstances: pulumi.Output<number>;
  /** The region in which the group is. */
  declare public readonly region: pulumi.Output<string>;
  /** The project in which the group is. */
  declare public readonly projectId: pulumi.Output<string>;

  constructor(name: string, args: ScalingGroupActivationArgs, opts: pulumi.CustomResourceOptions = {}) {
    requireReachablePackage();
    // The engine can't import into a dynamic provider; ours takes the group over itself.
    const { import: importId, ...others } = opts;
    super(scalingGroupActivationToken, name, properties(name, args, opts), others);
  }

  /** Looks up a group by its id, without managing it. Fails when there is none. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state: ScalingGroupActivationState = {},
    opts: pulumi.CustomResourceOptions = {},
  ): ScalingGroupActivation {
    return new ScalingGroupActivation(name, state as ScalingGroupActivationArgs, { ...opts, id });
  }

  /** Whether a value is a `ScalingGroupActivation`, of whichever copy of this package. */
  static override isInstance(value: unknown): value is ScalingGroupActivation {
    const type = (value as { __pulumiType?: unknown } | null | undefined)?.__pulumiType;
    return pulumi.CustomResource.isInstance(value) && type === scalingGroupActivationToken;
  }
}

type Same<A, B> = [A, B] extends [B, A] ? true : false;

/** Does not compile where the arguments or the class differ from the core's tables. */
const inputNames: [
  Same<keyof ScalingGroupActivationArgs, ActivationInputName>,
  Same<
    Exclude<keyof ScalingGroupActivation, keyof pulumi.CustomResource>,
    (typeof activationOutputs)[number]
  >,
] extends [true, true]
  ? readonly ActivationInputName[]
  : never = activationInputs;

/** A property becomes an output only if it is named, even without a value. */
const noOutputs = Object.fromEntries(activationOutputs.map((name) => [name, undefined]));

/** Everything the class sends: the inputs, each output as unknown, and what the host would not tell the provider. */
function properties(
  name: string,
  args: ScalingGroupActivationArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Inputs {
  if (args === undefined || args === null) {
    const text = `ScalingGroupActivation ${JSON.stringify(name)} needs its arguments, scalingGroupId among them`;
    throw new TypeError(text);
  }
  if (resourcesOf(args.scalingGroupId).some((one) => LifecycleHook.isInstance(one))) {
    throw new pulumi.RunError(
      `ScalingGroupActivation ${JSON.stringify(name)}: scalingGroupId is an output of a lifecycle hook: Pulumi would replace the activation whenever it replaces that hook, and empty the group; give the group's own id, and the option dependsOn with the hooks`,
    );
  }
  return {
    ...noOutputs,
    ...args,
    ...(opts.id === undefined ? hiddenInputs(name, args, opts) : {}),
    __provider: activationProviderText,
  };
}

function hiddenInputs(name: string, args: ScalingGroupActivationArgs, opts: pulumi.CustomResourceOptions) {
  const { customTimeouts } = opts;
  const hidden: { [Name in keyof (HiddenInputs & CheckOnlyInputs)]: pulumi.Input<unknown> } = {
    __urn: urnOf(name, opts.parent),
    ...secretNames(inputNames, args, opts),
    ...importOptions(opts),
    ...(customTimeouts === undefined ? {} : { __timeouts: customTimeouts }),
    ...givenBefore(opts, args),
  };
  return hidden;
}
