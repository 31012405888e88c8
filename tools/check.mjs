// @ts-check
// `npm run check [-- --report=FILE]`: format, lint, types, layers, dead code and the package. All checks run, even
// after one has failed; FILE gets their numbers as JSON.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checks } from "./checks/list.mjs";
import { runChecks, table } from "./checks/run.mjs";
import { ensureDependencies } from "./setup/dependencies.mjs";
import { print } from "./setup/say.mjs";
import { runScript } from "./setup/script.mjs";

await runScript(async (args) => {
  const { report } = parseArgs({ args, options: { report: { type: "string" } } }).values;
  await ensureDependencies();

  const scratch = await mkdtemp(join(tmpdir(), "pulumi-huaweicloud-as-check-"));
  try {
    const outcomes = await runChecks(checks(scratch));
    const failed = outcomes.filter(({ passed }) => !passed).length;
    print(`\n${table(outcomes)}`);
    if (report !== undefined)
      await writeFile(report, JSON.stringify({ passed: outcomes.length - failed, failed }));
    return failed === 0 ? 0 : 1;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
});
