import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const pollMilliseconds = 25;
/** How long a process may take to end once it has been made to. In milliseconds. */
const killMilliseconds = 5_000;

/**
 * Ends the processes that carry a text in their environment: whatever was started with it, however deep and by
 * whom, also when those in between are gone. That is what a killed engine leaves: its plugins and language host.
 * They are asked first, and made to after some milliseconds of `patience`.
 *
 * @throws Error when some of them can't be ended
 */
export async function endProcesses(text: string, patience: number): Promise<void> {
  if (process.platform === "win32") return;
  const start = performance.now();
  for (;;) {
    const pids = await processesWith(text);
    if (pids.length === 0) return;
    const passed = performance.now() - start;
    if (passed > patience + killMilliseconds)
      throw new Error(`processes that do not end: ${pids.join(", ")}`);
    for (const pid of pids) kill(pid, passed < patience ? "SIGTERM" : "SIGKILL");
    await sleep(pollMilliseconds);
  }
}

/** The ids of the processes that carry a text in their environment. */
async function processesWith(text: string): Promise<number[]> {
  return process.platform === "linux" ? await fromProc(text) : await fromPs(text);
}

async function fromProc(text: string): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const marked = await Promise.all(
    // Those of other users can't be read, those that are ending are empty or gone.
    pids.map((pid) =>
      readFile(`/proc/${pid}/environ`, "utf8").then(
        (all) => all.includes(text),
        () => false,
      ),
    ),
  );
  return pids.filter((_, index) => marked[index]).map(Number);
}

async function fromPs(text: string): Promise<number[]> {
  // The environment follows the command.
  const { stdout } = await promisify(execFile)("ps", ["axeww", "-o", "pid=,command="], {
    maxBuffer: 64 << 20,
  });
  return stdout
    .split("\n")
    .filter((line) => line.includes(text))
    .map((line) => Number.parseInt(line, 10));
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended in the meantime.
  }
}
