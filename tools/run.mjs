// @ts-check
// What the npm scripts start with, on Node 20 or newer: brings the dependencies up to date, and runs a script by our Node.
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { fail, run } from "./setup/child.mjs";
import { ensureDependencies } from "./setup/dependencies.mjs";
import { nodeModules, projectNode } from "./setup/paths.mjs";

try {
  const { node } = process.versions;
  if (Number.parseInt(node, 10) < 20) throw new Error(`Node ${node} is too old: install 20 or newer`);
  await ensureDependencies();
  const args = process.argv.slice(2);
  if (args.length > 0) process.exitCode = await run(projectNode(), args, environment());
} catch (error) {
  fail(error, "Interrupted. Run the command again to go on.");
}

/** The project's Node comes first: Pulumi starts programs and dynamic providers with the `node` on the PATH. */
function environment() {
  const folders = [dirname(projectNode()), join(nodeModules, ".bin"), process.env.PATH];
  return {
    // Loading TypeScript and @pulumi/pulumi is most of a preview, and Pulumi starts a Node in each step.
    NODE_COMPILE_CACHE: join(nodeModules, ".cache", "node-compile-cache"),
    ...process.env,
    PATH: folders.join(delimiter),
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
}
