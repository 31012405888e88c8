/** A group that is in service while its hooks are there: its first instances meet them, and its last ones. */
import * as pulumi from "@pulumi/pulumi";
import { LifecycleHooks } from "pulumi-huaweicloud-as";
import { hookMetadata } from "pulumi-huaweicloud-as/handler";

const config = new pulumi.Config();

const web = new LifecycleHooks("web", {
  scalingGroupId: config.require("scalingGroupId"),
  notificationTopicUrn: config.require("notificationTopicUrn"),
  defaultTimeout: 600,
  hooks: {
    boot: { lifecycleHookType: "INSTANCE_LAUNCHING" },
    drain: {
      lifecycleHookType: "INSTANCE_TERMINATING",
      defaultResult: "CONTINUE",
      notificationMetadata: hookMetadata({ connections: 3 }),
    },
  },
  activation: { desiredInstances: 2 },
});

export const instances = web.activation?.currentInstances;
