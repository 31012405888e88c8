/** A hook that holds each instance on its way out, and tells the handler how to drain it. */
import * as pulumi from "@pulumi/pulumi";
import { LifecycleHook } from "pulumi-huaweicloud-as";
import { hookMetadata } from "pulumi-huaweicloud-as/handler";

const config = new pulumi.Config();

const drain = new LifecycleHook("drain", {
  scalingGroupId: config.require("scalingGroupId"),
  lifecycleHookType: "INSTANCE_TERMINATING",
  notificationTopicUrn: config.require("notificationTopicUrn"),
  defaultResult: "CONTINUE",
  defaultTimeout: 600,
  notificationMetadata: hookMetadata({ connections: 3 }),
});

export const hook = drain.id;
