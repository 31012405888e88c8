// @ts-check
// `npm test [-- ARGUMENTS OF VITEST]`: sets the clone up, then runs the tests.
import { run } from "./setup/child.mjs";
import { ensureDependencies } from "./setup/dependencies.mjs";
import { ensureBuilt } from "./setup/dist.mjs";
import { ensureEngine } from "./setup/engine.mjs";
import { childEnvironment } from "./setup/environment.mjs";
import { projectNode } from "./setup/paths.mjs";
import { runScript } from "./setup/script.mjs";
import { toolFile } from "./setup/tool.mjs";

await runScript(async (args) => {
  await ensureDependencies();
  await ensureBuilt();
  const engine = await ensureEngine();
  const { code } = await run(projectNode(), [toolFile("vitest"), "run", ...args], {
    env: childEnvironment(engine),
  });
  return code;
});
