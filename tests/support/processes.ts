import { readdir, readFile } from "node:fs/promises";

/** A process of a run under Linux. */
export interface RunProcess {
  readonly pid: number;
  readonly command: string;
}

/** The processes whose environment has a text in it, such as a name that only one run has. */
export async function processesWith(text: string): Promise<RunProcess[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
      if (!environment.includes(text)) return [];
      const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      return [{ pid: Number(pid), command: command.replaceAll("\0", " ") }];
    }),
  );
  return found.flat();
}

/** Sends a signal to a process, unless it has ended. */
export function signal({ pid }: RunProcess, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
