// @ts-check
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { cacheFolder, nodeModules, projectNode } from "./paths.mjs";

/**
 * The environment for what runs after the set-up: the project's Node first on the PATH (Pulumi starts programs and
 * dynamic providers with the `node` it finds there), then the project's tools, then the engine.
 *
 * @param {{ bin: string }} [engine]
 * @returns {NodeJS.ProcessEnv}
 */
export function childEnvironment(engine) {
  const pathName = Object.keys(process.env).find((name) => name.toUpperCase() === "PATH") ?? "PATH";
  const inherited = (process.env[pathName] ?? "").split(delimiter);
  // node_modules/.bin holds the project's Node too, and comes before the folder of an installed `pulumi`, where an
  // older one may live.
  const ours = [
    ...(isChosenNode() ? [dirname(projectNode())] : []),
    join(nodeModules, ".bin"),
    ...(engine ? [engine.bin] : []),
  ];
  return {
    ...process.env,
    [pathName]: [...new Set([...ours, ...inherited])].join(delimiter),
    // Loading TypeScript and @pulumi/pulumi is most of what a preview costs, and Pulumi starts a Node at each step.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(cacheFolder(), "node-compile-cache"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
}

const isChosenNode = () => !projectNode().startsWith(nodeModules);
