// @ts-check
import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * @typedef {{ version?: string, optional?: boolean, link?: boolean }} LockedPackage
 * @typedef {{ packages?: Record<string, LockedPackage> }} Lockfile package-lock.json, or npm's own list of what it
 *   has installed (node_modules/.package-lock.json)
 */

/**
 * Whether what npm has installed is what the lock file names, and is still there.
 *
 * @param {Lockfile} wanted
 * @param {Lockfile} installed
 * @param {string} root the folder that both lists' paths start from
 * @returns {boolean}
 */
export function isInstalled(wanted, installed, root) {
  const there = installed.packages ?? {};
  const asked = Object.entries(wanted.packages ?? {}).filter(([path]) => path !== "");
  const known = new Set(asked.map(([path]) => path));
  return (
    // A lock file can lack this system's optional binaries: npm then adds them on its own.
    Object.entries(there).every(([path, { optional }]) => known.has(path) || optional === true) &&
    asked.every(([path, { version, optional }]) => {
      const found = there[path];
      // npm leaves out optional packages that are for other systems.
      if (found === undefined) return optional === true;
      return found.version === version && existsSync(join(root, path, "package.json"));
    })
  );
}
