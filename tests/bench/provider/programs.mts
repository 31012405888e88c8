import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { LifecycleHook } from "pulumi-huaweicloud-as";
import { type HookInputs, UsualHook } from "./usual-hook.cjs";

/**
 * The same program with each of the resources that are compared. `nothing` does nothing, `waiting` waits 50 ms and
 * does nothing, `listing` only asks for the lists of a refresh, `usual` is written as people do.
 */
export type Kind = "ours" | "nothing" | "waiting" | "listing" | "usual";

/** A program with so many hooks, five in each group. */
export function hooksProgram(
  kind: Kind,
  groups: readonly string[],
  count: number,
  defaultTimeout: number,
): PulumiFn {
  return async () => {
    for (let index = 0; index < count; index++) {
      const scalingGroupId = groups[Math.floor(index / 5)];
      if (scalingGroupId === undefined) throw new RangeError("there are too few groups");
      addHook(kind, `hook-${index}`, {
        scalingGroupId,
        lifecycleHookName: `hook-${index}`,
        lifecycleHookType: "INSTANCE_TERMINATING",
        notificationTopicUrn: "urn:smn:cn-north-4:0123456789abcdef0123456789abcdef:scaling",
        defaultResult: "ABANDON",
        defaultTimeout,
      });
    }
  };
}

function addHook(kind: Kind, name: string, inputs: HookInputs): void {
  if (kind === "ours") new LifecycleHook(name, inputs);
  else if (kind === "usual") new UsualHook(name, inputs);
  else new PlainHook(kind, name, inputs);
}

/** A resource like ours, without anything that ours adds. */
class PlainHook extends pulumi.CustomResource {
  constructor(provider: "nothing" | "waiting" | "listing", name: string, inputs: HookInputs) {
    super("pulumi-nodejs:dynamic/huaweicloud/as:PlainHook", name, {
      ...inputs,
      notificationTopicName: undefined,
      createTime: undefined,
      region: undefined,
      projectId: undefined,
      // As a package has to be found: from the program.
      __provider: `exports.handler=()=>require('module').createRequire(process.cwd()+'/')('./tests/bench/provider/${provider}.cjs')`,
    });
  }
}
