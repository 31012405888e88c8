// @ts-check
// `npm run bench [-- NAME...]`: sets the clone up, then measures everything, or only what begins with one of the
// names (`sdk`, `provider/one-hook`).
import { run } from "./setup/child.mjs";
import { projectNode } from "./setup/paths.mjs";
import { runScript } from "./setup/script.mjs";
import { setUp } from "./setup/set-up.mjs";

await runScript(async (args) => {
  const env = await setUp();
  const { code } = await run(projectNode(), ["tests/bench/main.mts", ...args], { env });
  return code;
});
