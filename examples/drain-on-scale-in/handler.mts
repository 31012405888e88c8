/**
 * Sets instances up, and drains them: SMN's messages wake it up, and it also looks by itself. ^C ends it.
 *
 *   node handler.mts <scaling group id> <topic URN> <port>
 */
import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { createLifecycleHandler, type HangingWork } from "pulumi-huaweicloud-as/handler";
import { AutoScalingClient } from "pulumi-huaweicloud-as/sdk";

const [groupId = "", topicUrn = "", port = "8080"] = process.argv.slice(2);
const { HW_REGION_NAME: region = "cn-north-4", SMN_HOST } = process.env;

/** In your handler: take the instance out of service discovery, and wait until its last request has ended. */
async function drain({ instanceId, metadata, signal }: HangingWork): Promise<void> {
  const { connections } = metadata as { connections: number };
  for (let left = connections; left > 0; left--) {
    console.log(`${instanceId} has ${left} connections`);
    await setTimeout(200, undefined, { signal });
  }
}

const client = new AutoScalingClient({ region });
const handler = createLifecycleHandler({
  client,
  groups: [groupId],
  topics: [topicUrn],
  hosts: SMN_HOST === undefined ? undefined : [SMN_HOST],
  onLaunching: async ({ instanceId }) => console.log(`${instanceId} is set up`),
  onTerminating: drain,
  log: ({ text }) => console.log(text),
});
const server = createServer(handler.listener).listen(Number(port), () => console.log("waits for messages"));
for (const name of ["SIGINT", "SIGTERM"]) process.once(name, () => server.close());
await once(server, "close");
await handler.close();
await client.close();
