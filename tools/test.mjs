// @ts-check
// `npm test [-- ARGUMENTS OF VITEST]`: sets the clone up, then runs the tests.
import { run } from "./setup/child.mjs";
import { projectNode } from "./setup/paths.mjs";
import { runScript } from "./setup/script.mjs";
import { setUp } from "./setup/set-up.mjs";
import { toolFile } from "./setup/tool.mjs";

await runScript(async (args) => {
  const env = await setUp();
  const { code } = await run(projectNode(), [toolFile("vitest"), "run", ...args], { env });
  return code;
});
