import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endProcesses } from "./processes.mts";

/** How long processes have to end by themselves, in milliseconds. */
const patience = 2_000;

/**
 * Does something in a folder of its own. Afterwards, however it ends, the folder is gone, and so are the processes
 * that were given its path in their environment. `hurry` makes short work of them, also while it is under way.
 */
export async function inTemporaryFolder<T>(
  hurry: AbortSignal,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "pulumi-huaweicloud-as-tour-"));
  // If that fails, it fails again below.
  const kill = () => void endProcesses(folder, 0).catch(() => undefined);
  hurry.addEventListener("abort", kill);
  try {
    return await use(folder);
  } finally {
    await endProcesses(folder, hurry.aborted ? 0 : patience);
    hurry.removeEventListener("abort", kill);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
