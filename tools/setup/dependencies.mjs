// @ts-check
import { existsSync, readFileSync } from "node:fs";
import { copyFile, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { collect } from "./child.mjs";
import { withLock } from "./lock.mjs";
import { isWindows, nodeModules, projectNode, root } from "./paths.mjs";
import { withProgress } from "./say.mjs";

/** Where an installation is made, and its lock. */
const scratch = join(root, ".tmp");

/** Sees to it that node_modules is what package-lock.json says. */
export async function ensureDependencies() {
  const { PROJECT_NODE } = process.env;
  if (PROJECT_NODE && !existsSync(PROJECT_NODE))
    throw new Error(`PROJECT_NODE is ${PROJECT_NODE}: no such file`);
  if (areInstalled()) return;
  await withLock(join(scratch, "dependencies.lock"), "installing the dependencies", async () => {
    if (!areInstalled()) await withProgress("Installing the dependencies", install);
  });
}

function areInstalled() {
  const wanted = packagesIn(join(root, "package-lock.json"));
  const installed = packagesIn(join(nodeModules, ".package-lock.json"));
  return matches(wanted, installed) && existsSync(projectNode());
}

/** @typedef {Record<string, { version?: string, optional?: boolean }>} Packages by their path */

/**
 * Whether the installed packages are the wanted ones, but for optional ones of other systems.
 * @type {(wanted: Packages, installed: Packages) => boolean}
 */
export const matches = (wanted, installed) =>
  Object.entries(wanted).every(([path, { version, optional }]) => {
    const found = installed[path];
    return path === "" || (found === undefined ? optional === true : found.version === version);
  });

/** Of package-lock.json, or of npm's own account of what it has installed, which it writes last. @param {string} file */
function packagesIn(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).packages : {};
}

/**
 * Installs beside node_modules, which is then replaced at once, so that an installation that is killed leaves it whole.
 * `npm ci` would refuse a lock file that lacks other systems' optional binaries; `--no-save` takes the same versions.
 */
async function install() {
  for (const name of await readdir(scratch)) if (name.startsWith("npm-")) await remove(join(scratch, name));
  const folder = join(scratch, `npm-${process.pid}`);
  await mkdir(folder);
  try {
    for (const name of ["package.json", "package-lock.json", ".npmrc"])
      await copyFile(join(root, name), join(folder, name));
    // Whatever the user's npm is set to: all tools are needed, and an install script puts `node` in place.
    const needed = ["--include=dev", "--include=optional", "--ignore-scripts=false"];
    const npm = isWindows ? ["cmd.exe", "/d", "/c", "npm"] : ["npm"];
    const [command = "", ...args] = [...npm, "install", "--no-save", ...needed, "--no-audit", "--no-fund"];
    await collect(command, args, { cwd: folder });
    if (existsSync(nodeModules)) await rename(nodeModules, join(folder, "replaced"));
    await rename(join(folder, "node_modules"), nodeModules);
  } finally {
    await remove(folder);
  }
  if (!existsSync(projectNode()))
    throw new Error(
      "npm did not run the install script of the package `node`: does `npm config get allow-scripts` forbid it?",
    );
}

const remove = (/** @type {string} */ folder) => rm(folder, { recursive: true, force: true, maxRetries: 5 });
