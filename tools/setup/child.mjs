// @ts-check
import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { isWindows, root } from "./paths.mjs";
import { say } from "./say.mjs";

/** @type {readonly NodeJS.Signals[]} */
const endingSignals = ["SIGINT", "SIGTERM", "SIGHUP"];

/** The user, or the system, has ended the work with a signal. */
export class Interrupted extends Error {
  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super(`interrupted by ${signal}`);
    /** As a shell gives it. */
    this.exitCode = 128 + constants.signals[signal];
  }
}

/** Tells why a script ends, and with which exit code. @param {unknown} error @param {string} interrupted */
export function fail(error, interrupted) {
  const is = error instanceof Interrupted;
  say(is ? interrupted : `✗ ${error instanceof Error ? error.message : error}`);
  process.exitCode = is ? error.exitCode : 1;
}

/**
 * Runs a command on this process's own stdin, stdout and stderr, and passes signals on to it. Gives its exit code, or
 * 128 + n after signal n.
 * @type {(command: string, args: readonly string[], env: NodeJS.ProcessEnv) => Promise<number>}
 */
export const run = (command, args, env) => {
  let heardAt = 0;
  return start(command, args, { stdio: "inherit", env }, (child, signal) => {
    // A terminal's ^C arrives twice, since npm passes it on as well. A person takes longer to press it again.
    if (Date.now() - heardAt > 400) child.kill(signal);
    heardAt = Date.now();
  });
};

/** @typedef {{ cwd?: string, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void, timeoutSeconds?: number }} Options */

/**
 * Runs a command and gives what it prints. A signal, or the end of the time, kills it with all that it has started.
 * Throws an `Interrupted` after a signal, and an error with the end of what it printed when it fails.
 * @type {(command: string, args: readonly string[], options?: Options) => Promise<string>}
 */
export const collect = async (command, args, { onLine, timeoutSeconds = 0, ...others } = {}) => {
  let output = "";
  /** @type {Interrupted | undefined} */
  let interruption;
  const hear = (/** @type {string} */ text) => {
    output += text;
    for (const line of text.split("\n")) if (line !== "") onLine?.(line);
  };
  /** @type {import("node:child_process").SpawnOptions} */
  const options = { ...others, stdio: "pipe", timeout: timeoutSeconds * 1000, killSignal: "SIGKILL" };
  const kill = (/** @type {Child} */ child, /** @type {NodeJS.Signals} */ signal) => {
    interruption = new Interrupted(signal);
    child.kill("SIGKILL");
  };
  const code = await start(command, args, options, kill, hear);
  if (interruption !== undefined) throw interruption;
  if (code === 0) return output;
  // npm warns whenever a Node runs it that is older than the project's own.
  const lines = output
    .split("\n")
    .filter((line) => line !== "" && !/^npm warn EBADENGINE|^go: down/.test(line));
  throw new Error(`\`${command} ${args[0]}\` failed (${code}):\n${lines.slice(-12).join("\n")}`);
};

/** @typedef {import("node:child_process").ChildProcess} Child */

/**
 * Runs a command as the leader of a process group of its own: so a signal reaches it once, through this process, and all
 * that it has started ends with it. Gives the exit code.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import("node:child_process").SpawnOptions} options
 * @param {(child: Child, signal: NodeJS.Signals) => void} onSignal
 * @param {(text: string) => void} [onOutput]
 */
async function start(command, args, options, onSignal, onOutput = () => {}) {
  const child = spawn(command, args, { cwd: root, ...options, detached: !isWindows });
  const listener = (/** @type {NodeJS.Signals} */ signal) => onSignal(child, signal);
  for (const signal of endingSignals) process.on(signal, listener);
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", onOutput);
  child.stdin?.end();
  try {
    const [code, signal] = await once(child, "exit");
    return code ?? 128 + constants.signals[/** @type {NodeJS.Signals} */ (signal)];
  } finally {
    if (!isWindows && child.pid !== undefined) await endGroup(child.pid);
    for (const signal of endingSignals) process.off(signal, listener);
  }
}

/** Ends what a command has left of its process group, in the end by SIGKILL. @param {number} leader */
async function endGroup(leader) {
  try {
    process.kill(-leader, "SIGTERM");
    for (const end = Date.now() + 5000; Date.now() < end; await sleep(50)) process.kill(-leader, 0);
    process.kill(-leader, "SIGKILL");
  } catch {
    // ESRCH: no process of the group is left. macOS says EPERM of a group of zombies.
  }
}
