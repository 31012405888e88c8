import { isDeepStrictEqual } from "node:util";
import { requireApproval } from "../approval.mts";
import { type Change, changesIn } from "../engine/changes.mts";
import { diagnosticsIn } from "../engine/diagnostics.mts";
import type { Run } from "../engine/operation.mts";
import type { EnvironmentStack } from "../engine/stack.mts";
import { exitCodes, PipelineFailure } from "../exit-codes.mts";
import { progress } from "../report/progress.mts";
import { planIn, readSummary, type Summary } from "../report/summary.mts";
import { linesOf } from "../report/words.mts";
import { requireAccess } from "../settings/access.mts";
import { type Host, startJob } from "./job.mts";

/**
 * Does what a preview has planned, and nothing else. It looks first whether that is still what would be done, so that
 * a plan that is out of date is refused as a whole; the engine holds each step to the plan besides, for what changes
 * in between. @returns the exit code
 */
export async function apply(
  file: string,
  folder: string,
  approval: string | undefined,
  host: Host,
): Promise<number> {
  const { settings, access, withStack } = await startJob(file, host);
  requireAccess(access, "apply");
  const planned = await readSummary(folder);
  requirePlan(planned, settings.environment);

  host.say(`Apply to ${settings.environment}, region ${settings.region}`);
  await withStack(async (stack) => {
    const now = await stack.preview();
    requireSuccess(now);
    const changes = host.redactor.value(changesIn(now.events));
    requireApproval(settings.environment, changes, approval);
    requireSame(planned.changes, changes);

    stack.listen = progress(host.say);
    const run = await stack.up(planIn(folder));
    requireSuccess(run);
    await tidyUp(stack, host);
  });
  host.say("Done, exactly as planned.");
  return exitCodes.done;
}

/** After a run that was killed, this one has ended what that one had begun: but that is still noted as under way. */
async function tidyUp(stack: EnvironmentStack, { say }: Host): Promise<void> {
  const { ended, lost } = await stack.pending();
  if (lost.length > 0) {
    say(
      `! A run that was killed was creating ${lost.join(", ")}, which the program no longer has. Delete what is there of it, then run: pulumi refresh --clear-pending-creates`,
    );
  } else if (ended.length > 0) {
    requireSuccess(await stack.forgetPending());
    say(`✓ ended what a killed run had begun: ${ended.join(", ")}`);
  }
}

function requirePlan({ environment, hasPlan, problems }: Summary, wanted: string): void {
  const problem =
    environment !== wanted
      ? `The plan is for ${environment}, not for ${wanted}.`
      : problems.length > 0
        ? "The preview failed."
        : hasPlan
          ? undefined
          : "The preview was for reading: it could not check everything, and wrote no plan.";
  if (problem !== undefined) throw new PipelineFailure(exitCodes.unusable, problem);
}

function requireSame(planned: readonly Change[], now: readonly Change[]): void {
  if (isDeepStrictEqual(planned, now)) return;
  const lines = (changes: readonly Change[]) => changes.flatMap(linesOf).join("\n") || "no change";
  throw new PipelineFailure(
    exitCodes.outdated,
    `The plan is out of date; nothing was done. It says:\n${lines(planned)}\nNow it would be:\n${lines(now)}\nRun preview again.`,
  );
}

function requireSuccess({ events, failure }: Run): void {
  if (failure === undefined) return;
  const errors = diagnosticsIn(events, "error");
  const problems = errors.length === 0 ? [failure] : errors;
  throw new PipelineFailure(exitCodes.failed, problems.map((problem) => `✗ ${problem}`).join("\n"));
}
