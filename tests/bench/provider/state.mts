import type { Bench } from "../bench.mts";
import { bytes, compared } from "../figure.mts";
import { TestBed } from "./bed.mts";
import type { Kind } from "./programs.mts";

const few = 1;
const more = 21;

export const state: Bench = {
  name: "provider/state",
  about: "what a hook adds to the state",
  async run() {
    await using bed = await TestBed.create({ groups: 5 });
    const ours = await bytesPerHook(bed, "ours");
    await bed.emulator.empty();
    const usual = await bytesPerHook(bed, "usual");
    const nothing = await bytesPerHook(bed, "nothing");
    return [
      compared("state of a hook, beside the usual way's", [[ours], [usual]], bytes, { atMost: 0.5 }),
      compared("state of a hook, beside a provider's that does nothing", [[ours], [nothing]], bytes, {
        atMost: 1.05,
      }),
    ];
  },
};

async function bytesPerHook(bed: TestBed, kind: Kind): Promise<number> {
  const stack = await bed.stack(kind);
  await stack.run("up", few);
  const before = await stack.engine.stateBytes();
  await stack.run("up", more);
  return ((await stack.engine.stateBytes()) - before) / (more - few);
}
