/**
 * A STAND-IN for a scaling group, so that the examples run without an account. It makes nothing: it takes the id of
 * a group that exists, and tells it only after `up`, as a real one would. In your program this is the group of
 * another provider, such as `Group` of the bridged Huawei Cloud provider: the README has the recipe.
 */
import * as pulumi from "@pulumi/pulumi";

/** Named as the bridged provider names them. */
interface ScalingGroupArgs {
  readonly enable: boolean;
  readonly minInstanceNumber: number;
  readonly desireInstanceNumber: number;
}

/** How the group is at each time of its life. */
const phases: Readonly<Record<string, ScalingGroupArgs>> = {
  // Nothing starts before the hooks are there.
  prepare: { enable: false, minInstanceNumber: 0, desireInstanceNumber: 0 },
  serve: { enable: true, minInstanceNumber: 2, desireInstanceNumber: 2 },
  // Its instances leave while the hooks are still there.
  drain: { enable: true, minInstanceNumber: 0, desireInstanceNumber: 0 },
};

const standIn: pulumi.dynamic.ResourceProvider<{ standsFor: string }> = {
  create: async (inputs) => ({ id: inputs.standsFor, outs: inputs }),
  update: async (_id, _olds, news) => ({ outs: news }),
};

/** The scaling group of both variants, in the phase that the stack is configured for. */
export class ScalingGroup extends pulumi.dynamic.Resource {
  constructor(name: string) {
    const config = new pulumi.Config();
    const phase = phases[config.require("phase")];
    if (phase === undefined) throw new Error(`phase is one of ${Object.keys(phases).join(", ")}`);
    super(standIn, name, { standsFor: config.require("standsFor"), ...phase });
  }
}
