import { rm } from "node:fs/promises";
import { approvalOf } from "../approval.mts";
import { changesIn, unchangedIn } from "../engine/changes.mts";
import { diagnosticsIn } from "../engine/diagnostics.mts";
import { exitCodes } from "../exit-codes.mts";
import { clear, planIn, writeSummary } from "../report/summary.mts";
import { countOf, linesOf } from "../report/words.mts";
import { notChecked } from "../settings/access.mts";
import { commitOf, type Host, startJob } from "./job.mts";

/**
 * Says what an apply would do, and writes that to a folder: `summary.md`, `summary.json`, and `plan.json` if
 * everything could be checked. @returns the exit code
 */
export async function preview(file: string, folder: string, host: Host): Promise<number> {
  const { settings, access, withStack } = await startJob(file, host);
  const { environment } = settings;
  const unknown = notChecked(access);
  await clear(folder);
  const plan = unknown.length === 0 ? planIn(folder) : undefined;

  host.say(`Preview of ${environment}, region ${settings.region}`);
  const { events, failure } = await withStack((stack) => stack.preview(plan));

  const errors = diagnosticsIn(events, "error");
  const problems = failure !== undefined && errors.length === 0 ? [failure] : errors;
  // What a failed preview has written is not a plan of everything.
  if (problems.length > 0 && plan !== undefined) await rm(plan, { force: true });
  const changes = host.redactor.value(changesIn(events));
  const approval = problems.length > 0 ? undefined : approvalOf(environment, changes);
  const summary = await writeSummary(
    folder,
    {
      of: "preview",
      environment,
      ...commitOf(host.environment),
      changes,
      unchanged: unchangedIn(events),
      problems,
      warnings: diagnosticsIn(events, "warning"),
      notChecked: unknown,
      ...(approval === undefined ? {} : { approval }),
      hasPlan: problems.length === 0 && plan !== undefined,
    },
    host.redactor,
  );

  for (const change of summary.changes) host.say(linesOf(change).join("\n"));
  for (const problem of summary.problems) host.say(`✗ ${problem}`);
  for (const warning of summary.warnings) host.say(`! ${warning}`);
  for (const text of summary.notChecked) host.say(`? not checked: ${text}`);
  if (summary.problems.length > 0) return exitCodes.failed;
  host.say(`${countOf(summary.changes)}, ${summary.unchanged} unchanged.`);
  if (approval !== undefined) host.say(`Replacements and deletions need an approval: ${approval}`);
  host.say(
    summary.hasPlan ? `The plan is in ${folder}.` : "No plan was written: this preview is for reading.",
  );
  return exitCodes.done;
}
