// @ts-check
import { ensureDependencies } from "./dependencies.mjs";
import { ensureBuilt } from "./dist.mjs";
import { ensureEngine } from "./engine.mjs";
import { childEnvironment } from "./environment.mjs";

/**
 * Sees to it that a Pulumi program can be run in this clone: dependencies, dist/ and an engine.
 * @returns {Promise<NodeJS.ProcessEnv>} the environment to run it in
 */
export async function setUp() {
  await ensureDependencies();
  await ensureBuilt();
  return childEnvironment(await ensureEngine());
}
