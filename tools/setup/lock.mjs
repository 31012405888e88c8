// @ts-check
import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { withProgress } from "./say.mjs";

/**
 * Does a piece of work while no other process of this machine does it. The lock is a folder with one file that is named
 * after its owner. It appears by a rename, with that file in it. Where
 * the owner has been killed the lock is broken by removing that very file, never the file of a new owner.
 * @template T
 * @param {string} folder
 * @param {string} doing the work in the present participle: said to a user who has to wait for it
 * @param {() => Promise<T>} work
 */
export async function withLock(folder, doing, work) {
  await mkdir(dirname(folder), { recursive: true });
  const wait = async () => {
    for (;;) {
      await sleep(100);
      const taken = await take(folder);
      if (taken !== undefined) return taken;
    }
  };
  const waiting = `Waiting for another process, which is ${doing}`;
  const token = (await take(folder)) ?? (await withProgress(waiting, wait));
  try {
    return await work();
  } finally {
    await rm(token, { force: true });
    await rmdir(folder).catch(() => {}); // the next owner has moved in
  }
}

/** The file that stands for the ownership; undefined while another process has it. @param {string} folder */
async function take(folder) {
  const [owner] = await readdir(folder).catch(() => []);
  if (owner !== undefined) {
    if (isRunning(Number.parseInt(owner, 10))) return undefined;
    await rm(join(folder, owner), { force: true });
  }
  const name = `${process.pid}-${randomUUID()}`;
  const mine = `${folder}.${name}`;
  await mkdir(mine);
  await writeFile(join(mine, name), "");
  try {
    await rmdir(folder).catch(() => {}); // Windows renames nothing onto a folder, not even onto an empty one
    await rename(mine, folder);
    return join(folder, name);
  } catch (error) {
    await rm(mine, { recursive: true, force: true });
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOTEMPTY" || code === "EEXIST" || code === "EPERM") return undefined;
    throw error;
  }
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM"; // another user's
  }
}
