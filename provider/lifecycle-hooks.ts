import * as pulumi from "@pulumi/pulumi";
import { type LifecycleHookLimits, specificationLimits } from "../sdk/api/limits";
import { nearest } from "../sdk/api/rules";
import { inputProperties } from "./core/properties";
import { type DefaultResult, LifecycleHook, type LifecycleHookArgs } from "./lifecycle-hook";
import { ScalingGroupActivation, type ScalingGroupActivationArgs } from "./scaling-group-activation";

/** An SMN topic: its URN, or whatever has one as its `topicUrn`, as the topics of other providers do. */
export type Topic = pulumi.Input<string> | { readonly topicUrn: pulumi.Input<string> };

/** One of the hooks. What it leaves out comes from what all of them share. */
export interface LifecycleHooksItem
  extends Omit<LifecycleHookArgs, "scalingGroupId" | "notificationTopicUrn"> {
  /** @default the topic that all share */
  readonly notificationTopicUrn?: Topic | undefined;
  /** Options of this hook alone, such as `import`, `aliases`, `customTimeouts` and `ignoreChanges`. */
  readonly opts?: Omit<pulumi.CustomResourceOptions, "parent"> | undefined;
}

/** With how many instances the group is in service while its hooks are there: see `ScalingGroupActivation`. */
export interface LifecycleHooksActivation extends Omit<ScalingGroupActivationArgs, "scalingGroupId"> {
  /** Options of the activation alone, such as `customTimeouts` and `protect`. */
  readonly opts?: Omit<pulumi.CustomResourceOptions, "parent"> | undefined;
}

/** The hooks of a group, and what they share. */
export interface LifecycleHooksArgs<Name extends string = string> {
  /** The scaling group's id. Changing it replaces all hooks. */
  readonly scalingGroupId: pulumi.Input<string>;
  /** The topic of the hooks that name none. */
  readonly notificationTopicUrn?: Topic | undefined;
  /** @default "ABANDON" */
  readonly defaultResult?: pulumi.Input<DefaultResult> | undefined;
  /** Seconds, 300–86400. @default 3600 */
  readonly defaultTimeout?: pulumi.Input<number> | undefined;
  /** The hooks by a key of yours. The key makes the resource's name, `<name>-<key>`. */
  readonly hooks: { readonly [Key in Name]: LifecycleHooksItem };
  /**
   * Puts the group in service once all hooks are made, and empties it before the first of them is deleted. The
   * resource has the component's name. @default the group's service is another's business
   */
  readonly activation?: LifecycleHooksActivation | undefined;
}

/**
 * All lifecycle hooks of one scaling group, with what they share said once. Adding, removing or re-ordering
 * entries touches none of the others.
 *
 * More hooks than a group can have, two of one name, and unknown keys are refused at preview. `dependsOn` is handed down:
 * the hooks are made after what is named there (such as the topic's subscription), and go before it.
 *
 * @example
 * const hooks = new LifecycleHooks("web", {
 *   scalingGroupId: group.id,
 *   notificationTopicUrn: topic,
 *   hooks: {
 *     boot: { lifecycleHookType: "INSTANCE_LAUNCHING", defaultResult: "CONTINUE" },
 *     drain: { lifecycleHookType: "INSTANCE_TERMINATING", defaultTimeout: 600 },
 *   },
 * });
 * export const drainName = hooks.hooks.drain.lifecycleHookName;
 */
export class LifecycleHooks<Name extends string = string> extends pulumi.ComponentResource {
  /** The hooks by their keys. */
  public readonly hooks: { readonly [Key in Name]: LifecycleHook };
  /** The group's activation; `undefined` without `activation` in the arguments. */
  public readonly activation: ScalingGroupActivation | undefined;

  constructor(name: string, args: LifecycleHooksArgs<Name>, opts: pulumi.ComponentResourceOptions = {}) {
    super("huaweicloud:as:LifecycleHooks", name, {}, opts);
    const problem = problemWith(args, roomBy(opts));
    if (problem !== undefined) {
      throw new pulumi.ResourceError(`LifecycleHooks ${JSON.stringify(name)}: ${problem}`, this);
    }
    const keys = Object.keys(args.hooks) as Name[];
    const entries = keys.map((key) => {
      const item = args.hooks[key];
      const hook = new LifecycleHook(`${name}-${key}`, childArgs(args, item), {
        ...pulumi.mergeOptions(
          opts.dependsOn === undefined ? {} : { dependsOn: opts.dependsOn },
          item.opts ?? {},
        ),
        parent: this,
      });
      return [key, hook] as const;
    });
    this.hooks = Object.fromEntries(entries) as { [Key in Name]: LifecycleHook };
    this.#refuseTwoOfOneName(args.hooks);
    this.activation = this.#activate(name, args, opts);
    // Values and not the resources, which an update plan can't hold.
    this.registerOutputs({ ids: Object.fromEntries(entries.map(([key, hook]) => [key, hook.id])) });
  }

  #activate(
    name: string,
    { scalingGroupId, activation }: LifecycleHooksArgs<Name>,
    { dependsOn }: pulumi.ComponentResourceOptions,
  ): ScalingGroupActivation | undefined {
    if (activation === undefined) return undefined;
    const { opts = {}, ...numbers } = activation;
    const after = pulumi.mergeOptions(dependsOn === undefined ? {} : { dependsOn }, {
      dependsOn: Object.values<LifecycleHook>(this.hooks),
    });
    return new ScalingGroupActivation(
      name,
      { ...numbers, scalingGroupId },
      { ...pulumi.mergeOptions(after, opts), parent: this },
    );
  }

  /** Automatic names differ by their hash; given ones may not. */
  #refuseTwoOfOneName(items: { readonly [Key in Name]: LifecycleHooksItem }): void {
    const given = Object.entries<LifecycleHooksItem>(items).map(([key, { lifecycleHookName }]) =>
      pulumi.output(lifecycleHookName).apply((hookName) => ({ key, hookName })),
    );
    pulumi.all(given).apply((named) => {
      for (const { key, hookName } of named) {
        const other = named.find(
          (one) => one.key !== key && hookName !== undefined && one.hookName === hookName,
        );
        if (other === undefined) continue;
        throw new pulumi.ResourceError(
          `hooks ${key} and ${other.key} have the same lifecycleHookName: a name is unique in its scaling group; give one of them another`,
          this,
        );
      }
    });
  }
}

/** The most hooks of a group; those of an explicit provider, which may have limits of its own, are counted by it alone. */
function roomBy({ provider, providers }: pulumi.ComponentResourceOptions): number {
  if (provider !== undefined || providers !== undefined) return Number.POSITIVE_INFINITY;
  const config = new pulumi.Config("huaweicloud");
  const limits = config.getObject<Partial<LifecycleHookLimits>>("lifecycleHookLimits");
  return limits?.maxHooksPerGroup ?? specificationLimits.maxHooksPerGroup;
}

/** What can't be told by any hook's own check. */
function problemWith({ hooks, activation }: LifecycleHooksArgs, room: number): string | undefined {
  const isNumbers = typeof activation === "object" && activation !== null;
  if (activation !== undefined && (pulumi.Output.isInstance(activation) || !isNumbers)) {
    return "activation is no object of numbers: give { desiredInstances: … } (its properties may be outputs)";
  }
  if (pulumi.Output.isInstance(hooks) || hooks instanceof Promise) {
    return "hooks is an output: which resources a program has must be known before it runs; give an object with a plain value for each hook (its properties may be outputs)";
  }
  if (typeof hooks !== "object" || hooks === null) {
    return "hooks is missing: give an object of hooks by a key of yours";
  }
  const entries = Object.entries<LifecycleHooksItem>(hooks);
  if (entries.length > room) {
    return `it has ${entries.length} hooks (${Object.keys(hooks).join(", ")}): a scaling group can have ${room}; remove some`;
  }
  for (const [key, item] of entries) {
    if (pulumi.Output.isInstance(item) || typeof item !== "object" || item === null) {
      return `hooks.${key} is no object of properties: give { lifecycleHookType: … }`;
    }
    const stranger = Object.keys(item).find((name) => !itemKeys.includes(name));
    if (stranger !== undefined) {
      const meant = nearest(stranger, itemKeys);
      const advice = meant === undefined ? `there are ${itemKeys.join(", ")}` : `did you mean ${meant}?`;
      return `hooks.${key} has the unknown key ${stranger}: ${advice}`;
    }
  }
  return undefined;
}

/** What an entry can say: all of a hook but its group, which the hooks share. */
const itemKeys: readonly string[] = [...inputProperties.filter((name) => name !== "scalingGroupId"), "opts"];

function childArgs(args: LifecycleHooksArgs, { opts: _, ...item }: LifecycleHooksItem): LifecycleHookArgs {
  return {
    ...item,
    defaultResult: item.defaultResult ?? args.defaultResult,
    defaultTimeout: item.defaultTimeout ?? args.defaultTimeout,
    scalingGroupId: args.scalingGroupId,
    // Without any topic the hook's own check says what is missing.
    notificationTopicUrn: topicUrn(
      item.notificationTopicUrn ?? args.notificationTopicUrn,
    ) as pulumi.Input<string>,
  };
}

function topicUrn(topic: Topic | undefined): pulumi.Input<string> | undefined {
  return isTopicResource(topic) ? topic.topicUrn : topic;
}

/** An output answers to any name, so its properties tell nothing. */
function isTopicResource(topic: Topic | undefined): topic is { readonly topicUrn: pulumi.Input<string> } {
  return (
    typeof topic === "object" && topic !== null && !pulumi.Output.isInstance(topic) && "topicUrn" in topic
  );
}
