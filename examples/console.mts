/**
 * Stands for the console, and for the cloud, when the examples run against the local AS API: somebody else makes a
 * hook, and an instance comes to hang on it.
 *
 *   node console.mts create-hook <scaling group id> <name> <type> <topic URN> [time-out in seconds]
 *   node console.mts suspend <scaling group id> <hook name> <instance id>
 */
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
} else {
  throw new Error("give create-hook or suspend, and what is named at the top of this file");
}
