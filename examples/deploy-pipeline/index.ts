/** The hooks of one environment: its name is the stack's. */
import * as pulumi from "@pulumi/pulumi";
import { LifecycleHook } from "pulumi-huaweicloud-as";

const environments = {
  staging: {
    scalingGroupId: "e5d27f5c-dd76-4a61-b4bc-a67c5686719a",
    notificationTopicUrn: "urn:smn:cn-north-4:0123456789abcdef0123456789abcdef:scaling-staging",
    drainTimeout: 600,
  },
  production: {
    scalingGroupId: "4b1e0f3c-6f0a-4b52-9a0a-3f8f5b1d7c11",
    notificationTopicUrn: "urn:smn:cn-north-4:0123456789abcdef0123456789abcdef:scaling",
    drainTimeout: 1800,
  },
};

const { DRAIN_TOKEN } = process.env;
if (!DRAIN_TOKEN) throw new Error("DRAIN_TOKEN is not set: it is the secret that drains call back with");

const { drainTimeout, ...group } = environments[pulumi.getStack() as keyof typeof environments];

new LifecycleHook("boot", {
  ...group,
  lifecycleHookName: "boot",
  lifecycleHookType: "INSTANCE_LAUNCHING",
  defaultResult: "CONTINUE",
});

new LifecycleHook("drain", {
  ...group,
  lifecycleHookName: "drain",
  lifecycleHookType: "INSTANCE_TERMINATING",
  defaultTimeout: drainTimeout,
  notificationMetadata: pulumi.secret(DRAIN_TOKEN),
});
