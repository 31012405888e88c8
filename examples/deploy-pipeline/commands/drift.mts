import { driftIn, unchangedIn } from "../engine/changes.mts";
import { diagnosticsIn } from "../engine/diagnostics.mts";
import { exitCodes } from "../exit-codes.mts";
import { clear, writeSummary } from "../report/summary.mts";
import { countOf, linesOf } from "../report/words.mts";
import { requireAccess } from "../settings/access.mts";
import { commitOf, type Host, startJob } from "./job.mts";

/**
 * Compares what the last apply left with the cloud, changes neither, and writes what it finds to `summary.md` and
 * `summary.json`. @returns the exit code
 */
export async function drift(file: string, folder: string, host: Host): Promise<number> {
  const { settings, access, withStack } = await startJob(file, host);
  requireAccess(access, "drift");
  const { environment } = settings;
  await clear(folder);

  host.say(`Drift of ${environment}, region ${settings.region}`);
  const { events, failure } = await withStack((stack) => stack.compare());
  const errors = diagnosticsIn(events, "error");
  const summary = await writeSummary(
    folder,
    {
      of: "drift",
      environment,
      ...commitOf(host.environment),
      changes: driftIn(events),
      unchanged: unchangedIn(events),
      problems: failure !== undefined && errors.length === 0 ? [failure] : errors,
      warnings: diagnosticsIn(events, "warning"),
      notChecked: [],
      hasPlan: false,
    },
    host.redactor,
  );

  for (const change of summary.changes) host.say(linesOf(change).join("\n"));
  for (const problem of summary.problems) host.say(`✗ ${problem}`);
  if (summary.problems.length > 0) return exitCodes.failed;
  host.say(`${countOf(summary.changes)}, ${summary.unchanged} as they were left.`);
  return summary.changes.length > 0 ? exitCodes.drifted : exitCodes.done;
}
