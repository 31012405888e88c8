import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import type { Emulator, LifecycleEvent } from "pulumi-huaweicloud-as/emulator";
import { createLifecycleHandler, type HandlerEvent } from "pulumi-huaweicloud-as/handler";
import { AutoScalingClient } from "pulumi-huaweicloud-as/sdk";
import type { Change } from "./seen.mts";

/** How long the handler's work takes in the tour, milliseconds. */
const workTime = 300;

/**
 * Scales the group out and in, with a handler that SMN's messages wake up, and tells what happened in its order.
 *
 * @param events what the emulator tells of its groups: the list grows
 * @param ready called once the handler waits, before the group scales
 */
export async function scaleOutAndIn(
  emulator: Emulator,
  events: readonly LifecycleEvent[],
  stop: AbortSignal,
  ready: () => void,
): Promise<Change[]> {
  const { region, projectId, env } = emulator;
  const [group = ""] = emulator.groups;
  const topic = emulator.hooks(group)[0]?.notification_topic_urn ?? "";
  const told: { readonly text: string; readonly after: number }[] = [];
  const work = () => setTimeout(workTime, undefined, { signal: stop });
  const client = new AutoScalingClient({ region, projectId, environment: { ...env } });
  const handler = createLifecycleHandler({
    client,
    groups: [group],
    topics: [topic],
    hosts: [new URL(emulator.url).host],
    onLaunching: work,
    onTerminating: work,
    log: (event) => told.push({ text: handlerLine(event), after: events.length }),
  });
  const server = createServer(handler.listener).listen(0, "127.0.0.1");
  try {
    await handler.sweep();
    const begun = events.length;
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const body = JSON.stringify({ topic_urn: topic, endpoint });
    await fetch(`${emulator.url}/emulator/subscriptions`, { method: "POST", body, signal: stop });
    const until = async (isSo: () => boolean) => {
      while (!isSo()) await setTimeout(20, undefined, { signal: stop });
    };
    await until(() => emulator.requests.some(({ path }) => path.startsWith("/smn/subscription/confirm")));
    ready();
    emulator.scale(group, 1);
    await until(() => emulator.instances(group)[0]?.life_cycle_state === "INSERVICE");
    emulator.scale(group, 0);
    await until(() => emulator.instances(group).length === 0);
    await until(() => emulator.messages.every(({ deliveries }) => deliveries[0]?.outcome === "delivered"));
    // What the handler said stands after what had happened in the cloud by then.
    const lines = events
      .slice(begun)
      .flatMap(({ groupName, text }, index) => [
        groupName === "smn" ? "SMN: the message is delivered" : `group: ${text}`,
        ...told.filter(({ after }) => after === begun + index + 1).map(({ text }) => text),
      ]);
    return lines.filter((line) => isStory.test(line)).map(eventOf);
  } finally {
    await handler.close();
    await client.close();
    server.closeAllConnections();
    server.close();
  }
}

/** Lines that tell the story; the rest are steps in between. */
const isStory = / hangs on | is INSERVICE$| is gone$| delivered$|^handler: /;

function handlerLine({ kind, text }: HandlerEvent): string {
  return kind === "seen" ? "" : `handler: ${text.replace(/^instance \S+ on \S+: /, "")}`;
}

function eventOf(line: string): Change {
  const detail = line
    .replace(/instance \S+ /, "the instance ")
    .replace(/-[0-9a-f]{7}\b/, "")
    .replace(/ until .*/, "");
  return { resource: "instance", kind: "event", detail };
}
