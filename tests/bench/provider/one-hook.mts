import type { Bench } from "../bench.mts";
import { seconds } from "../figure.mts";
import { difference, inTurns, median } from "../statistics.mts";
import { TestBed } from "./bed.mts";
import type { Kind } from "./programs.mts";

/** How much more than with a provider that does nothing, in milliseconds. */
const limit = 60;

export const oneHook: Bench = {
  name: "provider/one-hook",
  about: "a program with one hook, beside the same whose provider does nothing",
  async run({ thoroughness }) {
    await using bed = await TestBed.create({ groups: 1 });
    const previewed = { ours: await bed.stack("ours"), nothing: await bed.stack("nothing") };
    const preview = {
      ours: () => previewed.ours.run("preview", 1),
      nothing: () => previewed.nothing.run("preview", 1),
    };
    const up = { ours: () => firstUp(bed, "ours"), nothing: () => firstUp(bed, "nothing") };
    const figures = [];
    for (const [operation, measurements] of Object.entries({ preview, up })) {
      await inTurns(1, measurements);
      const times = await inTurns(Math.ceil(11 * thoroughness), measurements);
      figures.push({
        what: `one hook, ${operation}`,
        ours: seconds(median(times.ours)),
        baseline: seconds(median(times.nothing)),
        value: difference(times.ours, times.nothing) * 1000,
        unit: "ms",
        limit: { atMost: limit },
      });
    }
    return figures;
  },
};

async function firstUp(bed: TestBed, kind: Kind): Promise<number> {
  await bed.emulator.empty();
  const stack = await bed.stack(kind);
  return stack.run("up", 1);
}
