// @ts-check
import { spawn } from "node:child_process";
import { constants } from "node:os";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf, Interrupted } from "./failure.mjs";
import { isWindows, root } from "./paths.mjs";

/** @type {readonly NodeJS.Signals[]} */
const endingSignals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];

/** ^C reaches this process twice, from the terminal and forwarded by npm; twice on purpose takes a person longer. */
const sameSignalMilliseconds = 400;

/**
 * @typedef {import("node:child_process").ChildProcess} ChildProcess
 *
 * @typedef {object} RunOptions
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} [cwd] default: the repository's root
 */

/**
 * Runs a command on this process's own stdin, stdout and stderr.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{ code: number, signal: NodeJS.Signals | undefined }>} the exit code as a shell would give it
 *   (128 + n after signal n), and the signal that was passed on to the command, if one was
 */
export async function run(command, args, options = {}) {
  const passOn = (/** @type {ChildProcess} */ child, /** @type {NodeJS.Signals} */ signal) =>
    child.kill(signal);
  return await start(command, args, "inherit", options, passOn).ended();
}

/**
 * Runs a command and collects what it prints on stdout and stderr.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions & { onLine?: (line: string) => void, timeoutSeconds?: number }} [options]
 * @returns {Promise<{ code: number, output: string, timedOut: boolean }>}
 * @throws {Interrupted} when a signal arrives meanwhile: after the command has ended, with all that it started
 */
export async function collect(command, args, options = {}) {
  // What is collected is the set-up's own, and leaves nothing half-made where it matters: it is ended at once (npm
  // takes half a minute to heed a ^C).
  const { child, ended } = start(command, args, ["ignore", "pipe", "pipe"], options, killAll);
  const closed = new Promise((resolve) => child.once("close", resolve));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream?.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
      output += text;
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) options.onLine?.(line);
    });
  }

  let timedOut = false;
  const expire = () => {
    timedOut = true;
    killAll(child);
  };
  const timer =
    options.timeoutSeconds === undefined ? undefined : setTimeout(expire, options.timeoutSeconds * 1000);
  try {
    const { code, signal } = await ended();
    await closed;
    if (signal !== undefined) throw new Interrupted(signal);
    return { code, output, timedOut };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Starts a command as the leader of a process group of its own: so ^C reaches it once, through this process, as
 * any other signal does, and nothing that it started outlives it.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import("node:child_process").StdioOptions} stdio
 * @param {RunOptions} options
 * @param {(child: ChildProcess, signal: NodeJS.Signals) => void} onSignal
 */
function start(command, args, stdio, { env = process.env, cwd = root }, onSignal) {
  const child = spawn(command, args, { cwd, env, stdio, detached: !isWindows, windowsHide: true });
  /** @type {Promise<{ code: number | null, by: NodeJS.Signals | null }>} */
  const exited = new Promise((resolve, reject) => {
    child.once("exit", (code, by) => resolve({ code, by }));
    child.once("error", reject);
  });
  /** @type {NodeJS.Signals | undefined} */
  let received;
  let receivedAt = 0;
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    if (signal === received && Date.now() - receivedAt < sameSignalMilliseconds) return;
    received = signal;
    receivedAt = Date.now();
    onSignal(child, signal);
  };
  for (const signal of endingSignals) process.on(signal, forward);

  const ended = async () => {
    try {
      const { code, by } = await exited;
      if (child.pid !== undefined) await endGroup(child.pid);
      return { code: code ?? 128 + (by === null ? 0 : constants.signals[by]), signal: received };
    } finally {
      for (const signal of endingSignals) process.off(signal, forward);
    }
  };
  return { child, ended };
}

/** @param {ChildProcess} child */
function killAll(child) {
  if (isWindows || child.pid === undefined) child.kill("SIGKILL");
  else signalGroup(child.pid, "SIGKILL");
}

/**
 * Ends what a command left running in its process group: asked first, then made to.
 * @param {number} leader
 */
async function endGroup(leader) {
  if (isWindows) return;
  for (const signal of /** @type {const} */ (["SIGTERM", "SIGKILL"])) {
    if (!signalGroup(leader, signal)) return;
    for (let waited = 0; waited < 5000; waited += 50) {
      await sleep(50);
      if (!signalGroup(leader, 0)) return;
    }
  }
}

/**
 * @param {number} leader
 * @param {NodeJS.Signals | 0} signal 0 only asks
 * @returns {boolean} whether any process of the group is left
 */
function signalGroup(leader, signal) {
  try {
    process.kill(-leader, signal);
    return true;
  } catch (error) {
    // EPERM is macOS's answer for a group of which only zombies are left.
    if (codeOf(error) === "ESRCH" || codeOf(error) === "EPERM") return false;
    throw error;
  }
}
