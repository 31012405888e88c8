// @ts-check
import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

export const isWindows = process.platform === "win32";

/** The repository's root folder, without a slash at its end. */
export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");

export const nodeModules = join(root, "node_modules");

/** Where this project keeps what is made once a machine: the Pulumi engine, Node's compile cache, locks. */
export function cacheFolder() {
  return join(userCacheFolder(), "pulumi-huaweicloud-as");
}

function userCacheFolder() {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  // The XDG specification has relative paths ignored.
  if (XDG_CACHE_HOME !== undefined && isAbsolute(XDG_CACHE_HOME)) return XDG_CACHE_HOME;
  if (isWindows) return LOCALAPPDATA ?? join(homedir(), "AppData", "Local");
  return process.platform === "darwin" ? join(homedir(), "Library", "Caches") : join(homedir(), ".cache");
}

/**
 * The lock for work in this clone. It is kept in the cache folder, since nothing in a clone is there for sure: an
 * installation empties node_modules, and dist/ is packed.
 * @param {string} name
 */
export function cloneLock(name) {
  return join(
    cacheFolder(),
    "locks",
    `${name}-${createHash("sha256").update(root).digest("hex").slice(0, 12)}`,
  );
}

/**
 * The Node that runs everything after the set-up: the devDependency `node`, since Pulumi and undici need a newer
 * one than a machine may have. `PROJECT_NODE` names another (CI tests the other supported versions with it).
 */
export function projectNode() {
  const { PROJECT_NODE } = process.env;
  if (PROJECT_NODE !== undefined && PROJECT_NODE !== "") return PROJECT_NODE;
  return nodeOf(nodeModules);
}

/**
 * The devDependency `node`.
 * @param {string} modules a node_modules folder
 */
export const nodeOf = (modules) => join(modules, "node", "bin", isWindows ? "node.exe" : "node");
