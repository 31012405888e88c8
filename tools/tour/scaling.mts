import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import type { Emulator } from "pulumi-huaweicloud-as/emulator";
import { createLifecycleHandler } from "pulumi-huaweicloud-as/handler";
import { AutoScalingClient } from "pulumi-huaweicloud-as/sdk";
import type { Change } from "./seen.mts";

/**
 * Scales the group out and in, with a handler that SMN's messages wake up.
 *
 * @param story what the emulator tells of its groups: the list grows, by what the handler says as well
 * @param ready called once the handler waits, before the group scales
 */
export async function scaleOutAndIn(
  emulator: Emulator,
  story: string[],
  stop: AbortSignal,
  ready: () => void,
): Promise<Change[]> {
  const { region, projectId, env } = emulator;
  const [group = ""] = emulator.groups;
  const topic = emulator.hooks(group)[0]?.notification_topic_urn ?? "";
  const work = () => setTimeout(300, undefined, { signal: stop });
  const client = new AutoScalingClient({ region, projectId, environment: { ...env } });
  const handler = createLifecycleHandler({
    client,
    groups: [group],
    topics: [topic],
    hosts: [new URL(emulator.url).host],
    onLaunching: work,
    onTerminating: work,
    log: ({ kind, text }) => kind !== "seen" && story.push(`handler: ${text.replace(/^.*? on \S+: /, "")}`),
  });
  const server = createServer(handler.listener).listen(0, "127.0.0.1");
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await setTimeout(20, undefined, { signal: stop });
  };
  try {
    await handler.sweep();
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const body = JSON.stringify({ topic_urn: topic, endpoint });
    await fetch(`${emulator.url}/emulator/subscriptions`, { method: "POST", body, signal: stop });
    await until(() => emulator.requests.some(({ path }) => path.startsWith("/smn/subscription/confirm")));
    ready();
    story.length = 0;
    emulator.scale(group, 1);
    await until(() => emulator.instances(group)[0]?.life_cycle_state === "INSERVICE");
    emulator.scale(group, 0);
    await until(() => emulator.instances(group).length === 0);
    return story.filter((line) => isStory.test(line)).map(changeOf);
  } finally {
    await handler.close();
    await client.close();
    server.closeAllConnections();
    server.close();
  }
}

/** Lines that tell the story; the rest are steps in between. */
const isStory = / hangs on | is INSERVICE$| is gone$|^handler: /;

function changeOf(line: string): Change {
  const detail = line
    .replace(/instance \S+ /, "the instance ")
    .replace(/-[0-9a-f]{7}\b/, "")
    .replace(/ until .*/, "");
  return { resource: "instance", kind: "event", detail };
}
