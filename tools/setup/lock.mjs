// @ts-check
import { randomBytes } from "node:crypto";
import {
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  unlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf, describe, SetupError } from "./failure.mjs";
import { withProgress } from "./progress.mjs";

const beatMilliseconds = 5000;
/** Where the owner's process cannot be looked up (another machine or container), its silence must do. */
const staleMilliseconds = 60_000;

/**
 * @typedef {{ file: string, pid: number, host: string, beatAt: number }} Owner
 */

/**
 * Runs a piece of work while holding a lock that other processes respect.
 *
 * A lock is a folder with one file, named after its owner alone. It appears by a rename, with its owner in it; a
 * stale one is broken by removing that very file, which only one process can do, and never the file of a new owner.
 *
 * @template T
 * @param {string} folder
 * @param {string} doing what the work is, in the present participle: said to whom has to wait for it
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(folder, doing, work) {
  const token = await acquire(folder, doing);
  // A beat can only fail when the lock was taken for stale: this process was stopped for a minute, say. The work goes
  // on: an engine is put in place by one rename and dist/ by one a file, so two that make them do no harm.
  const beat = setInterval(
    () => utimes(token, new Date(), new Date()).catch(() => clearInterval(beat)),
    beatMilliseconds,
  );
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await giveUp(token);
  }
}

/**
 * @param {string} folder
 * @param {string} doing
 * @returns {Promise<string>} the file that stands for the ownership
 */
async function acquire(folder, doing) {
  const token = await takeIfFree(folder);
  if (token !== undefined) return token;
  return await withProgress(`Waiting for another process, which is ${doing}`, async () => {
    for (;;) {
      await sleep(100);
      const token = await takeIfFree(folder);
      if (token !== undefined) return token;
    }
  });
}

/**
 * @param {string} folder
 * @returns {Promise<string | undefined>} undefined: somebody has it
 */
async function takeIfFree(folder) {
  const owner = await ownerOf(folder);
  if (owner !== undefined && !isStale(owner)) return undefined;
  if (owner !== undefined) await giveUp(owner.file);
  return await take(folder);
}

/**
 * @param {string} folder
 * @returns {Promise<string | undefined>} undefined: somebody else was faster
 */
async function take(folder) {
  const name = `${process.pid}-${randomBytes(6).toString("hex")}`;
  const mine = `${folder}.${name}`;
  try {
    await mkdir(mine, { recursive: true });
  } catch (error) {
    throw new SetupError(
      `${dirname(folder)} cannot be written to (${describe(error)}).\n` +
        "Set XDG_CACHE_HOME to a folder that can, then run the command again.",
    );
  }
  try {
    await writeFile(join(mine, name), JSON.stringify({ pid: process.pid, host: hostname() }));
    await rename(mine, folder);
    return join(folder, name);
  } catch (error) {
    await rm(mine, { recursive: true, force: true });
    if (!isTaken(error)) throw error;
    // Windows renames nothing onto a folder, not even onto an empty one that a broken lock left.
    await removeIfEmpty(folder);
    return undefined;
  }
}

/** @param {unknown} error */
const isTaken = (error) => ["ENOTEMPTY", "EEXIST", "EPERM"].includes(codeOf(error) ?? "");

/**
 * @param {string} folder
 * @returns {Promise<Owner | undefined>}
 */
async function ownerOf(folder) {
  try {
    const [name] = await readdir(folder);
    if (name === undefined) return undefined;
    const file = join(folder, name);
    const { pid, host } = JSON.parse(await readFile(file, "utf8"));
    return { file, pid, host, beatAt: (await stat(file)).mtimeMs };
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

/** @param {Owner} owner */
function isStale({ pid, host, beatAt }) {
  return (host === hostname() && !isRunning(pid)) || Date.now() - beatAt > staleMilliseconds;
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== "ESRCH";
  }
}

/** @param {string} token */
async function giveUp(token) {
  try {
    await unlink(token);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
  await removeIfEmpty(dirname(token));
}

/** @param {string} folder */
async function removeIfEmpty(folder) {
  try {
    await rmdir(folder);
  } catch (error) {
    // The next owner has moved in, or has moved in and out.
    if (!["ENOENT", "ENOTEMPTY", "EEXIST"].includes(codeOf(error) ?? "")) throw error;
  }
}
