import { setTimeout as sleep } from "node:timers/promises";
import { type Emulator, startEmulator } from "pulumi-huaweicloud-as/emulator";
import { createLifecycleHandler } from "pulumi-huaweicloud-as/handler";
import { AutoScalingClient } from "pulumi-huaweicloud-as/sdk";
import type { Bench } from "../bench.mts";
import { amount, seconds } from "../figure.mts";
import { median } from "../statistics.mts";

const instances = 1_000;
const wakeUps = 40;
const hook = { lifecycle_hook_name: "boot", lifecycle_hook_type: "INSTANCE_LAUNCHING" } as const;

export const handler: Bench = {
  name: "sdk/handler",
  about: `${instances} instances that hang at once, worked off with two restarts; and a handler that is woken up`,
  async run() {
    await using emulator = await startEmulator({ launchTime: 0, removalTime: 0 });
    await using client = clientOf(emulator);
    const [group = ""] = emulator.groups;
    emulator.putHook(group, hook);
    let works = 0;
    const begin = () =>
      createLifecycleHandler({
        client,
        groups: [group],
        concurrency: 50,
        async onLaunching() {
          await sleep(5);
          works++;
        },
      });

    await fetch(`${emulator.url}/emulator/groups/${group}`, {
      method: "PUT",
      body: JSON.stringify({ max: instances, desire: instances }),
    });
    emulator.clearRequests();
    globalThis.gc?.();
    const memory = process.memoryUsage().heapUsed;
    const start = performance.now();
    for (const share of [0.3, 0.6, 1]) {
      await using running = begin();
      while (inService(emulator, group) < share * instances) await sleep(5);
      await running.close();
    }
    const time = (performance.now() - start) / 1000;
    globalThis.gc?.();
    const grown = process.memoryUsage().heapUsed - memory;
    const of = (part: string) => emulator.requests.filter(({ path }) => path.endsWith(part)).length;
    const repeated = of("/callback") - instances;
    if (works !== instances) throw new Error(`${works} works for ${instances} instances`);

    const delays = await wakeUpDelays();
    return [
      {
        what: "callbacks beyond one an instance",
        ours: `${of("/callback")}`,
        baseline: `${instances}`,
        value: repeated,
        unit: "calls",
        limit: { atMost: 0 },
      },
      amount("lists", of("/list"), "calls", { atMost: 20 }),
      amount(`${instances} instances worked off`, time, "s"),
      amount("memory more than before", grown / 1e6, "MB"),
      {
        what: "from a message's arrival to the work, over the API's latency",
        ours: seconds(delays.ours / 1000),
        baseline: seconds(delays.calls / 1000),
        value: delays.ours - delays.calls,
        unit: "ms",
        limit: { atMost: 20 },
      },
    ];
  },
};

/** Milliseconds from a message to the work, and of the two lists that are read in between. */
async function wakeUpDelays() {
  await using emulator = await startEmulator({ launchTime: 0, removalTime: 0 });
  await using client = clientOf(emulator);
  const [group = ""] = emulator.groups;
  emulator.putHook(group, hook);
  const topic = emulator.hooks(group)[0]?.notification_topic_urn ?? "";
  const ours: number[] = [];
  let arrived = 0;
  let onWork = () => {};
  await using running = createLifecycleHandler({
    client,
    groups: [group],
    topics: [topic],
    hosts: [new URL(emulator.url).host],
    async onLaunching() {
      ours.push(performance.now() - arrived);
      onWork();
    },
  });
  const { createServer } = await import("node:http");
  const server = createServer((request, response) => {
    arrived = performance.now();
    running.listener(request, response);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await fetch(`${emulator.url}/emulator/subscriptions`, {
    method: "POST",
    body: JSON.stringify({ topic_urn: topic, endpoint: `http://127.0.0.1:${port}/` }),
  });
  await sleep(1_000);
  for (let count = 1; count <= wakeUps; count++) {
    const worked = new Promise<void>((resolve) => {
      onWork = resolve;
    });
    emulator.scale(group, count);
    await worked;
    await sleep(250);
  }
  const calls: number[] = [];
  for (let count = 0; count < wakeUps; count++) {
    const start = performance.now();
    await client.hangingInstances.list(group);
    await client.lifecycleHooks.list(group);
    calls.push(performance.now() - start);
  }
  server.close();
  server.closeAllConnections();
  return { ours: median(ours), calls: median(calls) };
}

function inService(emulator: Emulator, group: string): number {
  return emulator.instances(group).filter(({ life_cycle_state }) => life_cycle_state === "INSERVICE").length;
}

function clientOf({ region, env }: Emulator): AutoScalingClient {
  return new AutoScalingClient({ region, environment: { ...env } });
}
