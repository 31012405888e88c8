// @ts-check
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

export const isWindows = process.platform === "win32";

/** The repository's root folder. */
export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");
export const nodeModules = join(root, "node_modules");

/** Holds what is made once a machine: the Pulumi engine. */
export const cacheFolder = join(
  process.env.XDG_CACHE_HOME || join(homedir(), ".cache"),
  "pulumi-huaweicloud-as",
);

/**
 * The Node that runs everything but the installation: the devDependency `node`, since Pulumi and undici need a newer one
 * than a machine may have. `PROJECT_NODE` names another, for tests with the other supported versions.
 */
export const projectNode = () =>
  process.env.PROJECT_NODE || join(nodeModules, "node", "bin", isWindows ? "node.exe" : "node");
