// @ts-check
// `npm run bench [-- NAME...]`: sets the clone up, then runs the benches.
import { run } from "./setup/child.mjs";
import { projectNode } from "./setup/paths.mjs";
import { runScript } from "./setup/script.mjs";
import { setUp } from "./setup/set-up.mjs";

await runScript(async (args) => {
  const env = await setUp();
  const { code } = await run(projectNode(), ["tests/bench/main.mts", ...args], { env });
  return code;
});
