import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { EmulatorOptions } from "pulumi-huaweicloud-as/emulator";
import type { Bench } from "../bench.mts";
import { EmulatorProcess } from "../emulator.mts";
import { amount, type Figure } from "../figure.mts";
import { Helper } from "../helper.mts";
import { median } from "../statistics.mts";
import type { LoadAnswer, LoadQuestion } from "./load-process.mts";

const hook = { lifecycle_hook_name: "drain", lifecycle_hook_type: "INSTANCE_TERMINATING" } as const;
const topic = "urn:smn:cn-north-4:0123456789abcdef0123456789abcdef:topic";

/** An emulator with one hook, what sends it requests, and the paths of that hook and of its group. */
async function bed(options: Omit<EmulatorOptions, "groups">) {
  const emulator = await EmulatorProcess.start({ ...options, groups: 1 }, ["--expose-gc"]);
  const { env, url, projectId } = emulator.place;
  const load = await Helper.start(new URL("./load-process.mts", import.meta.url), [JSON.stringify(env)]);
  const [group = ""] = emulator.groups;
  const hooks = `/autoscaling-api/v1/${projectId}/scaling_lifecycle_hook/${group}`;
  await emulator.putHook({ ...hook, notification_topic_urn: topic });
  return {
    emulator,
    hooks,
    hanging: `/autoscaling-api/v1/${projectId}/scaling_instance_hook/${group}/list`,
    suspend: (instance: string) =>
      fetch(`${url}/emulator/groups/${group}/hanging-instances`, {
        method: "POST",
        body: JSON.stringify({ instance_id: instance, lifecycle_hook_name: "drain" }),
      }),
    ask: (question: LoadQuestion) => load.ask<LoadAnswer>(question),
    async [Symbol.asyncDispose]() {
      await load[Symbol.asyncDispose]();
      await emulator[Symbol.asyncDispose]();
    },
  };
}

/** The best of some rounds, since what else runs on the machine takes its time. */
async function best(rounds: number, measure: () => Promise<LoadAnswer>): Promise<LoadAnswer> {
  const found: LoadAnswer[] = [];
  for (let round = 0; round < rounds; round++) found.push(await measure());
  return found.reduce((a, b) => (a.perSecond > b.perSecond ? a : b));
}

export const emulatorLoad: Bench = {
  name: "emulator/load",
  about: "signed requests to the local AS API, 32 at a time",
  async run({ thoroughness }) {
    const folder = await mkdtemp(join(tmpdir(), "emulator-bench-"));
    const rounds = Math.ceil(5 * thoroughness);
    const figures: Figure[] = [];
    for (const [what, state, limit] of [
      ["in memory", undefined, 5000],
      ["with a state file", join(folder, "state"), 1250],
    ] as const) {
      await using on = await bed({ state });
      const many = { calls: 5000, atOnce: 32 };
      const reads = await best(rounds, () => on.ask({ method: "GET", path: `${on.hooks}/list`, ...many }));
      const body = { default_timeout: 600 };
      const writes = await best(rounds, () =>
        on.ask({ method: "PUT", path: `${on.hooks}/drain`, body, ...many }),
      );
      for (const [kind, { perSecond: rate, p99 }] of [
        ["lists", reads],
        ["updates", writes],
      ] as const) {
        figures.push(
          amount(`${kind} a second, ${what}`, Math.round(rate), "/s", { atLeast: limit }),
          amount(`the slowest of a hundred ${kind}, ${what}`, p99 * 1000, "ms", { atMost: 50 }),
        );
      }
    }
    await rm(folder, { recursive: true });
    return figures;
  },
};

/** Seconds from the command to its first response. */
async function startTime(): Promise<number> {
  const command = fileURLToPath(new URL("../../../dist/sdk/emulator/cli.js", import.meta.url));
  const begin = performance.now();
  const child = spawn(process.execPath, [command], { stdio: ["ignore", "pipe", "inherit"] });
  const [chunk] = await once(child.stdout, "data");
  await (await fetch(`${/http:[^ ]*:\d+/.exec(String(chunk))?.[0]}/emulator/ready`)).text();
  const time = (performance.now() - begin) / 1000;
  child.kill();
  await once(child, "close");
  return time;
}

export const emulatorSize: Bench = {
  name: "emulator/size",
  about: "its start, a list of 1,000 instances that hang, and the memory of 100,000 requests",
  async run({ thoroughness }) {
    await using on = await bed({});
    const lists = {
      method: "GET",
      path: `${on.hooks}/list`,
      calls: Math.ceil(100_000 * thoroughness),
      atOnce: 32,
    } as const;
    await on.ask({ ...lists, calls: 1000 });
    const before = await on.emulator.memory();
    await on.ask(lists);
    const grown = (await on.emulator.memory()) - before;
    for (let count = 0; count < 1000; count++) await on.suspend(`instance-${count}`);
    const times: number[] = [];
    for (let round = 0; round < 30; round++) {
      times.push((await on.ask({ method: "GET", path: on.hanging, calls: 1, atOnce: 1 })).p99);
    }
    const starts: number[] = [];
    for (let round = 0; round < 5 * thoroughness; round++) starts.push(await startTime());
    return [
      amount("from the command to the first response, at best", Math.min(...starts) * 1000, "ms", {
        atMost: 300,
      }),
      amount("a list of 1,000 hanging instances", median(times) * 1000, "ms", { atMost: 20 }),
      amount(
        `what ${lists.calls.toLocaleString("en")} requests leave in memory; the log keeps at most 8 MB of text`,
        Math.max(0, grown) / 1e6,
        "MB",
        { atMost: 16 },
      ),
    ];
  },
};
