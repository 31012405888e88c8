// @ts-check
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { codeOf, SetupError } from "./failure.mjs";
import { withLock } from "./lock.mjs";
import { isInstalled } from "./lockfile.mjs";
import { npm } from "./npm.mjs";
import { cloneLock, nodeModules, nodeOf, projectNode, root } from "./paths.mjs";
import { withProgress } from "./progress.mjs";

/**
 * Says which lock file a node_modules folder was installed from.
 * @param {string} modules a node_modules folder
 */
const stampOf = (modules) => join(modules, ".installed-from");

/** What npm has installed, by its own account. */
const npmsList = join(nodeModules, ".package-lock.json");

/** Sees to it that node_modules is what package-lock.json says, the project's own Node included. */
export async function ensureDependencies() {
  requireChosenNode();
  if (isStamped()) return;
  await withLock(cloneLock("dependencies"), "installing the dependencies", async () => {
    if (isStamped()) return;
    // Whoever ran `npm install` or `npm ci` by hand should not wait for it a second time.
    if (await npmHasInstalledThem()) await writeFile(stampOf(nodeModules), fingerprint());
    else await install();
  });
}

function requireChosenNode() {
  const { PROJECT_NODE } = process.env;
  if (PROJECT_NODE === undefined || PROJECT_NODE === "" || existsSync(PROJECT_NODE)) return;
  throw new SetupError(
    `PROJECT_NODE is ${PROJECT_NODE}, which is not there. Set it to a Node's path, or unset it.`,
  );
}

function isStamped() {
  try {
    return readFileSync(stampOf(nodeModules), "utf8") === fingerprint() && existsSync(projectNode());
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

/** What an installation depends on: the lock file, and the system that npm chose binaries for. */
function fingerprint() {
  const hash = createHash("sha256").update(readFileSync(join(root, "package-lock.json")));
  return hash.update(`${process.platform} ${process.arch}`).digest("hex");
}

async function npmHasInstalledThem() {
  try {
    const wanted = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8"));
    const installed = JSON.parse(await readFile(npmsList, "utf8"));
    return isInstalled(wanted, installed, root) && existsSync(projectNode());
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

/**
 * Installs them beside node_modules, which is then replaced in one go: whatever interrupts it, node_modules is whole,
 * and an npm that outlives us (after `kill -9`) writes where nobody looks.
 *
 * Not `npm ci`: that refuses a lock file without the optional binaries of other systems, and npm writes such a lock
 * file wherever a registry does not serve all of them. `npm install --no-save` installs the very same versions, and
 * brings what is missing.
 */
async function install() {
  const folder = await scratchFolder();
  try {
    for (const file of ["package.json", "package-lock.json", ".npmrc"]) {
      if (existsSync(join(root, file))) await copyFile(join(root, file), join(folder, file));
    }
    await withProgress("Installing the dependencies", () => runNpm(folder));
    const modules = join(folder, "node_modules");
    await writeFile(stampOf(modules), fingerprint());
    if (existsSync(nodeModules)) await rename(nodeModules, join(folder, "replaced"));
    await rename(modules, nodeModules);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A folder on the same disk as node_modules, after removing those of installations that were killed. */
async function scratchFolder() {
  const parent = join(root, ".tmp");
  const prefix = "dependencies-";
  await mkdir(parent, { recursive: true });
  for (const name of await readdir(parent)) {
    if (name.startsWith(prefix))
      await rm(join(parent, name), { recursive: true, force: true, maxRetries: 5 });
  }
  return await mkdtemp(join(parent, prefix));
}

/** @param {string} folder */
async function runNpm(folder) {
  const { code, output } = await npm(
    [
      "install",
      "--no-save",
      // Whatever the user's npm is set to: the project's Node and the tools are all needed, and `node` is put in
      // place by an install script.
      "--include=dev",
      "--include=optional",
      "--ignore-scripts=false",
      "--no-audit",
      "--no-fund",
    ],
    folder,
  );
  if (code !== 0) {
    throw new SetupError(
      `npm could not install the dependencies (exit code ${code}). It says:\n\n${complaints(output)}\n\n` +
        "If a registry could not be reached, check the network and `npm config get registry`; then run the command again.",
    );
  }
  if (!existsSync(nodeOf(join(folder, "node_modules")))) {
    throw new SetupError(
      "npm has installed the dependencies, but not the project's own Node. The install script of the package `node`\n" +
        "puts it there: see whether `npm config get allow-scripts` or a policy of your own forbids it. It said:\n\n" +
        complaints(output),
    );
  }
}

/**
 * Without what npm warns of whenever it is run by a Node older than the project's own, such as the system's.
 * @param {string} output
 */
function complaints(output) {
  const lines = output.trim().split("\n");
  return lines.flatMap((line) => (line.startsWith("npm warn EBADENGINE") ? [] : [`    ${line}`])).join("\n");
}
