// @ts-check
// `npm run build`, and what npm runs before it packs: dist/ from the sources, if it is not that already.
import { ensureDependencies } from "./setup/dependencies.mjs";
import { ensureBuilt } from "./setup/dist.mjs";
import { runScript } from "./setup/script.mjs";

await runScript(async () => {
  await ensureDependencies();
  await ensureBuilt();
  return 0;
});
