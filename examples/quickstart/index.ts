/**
 * Two lifecycle hooks on an existing scaling group: new instances wait until they are set up, and old ones
 * until they are drained.
 *
 *   pulumi config set scalingGroupId <id>
 *   pulumi config set notificationTopicUrn <urn>
 *   pulumi up
 */
import * as pulumi from "@pulumi/pulumi";
import { LifecycleHook } from "pulumi-huaweicloud-as";

const config = new pulumi.Config();
const scalingGroupId = config.require("scalingGroupId");
const notificationTopicUrn =
  config.get("notificationTopicUrn") ?? "urn:smn:cn-north-4:0123456789abcdef0123456789abcdef:scaling";

const boot = new LifecycleHook("boot", {
  scalingGroupId,
  lifecycleHookType: "INSTANCE_LAUNCHING",
  notificationTopicUrn,
  defaultResult: "CONTINUE",
  defaultTimeout: 600,
});

const drain = new LifecycleHook("drain", {
  scalingGroupId,
  lifecycleHookName: config.get("drainHookName") ?? "drain",
  lifecycleHookType: "INSTANCE_TERMINATING",
  notificationTopicUrn,
  defaultTimeout: config.getNumber("drainTimeout") ?? 3600,
  notificationMetadata: config.get("drainMetadata") ?? "drain connections",
});

/** Every field of the service's answers. */
export const hooks = { boot: describe(boot), drain: describe(drain) };

function describe(hook: LifecycleHook) {
  return {
    lifecycleHookName: hook.lifecycleHookName,
    lifecycleHookType: hook.lifecycleHookType,
    defaultResult: hook.defaultResult,
    defaultTimeout: hook.defaultTimeout,
    notificationTopicUrn: hook.notificationTopicUrn,
    notificationTopicName: hook.notificationTopicName,
    notificationMetadata: hook.notificationMetadata,
    createTime: hook.createTime,
    region: hook.region,
    projectId: hook.projectId,
  };
}
