// `npm run bench`, once everything is set up: runs the benches, and prints what they found out beside the limits.
import { availableParallelism, loadavg } from "node:os";
import process from "node:process";
import { parseArgs, styleText } from "node:util";
import { ensureBuilt } from "../../tools/setup/build.mts";
import { ensureEngine } from "../../tools/setup/engine.mts";
import type { Bench } from "./bench.mts";
import { type Figure, figureTable, isReached } from "./figure.mts";

// Benches import the built code, so it comes first.
await ensureBuilt();
const { sdkBenches } = await import("./sdk/benches.mts");
const { emulatorBenches } = await import("./emulator/benches.mts");
const { providerBenches } = await import("./provider/benches.mts");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { thoroughness: { type: "string", default: "1" } },
});
const thoroughness = Number(values.thoroughness);
const all = [...sdkBenches, ...emulatorBenches, ...providerBenches];
const chosen = all.filter(
  ({ name }) => positionals.length === 0 || positionals.some((start) => name.startsWith(start)),
);

if (chosen.length === 0 || !(thoroughness > 0)) {
  console.error(`usage: npm run bench -- [--thoroughness=2] [NAME...], where the names begin one of:`);
  for (const { name, about } of all) console.error(`  ${name.padEnd(20)} ${about}`);
  process.exitCode = 1;
} else {
  await ensureEngine();
  process.exitCode = await run(chosen);
}

/** Limits that are missed are shown and no failure: how fast anything is depends on the machine and its day. */
async function run(benches: readonly Bench[]): Promise<number> {
  const [load = 0] = loadavg();
  console.log(
    `load before: ${load.toFixed(1)} on ${availableParallelism()} cores; what else runs blurs the figures`,
  );
  const figures: Figure[] = [];
  const failed: string[] = [];
  for (const bench of benches) {
    const start = performance.now();
    console.log(styleText("bold", `\n── ${bench.name}: ${bench.about}`));
    try {
      const found = await bench.run({ thoroughness });
      figures.push(...found);
      for (const line of figureTable(found)) console.log(line);
    } catch (error) {
      failed.push(bench.name);
      console.log(styleText("red", error instanceof Error ? (error.stack ?? error.message) : String(error)));
    }
    console.log(styleText("dim", `   ${((performance.now() - start) / 1000).toFixed(0)} s`));
  }
  if (benches.length > 1) {
    console.log(styleText("bold", "\n── all of it"));
    for (const line of figureTable(figures)) console.log(line);
  }
  const limited = figures.filter(({ limit }) => limit !== undefined);
  console.log(`\n${limited.filter(isReached).length} of ${limited.length} limits reached`);
  if (failed.length > 0) console.log(styleText("red", `failed: ${failed.join(", ")}`));
  return failed.length === 0 ? 0 : 1;
}
