/**
 * A second team adds a hook of its own to a group. It follows what is there: it uses the topic of the other team's
 * hook, gives its own work as long as the most patient hook does, and tells which instances hang right now.
 */
import * as pulumi from "@pulumi/pulumi";
import { getHangingInstancesOutput, getLifecycleHooksOutput, LifecycleHook } from "pulumi-huaweicloud-as";

const config = new pulumi.Config();
const scalingGroupId = config.require("scalingGroupId");

// One hook by its id, as a resource that is read and never changed. Fails at preview when it is not there.
const existing = LifecycleHook.get("existing", `${scalingGroupId}/${config.require("existingHook")}`);

// All hooks that suspend instances on their way out, ours included once it is there.
const terminating = getLifecycleHooksOutput({ scalingGroupId, lifecycleHookType: "INSTANCE_TERMINATING" });

const backup = new LifecycleHook("backup", {
  scalingGroupId,
  lifecycleHookName: "backup",
  lifecycleHookType: "INSTANCE_TERMINATING",
  notificationTopicUrn: existing.notificationTopicUrn,
  defaultTimeout: terminating.apply((hooks) => Math.max(...hooks.map((hook) => hook.defaultTimeout))),
});

const hanging = getHangingInstancesOutput({ scalingGroupId }).apply((instances) =>
  instances
    .filter((instance) => instance.lifecycleHookStatus === "HANGING")
    .map((instance) => `${instance.instanceId} on ${instance.lifecycleHookName}`),
);
hanging.apply((instances) =>
  instances.length === 0 ? undefined : pulumi.log.warn(`waiting for a callback: ${instances.join(", ")}`),
);

export const backupTimeout = backup.defaultTimeout;
export const waiting = hanging;
