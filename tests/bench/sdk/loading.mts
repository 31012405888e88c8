import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Bench } from "../bench.mts";
import { compared, type Figure, seconds } from "../figure.mts";
import { inTurns } from "../statistics.mts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

const ours = ["pulumi-huaweicloud-as/sdk"];
const baseline = ["undici", "zod"];

export const loading: Bench = {
  name: "sdk/loading",
  about: "loading the client in a new process",
  async run({ thoroughness }) {
    const rounds = Math.ceil(15 * thoroughness);
    const folder = await mkdtemp(join(tmpdir(), "pulumi-huaweicloud-as-bench-"));
    try {
      const figures: Figure[] = [];
      for (const cache of [undefined, folder]) {
        const measurements = { ours: () => loadTime(ours, cache), baseline: () => loadTime(baseline, cache) };
        await inTurns(1, measurements);
        const times = await inTurns(rounds, measurements);
        figures.push(
          compared(
            `loading the client, beside undici and zod${cache === undefined ? "" : " (with a compile cache)"}`,
            [times.ours, times.baseline],
            seconds,
            cache === undefined ? { atMost: 1.2 } : undefined,
          ),
        );
      }
      return figures;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** The seconds that a new process takes to load some modules. */
async function loadTime(modules: readonly string[], compileCache: string | undefined): Promise<number> {
  const { NODE_COMPILE_CACHE, ...environment } = process.env;
  const script = `const start = performance.now(); ${modules.map((name) => `require("${name}")`).join("; ")}; console.log(performance.now() - start)`;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], {
    cwd: root,
    env: compileCache === undefined ? environment : { ...environment, NODE_COMPILE_CACHE: compileCache },
  });
  return Number(stdout) / 1000;
}
