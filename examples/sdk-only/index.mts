/**
 * Lists the instances that hang in a scaling group, and lets one of them go on.
 *
 *   node index.mts <scaling group id> [instance id]
 */
import { AutoScalingClient } from "pulumi-huaweicloud-as/sdk";

const [groupId = "", instanceId] = process.argv.slice(2);
const { HW_REGION_NAME: region = "cn-north-4" } = process.env;

const client = new AutoScalingClient({ region });
// Suspensions that have ended are listed as well.
const hanging = (await client.hangingInstances.list(groupId)).filter(
  ({ lifecycleHookStatus }) => lifecycleHookStatus === "HANGING",
);
for (const { instanceId, lifecycleHookName, timeout } of hanging) {
  console.log(`${instanceId} hangs on ${lifecycleHookName} until ${timeout}`);
}

if (instanceId !== undefined) {
  const chosen = hanging.find((one) => one.instanceId === instanceId);
  if (chosen === undefined) throw new Error(`instance ${instanceId} does not hang in group ${groupId}`);
  const { lifecycleActionKey } = chosen;
  await client.hangingInstances.complete(groupId, { lifecycleActionResult: "CONTINUE", lifecycleActionKey });
  console.log(`${instanceId} goes on`);
}
await client.close();
