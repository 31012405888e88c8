/** The group, its hooks and its activation in one program: the group's id is not known at the first preview. */
import * as pulumi from "@pulumi/pulumi";
import { LifecycleHooks } from "pulumi-huaweicloud-as";
import { ScalingGroup } from "../scaling-group";

const group = new ScalingGroup("web");

const web = new LifecycleHooks("web", {
  scalingGroupId: group.id,
  notificationTopicUrn: new pulumi.Config().require("notificationTopicUrn"),
  hooks: {
    boot: { lifecycleHookType: "INSTANCE_LAUNCHING", defaultResult: "CONTINUE", defaultTimeout: 600 },
    drain: { lifecycleHookType: "INSTANCE_TERMINATING" },
  },
  activation: { desiredInstances: 2, minInstances: 2 },
});

export const boot = web.hooks.boot.id;
export const drain = web.hooks.drain.id;
