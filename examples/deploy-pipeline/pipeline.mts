/**
 * Previews, applies and watches the lifecycle hooks of an environment, as a CI job does it. README.md tells how.
 *
 *   node pipeline.mts preview environments/production.json plan
 *   node pipeline.mts apply environments/production.json plan
 */
import process from "node:process";
import { readArguments } from "./arguments.mts";
import { apply } from "./commands/apply.mts";
import { drift } from "./commands/drift.mts";
import { gate } from "./commands/gate.mts";
import type { Host } from "./commands/job.mts";
import { preview } from "./commands/preview.mts";
import { Stop } from "./engine/stop.mts";
import { exitCodes, PipelineFailure } from "./exit-codes.mts";
import { Redactor } from "./settings/secrets.mts";

const redactor = new Redactor(process.env);
const say = (text: string) => void process.stdout.write(`${redactor.text(text)}\n`);

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof PipelineFailure) {
    say(error.message);
    return error.exitCode;
  }
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return exitCodes.failed;
});

async function main(args: readonly string[]): Promise<number> {
  const { command, timeoutMinutes } = readArguments(args);
  const stop = new Stop(timeoutMinutes, say);
  const host: Host = { environment: process.env, stop, say, redactor };
  try {
    switch (command.name) {
      case "preview":
        return await preview(command.file, command.folder, host);
      case "gate":
        return await gate(command.folder, command.approval, host);
      case "apply":
        return await apply(command.file, command.folder, command.approval, host);
      case "drift":
        return await drift(command.file, command.folder, host);
    }
  } finally {
    stop.close();
  }
}
