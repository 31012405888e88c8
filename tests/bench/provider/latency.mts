import type { Bench } from "../bench.mts";
import { compared, seconds } from "../figure.mts";
import { inTurns } from "../statistics.mts";
import { TestBed } from "./bed.mts";
import type { Kind } from "./programs.mts";

const hooks = 100;
/** Milliseconds: what `waiting` waits. */
const latency = 50;

export const slowService: Bench = {
  name: "provider/latency",
  about: `creating ${hooks} hooks where each answer takes ${latency} ms, beside a provider that only waits as long`,
  async run({ thoroughness }) {
    await using bed = await TestBed.create({ groups: hooks / 5, latency });
    const { projectId } = bed.emulator.place;
    const times = await inTurns(Math.ceil(3 * thoroughness), {
      ours: () => firstUp(bed, "ours"),
      waiting: () => firstUp(bed, "waiting"),
      configured: () => firstUp(bed, "ours", { HW_PROJECT_ID: projectId }),
    });
    const up = `${hooks} hooks, up, with ${latency} ms for each answer`;
    const { ours, configured, waiting } = times;
    return [
      compared(up, [ours, waiting], seconds, { atMost: 1.1 }),
      compared(`${up} (project's id configured, not looked up)`, [configured, waiting], seconds),
    ];
  },
};

async function firstUp(
  bed: TestBed,
  kind: Kind,
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  await bed.emulator.empty();
  const stack = await bed.stack(kind, env);
  return stack.run("up", hooks);
}
