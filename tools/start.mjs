// @ts-check
// `npm start`: sets the clone up, then gives the guided tour.
import { run } from "./setup/child.mjs";
import { ensureDependencies } from "./setup/dependencies.mjs";
import { ensureBuilt } from "./setup/dist.mjs";
import { ensureEngine } from "./setup/engine.mjs";
import { childEnvironment } from "./setup/environment.mjs";
import { projectNode } from "./setup/paths.mjs";
import { runScript } from "./setup/script.mjs";

await runScript(async (args) => {
  await ensureDependencies();
  await ensureBuilt();
  const engine = await ensureEngine();
  const { code } = await run(projectNode(), ["tools/tour/main.mts", ...args], {
    env: childEnvironment(engine),
  });
  return code;
});
