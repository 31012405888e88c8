// @ts-check
// `npm start`: sets the clone up, then gives the guided tour.
import { run } from "./setup/child.mjs";
import { projectNode } from "./setup/paths.mjs";
import { runScript } from "./setup/script.mjs";
import { setUp } from "./setup/set-up.mjs";

await runScript(async (args) => {
  const env = await setUp();
  const { code } = await run(projectNode(), ["tools/tour/main.mts", ...args], { env });
  return code;
});
