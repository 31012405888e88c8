/** A hook that was made in the console is taken over as it is, and managed from then on. */
import * as pulumi from "@pulumi/pulumi";
import { LifecycleHook } from "pulumi-huaweicloud-as";

const config = new pulumi.Config();
const scalingGroupId = config.require("scalingGroupId");

const drain = new LifecycleHook(
  "drain",
  {
    scalingGroupId,
    lifecycleHookType: "INSTANCE_TERMINATING",
    notificationTopicUrn: config.require("notificationTopicUrn"),
    defaultTimeout: config.requireNumber("timeout"),
  },
  // Can go as soon as the hook is in the state; leaving it here does no harm.
  { import: `${scalingGroupId}/made-in-console` },
);

export const drainName = drain.lifecycleHookName;
export const madeAt = drain.createTime;
