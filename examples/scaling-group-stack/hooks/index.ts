/** The hooks of a group that another stack owns, and its activation. */
import * as pulumi from "@pulumi/pulumi";
import { LifecycleHooks } from "pulumi-huaweicloud-as";

const config = new pulumi.Config();
const owner = new pulumi.StackReference(config.require("groupStack"));

const web = new LifecycleHooks("web", {
  scalingGroupId: owner.requireOutput("scalingGroupId"),
  notificationTopicUrn: config.require("notificationTopicUrn"),
  hooks: {
    boot: { lifecycleHookType: "INSTANCE_LAUNCHING", defaultResult: "CONTINUE", defaultTimeout: 600 },
    drain: { lifecycleHookType: "INSTANCE_TERMINATING" },
  },
  activation: { desiredInstances: 2, minInstances: 2 },
});

export const boot = web.hooks.boot.id;
export const drain = web.hooks.drain.id;
