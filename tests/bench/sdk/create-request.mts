/** The create request that all clients send, and what the service answers. Every value is made up. */
export const region = "cn-north-4";
export const projectId = "0123456789abcdef0123456789abcdef";
export const groupId = "e5d27f5c-dd76-4a61-b4bc-a67c5686719a";
export const accessKey = "AKIDEXAMPLE0000000001";
export const secretKey = "SecretKeyExample/NotReal+000000000000001";
export const path = `/autoscaling-api/v1/${projectId}/scaling_lifecycle_hook/${groupId}`;

export const input = {
  lifecycleHookName: "drain",
  lifecycleHookType: "INSTANCE_TERMINATING",
  notificationTopicUrn: `urn:smn:${region}:${projectId}:scaling`,
  defaultResult: "ABANDON",
  defaultTimeout: 600,
} as const;

/** The same as the wire has it. */
export const wireInput = {
  lifecycle_hook_name: input.lifecycleHookName,
  lifecycle_hook_type: input.lifecycleHookType,
  default_result: input.defaultResult,
  default_timeout: input.defaultTimeout,
  notification_topic_urn: input.notificationTopicUrn,
};

export const wireAnswer = {
  ...wireInput,
  notification_topic_name: "scaling",
  notification_metadata: null,
  create_time: "2026-01-02T03:04:05Z",
};
