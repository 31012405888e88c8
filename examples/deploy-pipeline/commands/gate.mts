import { requireApproval } from "../approval.mts";
import { exitCodes } from "../exit-codes.mts";
import { readSummary } from "../report/summary.mts";
import { countOf } from "../report/words.mts";
import type { Host } from "./job.mts";

/** Lets a plan pass that replaces and deletes nothing, or only what is approved. @returns the exit code */
export async function gate(
  folder: string,
  approval: string | undefined,
  { say }: Pick<Host, "say">,
): Promise<number> {
  const { environment, changes, problems } = await readSummary(folder);
  if (problems.length > 0) {
    say("The preview failed.");
    return exitCodes.failed;
  }
  requireApproval(environment, changes, approval);
  say(`${environment}: ${countOf(changes)}; nothing that is not approved.`);
  return exitCodes.done;
}
