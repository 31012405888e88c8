/** A group, a topic and inputs that pass every check. */
export const groupId = "e5d27f5c-dd76-4a61-b4bc-a67c5686719a";
export const topicUrn = "urn:smn:cn-north-4:0123456789abcdef0123456789abcdef:scaling";

export const validInputs = {
  scalingGroupId: groupId,
  lifecycleHookName: "drain",
  lifecycleHookType: "INSTANCE_TERMINATING",
  notificationTopicUrn: topicUrn,
} as const;

/** The same with the defaults, as `check` makes them. */
export const checkedInputs = { ...validInputs, defaultResult: "ABANDON", defaultTimeout: 3600 } as const;

/** What the host gives for a value that is not known yet. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
