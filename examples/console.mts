/**
 * Stands for the console, and for what answers hooks, when the examples run against the local AS API: it makes a hook,
 * has a topic's messages sent somewhere, lets an instance hang, and lets go on what hangs in any group until it is interrupted.
 *
 *   node console.mts create-hook <scaling group id> <name> <type> <topic URN> [time-out in seconds]
 *   node console.mts suspend <scaling group id> <hook name> <instance id>
 *   node console.mts answer-hooks
 *   node console.mts subscribe <topic URN> <endpoint>
 */
import { setTimeout } from "node:timers/promises";
import { AutoScalingClient, type CreateLifecycleHookInput } from "pulumi-huaweicloud-as/sdk";

const [action, groupId = "", lifecycleHookName = "", ...others] = process.argv.slice(2);
const { HW_REGION_NAME: region = "cn-north-4", HW_ENDPOINTS = "{}" } = process.env;

if (action === "create-hook") {
  const [lifecycleHookType, notificationTopicUrn = "", seconds = "3600"] = others;
  const client = new AutoScalingClient({ region });
  await client.lifecycleHooks.create(groupId, {
    lifecycleHookName,
    lifecycleHookType: lifecycleHookType as CreateLifecycleHookInput["lifecycleHookType"],
    notificationTopicUrn,
    defaultTimeout: Number(seconds),
  });
  await client.close();
  console.log(`hook ${lifecycleHookName} is there`);
} else if (action === "suspend") {
  const [instanceId] = others;
  const { autoscaling: endpoint }: { autoscaling?: string } = JSON.parse(HW_ENDPOINTS);
  const answer = await fetch(`${endpoint}/emulator/groups/${groupId}/hanging-instances`, {
    method: "POST",
    body: JSON.stringify({ instance_id: instanceId, lifecycle_hook_name: lifecycleHookName }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  console.log(`instance ${instanceId} hangs on hook ${lifecycleHookName}`);
} else if (action === "answer-hooks") {
  const client = new AutoScalingClient({ region });
  let isEnding = false;
  process.once("SIGINT", () => {
    isEnding = true;
  });
  while (!isEnding) {
    for (const { scalingGroupId } of await client.scalingGroups.list()) {
      for (const { instanceId, lifecycleHookName, lifecycleActionKey } of await client.hangingInstances.list(
        scalingGroupId,
      )) {
        const key = { lifecycleActionKey, lifecycleActionResult: "CONTINUE" } as const;
        await client.hangingInstances.complete(scalingGroupId, key);
        console.log(`instance ${instanceId} hung on ${lifecycleHookName}, and goes on`);
      }
    }
    await setTimeout(200);
  }
  await client.close();
} else if (action === "subscribe") {
  const { autoscaling: endpoint }: { autoscaling?: string } = JSON.parse(HW_ENDPOINTS);
  const answer = await fetch(`${endpoint}/emulator/subscriptions`, {
    method: "POST",
    body: JSON.stringify({ topic_urn: groupId, endpoint: lifecycleHookName }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  console.log(`messages of topic ${groupId} go to ${lifecycleHookName}`);
} else {
  throw new Error(
    "give create-hook, suspend, answer-hooks or subscribe, and what is named at the top of this file",
  );
}
