// @ts-check
import { accessSync, constants, readFileSync, realpathSync, statSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { collect } from "./child.mjs";
import {
  command,
  enginesFolder,
  isNewEnough,
  minimumVersion,
  missingFrom,
  parseVersion,
} from "./engine-files.mjs";
import { codeOf } from "./failure.mjs";

/** @typedef {import("./engine.mjs").Engine} Engine */

/** What the installed `pulumi` answered when it was last asked: asking takes it longer than all the rest of a set-up. */
const memoryFile = () => join(enginesFolder(), "on-path.json");

/**
 * The engine that is installed on this machine already.
 * @returns {Promise<Engine | string>} or why it is none
 */
export async function engineOnPath() {
  const folder = (process.env.PATH ?? "")
    .split(delimiter)
    .find((each) => each !== "" && isExecutable(join(each, command)));
  if (folder === undefined) return "there is none";
  const file = realpathSync(join(folder, command));
  // Package managers link commands into a folder on the PATH, and not always all of them.
  const bin = [folder, dirname(file)].find((each) => missingFrom(each).length === 0);
  if (bin === undefined) return `${file} lacks ${missingFrom(folder).join(" and ")} beside it`;

  const version = remembered(file) ?? (await ask(file));
  if (version === undefined) return `${file} does not run, or does not tell its version`;
  if (!isNewEnough(version)) return `${file} is ${version}; it takes ${minimumVersion} or a later 3.x`;
  return { bin, version, source: "path" };
}

/** @param {string} file */
function remembered(file) {
  try {
    const memory = JSON.parse(readFileSync(memoryFile(), "utf8"));
    return memory.identity === identity(file) && typeof memory.version === "string"
      ? memory.version
      : undefined;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** @param {string} file */
async function ask(file) {
  const version = await versionOf(file);
  if (version !== undefined) {
    await mkdir(enginesFolder(), { recursive: true });
    const part = `${memoryFile()}.${process.pid}.part`;
    await writeFile(part, JSON.stringify({ identity: identity(file), version }));
    await rename(part, memoryFile());
  }
  return version;
}

/** @param {string} file */
async function versionOf(file) {
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  try {
    const { code, output } = await collect(file, ["version"], { env, timeoutSeconds: 20 });
    return code === 0 ? parseVersion(output) : undefined;
  } catch (error) {
    // The system does not start it: it is for another kind of machine, say.
    if (codeOf(error) !== undefined) return undefined;
    throw error;
  }
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch (error) {
    if (codeOf(error) !== undefined) return false;
    throw error;
  }
}

/** @param {string} file */
function identity(file) {
  const { size, mtimeMs } = statSync(file);
  return `${file} ${size} ${mtimeMs}`;
}
