import type { Bench } from "../bench.mts";
import { bytes, compared, type Figure, seconds } from "../figure.mts";
import { TestBed } from "./bed.mts";
import { PluginMemory } from "./plugin-memory.mts";
import type { Kind } from "./programs.mts";

const hooks = 1_000;

/** The engine writes the whole state at the end only, and not twice for each hook: minutes that tell nothing of ours. */
const withoutCheckpoints = { PULUMI_SKIP_CHECKPOINTS: "true" };

export const thousandHooks: Bench = {
  name: "provider/thousand-hooks",
  about: `a program with ${hooks} hooks, from up to destroy, and the plugin's memory`,
  async run() {
    await using bed = await TestBed.create({ groups: hooks / 5 });
    const ours = await live(bed, "ours");
    const nothing = await live(bed, "nothing");
    const figures: Figure[] = [
      compared(`${hooks} hooks: up, refresh and destroy`, [[ours.time], [nothing.time]], seconds),
    ];
    if (ours.memory !== undefined && nothing.memory !== undefined) {
      const memory = [[ours.memory], [nothing.memory]] as const;
      figures.push(compared(`${hooks} hooks: the most memory of the plugin`, memory, bytes, { atMost: 1.5 }));
    }
    return figures;
  },
};

/** @throws Error when any of it is not complete */
async function live(bed: TestBed, kind: Kind): Promise<{ time: number; memory: number | undefined }> {
  const stack = await bed.stack(kind, withoutCheckpoints);
  await using memory = new PluginMemory(stack.engine.folder);
  let time = 0;
  for (const [operation, left] of [
    ["up", hooks],
    ["refresh", hooks],
    ["destroy", 0],
  ] as const) {
    time += await stack.run(operation, hooks);
    const count = await stack.engine.countResources();
    if (count !== left) throw new Error(`after ${operation} there are ${count} hooks, not ${left}`);
  }
  return { time, memory: memory.most };
}
