import * as pulumi from "@pulumi/pulumi";
import {
  type CheckOnlyInputs,
  type HiddenInputs,
  type HookOutputs,
  type InputName,
  inputProperties,
  outputProperties,
} from "./core/properties";
import { lifecycleHookToken } from "./core/urn";
import { givenBefore, hookOptions, secretNames, urnOf } from "./hidden-inputs";
import { providerText, requireReachablePackage } from "./provider-text";

/** The moments at which a hook suspends an instance. */
export type LifecycleHookType = "INSTANCE_LAUNCHING" | "INSTANCE_TERMINATING";
/** What becomes of an instance whose hook times out. */
export type DefaultResult = "ABANDON" | "CONTINUE";

/** What a lifecycle hook is made of. Source of the limits: the specification of the create call. */
export interface LifecycleHookArgs {
  /** The scaling group's id. Changing it replaces the hook. */
  readonly scalingGroupId: pulumi.Input<string>;
  /**
   * Letters, digits, `_` and `-`, unique in the group and not too long. Changing it replaces the hook.
   * @default the resource's name, made valid, with a short hash of its URN
   */
  readonly lifecycleHookName?: pulumi.Input<string> | undefined;
  /** Whether instances are suspended while they start or while they are removed. */
  readonly lifecycleHookType: pulumi.Input<LifecycleHookType>;
  /** The URN of the SMN topic to which a message goes for each suspended instance. */
  readonly notificationTopicUrn: pulumi.Input<string>;
  /**
   * What becomes of an instance whose hook times out. Launching: CONTINUE puts it to use, ABANDON deletes it.
   * Terminating: both delete it, ABANDON without waiting for other hooks.
   * @default "ABANDON"
   */
  readonly defaultResult?: pulumi.Input<DefaultResult> | undefined;
  /**
   * How long an instance stays suspended, in whole seconds, within `specificationLimits` or the site's own limits.
   * @default 3600
   */
  readonly defaultTimeout?: pulumi.Input<number> | undefined;
  /**
   * Free text for the receiver of the message, without `< > & ' ( )`. May be a secret.
   * Removing it clears it.
   * @default none
   */
  readonly notificationMetadata?: pulumi.Input<string> | undefined;
}

/** The outputs that the class has to declare, by the table of the hook's fields. */
type Outputs = {
  readonly [Name in keyof HookOutputs as Name extends `__${string}` ? never : Name]-?: pulumi.Output<unknown>;
};

/** What is known of a hook, for {@link LifecycleHook.get}. */
export type LifecycleHookState = Partial<LifecycleHookArgs>;

/**
 * A lifecycle hook of a Huawei Cloud Auto Scaling group: it suspends each instance that starts or is about to
 * be removed, and sends a message to an SMN topic, until the action is completed or a time-out passes. A group can have
 * only a few.
 *
 * Invalid inputs are refused at preview, all at once. The id is `<scalingGroupId>/<lifecycleHookName>`.
 *
 * @example
 * const drain = new LifecycleHook("drain", {
 *   scalingGroupId: "e5d27f5c-dd76-4a61-b4bc-a67c5686719a",
 *   lifecycleHookType: "INSTANCE_TERMINATING",
 *   notificationTopicUrn: "urn:smn:cn-north-4:0123456789abcdef0123456789abcdef:scaling",
 *   defaultTimeout: 600,
 * });
 * export const drainName = drain.lifecycleHookName;
 */
export class LifecycleHook extends pulumi.CustomResource implements Outputs {
  /** The type's token, as policies and `pulumi import` want it. */
  static readonly __pulumiType: string = lifecycleHookToken;

  declare public readonly scalingGroupId: pulumi.Output<string>;
  declare public readonly lifecycleHookName: pulumi.Output<string>;
  declare public readonly lifecycleHookType: pulumi.Output<LifecycleHookType>;
  declare public readonly notificationTopicUrn: pulumi.Output<string>;
  declare public readonly defaultResult: pulumi.Output<DefaultResult>;
  /** Seconds. */
  declare public readonly defaultTimeout: pulumi.Output<number>;
  /** `undefined` when there is none. */
  declare public readonly notificationMetadata: pulumi.Output<string | undefined>;
  /** The topic's name, as the service found it by its URN. */
  declare public readonly notificationTopicName: pulumi.Output<string>;
  /** When the hook was created: UTC, `YYYY-MM-DDThh:mm:ssZ`. */
  declare public readonly createTime: pulumi.Output<string>;
  /** The region in which the hook is. */
  declare public readonly region: pulumi.Output<string>;
  /** The project in which the hook is. */
  declare public readonly projectId: pulumi.Output<string>;

  constructor(name: string, args: LifecycleHookArgs, opts: pulumi.CustomResourceOptions = {}) {
    requireReachablePackage();
    // The engine can't import into a dynamic provider; ours adopts the hook itself.
    const { import: importId, ...others } = opts;
    super(lifecycleHookToken, name, properties(name, args, opts), {
      ...others,
      // A name is unique in its group and a group holds only a few, so the new hook has no room beside the old one.
      deleteBeforeReplace: others.deleteBeforeReplace ?? true,
    });
  }

  /**
   * Looks up an existing hook by its id, `<scalingGroupId>/<lifecycleHookName>`, without managing it. Fails when
   * there is none.
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state: LifecycleHookState = {},
    opts: pulumi.CustomResourceOptions = {},
  ): LifecycleHook {
    return new LifecycleHook(name, state as LifecycleHookArgs, { ...opts, id });
  }

  /** Whether a value is a `LifecycleHook`, of whichever copy of this package. */
  static override isInstance(value: unknown): value is LifecycleHook {
    const type = (value as { __pulumiType?: unknown } | null | undefined)?.__pulumiType;
    return pulumi.CustomResource.isInstance(value) && type === lifecycleHookToken;
  }
}

/** A property becomes an output only if it is named, even without a value. */
const noOutputs = Object.fromEntries(outputProperties.map((name) => [name, undefined]));

type Same<A, B> = [A, B] extends [B, A] ? true : false;

/** What a program can set. Does not compile where the arguments or the class differ from the table of the hook's fields. */
const inputNames: [
  Same<keyof LifecycleHookArgs, InputName>,
  Same<Exclude<keyof LifecycleHook, keyof pulumi.CustomResource>, keyof Outputs>,
] extends [true, true]
  ? readonly InputName[]
  : never = inputProperties;

/** Everything the class sends: the inputs, each output as unknown, and what the host would not tell the provider. */
function properties(
  name: string,
  args: LifecycleHookArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Inputs {
  if (args === undefined || args === null) {
    throw new TypeError(
      `LifecycleHook ${JSON.stringify(name)} needs its arguments, scalingGroupId among them`,
    );
  }
  return {
    ...noOutputs,
    ...args,
    ...(opts.id === undefined ? hiddenInputs(name, args, opts) : {}),
    __provider: providerText,
  };
}

function hiddenInputs(name: string, args: LifecycleHookArgs, opts: pulumi.CustomResourceOptions) {
  const hidden: { [Name in keyof (HiddenInputs & CheckOnlyInputs)]: pulumi.Input<unknown> } = {
    __urn: urnOf(name, opts.parent),
    ...secretNames(inputNames, args, opts),
    ...hookOptions(opts),
    ...(opts.customTimeouts === undefined ? {} : { __timeouts: opts.customTimeouts }),
    ...givenBefore(opts, args),
  };
  return hidden;
}
