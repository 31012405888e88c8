#!/usr/bin/env node
import { version } from "../version";
import { type CliRequest, cliRequest, UsageError, usage } from "./cli-arguments";
import { introduction, requestLine } from "./cli-text";
import { type Emulator, startEmulator } from "./emulator";

/**
 * The command `huaweicloud-as-emulator`. Exit codes: 0 when it was told to end, 1 when it could not start, 2 when
 * the command line can't be understood.
 */
async function main(args: readonly string[]): Promise<void> {
  const request = cliRequest(args);
  if (request.kind === "help") process.stdout.write(usage);
  else if (request.kind === "version") process.stdout.write(`${version}\n`);
  else await run(request);
}

async function run({ port, region, groups }: Extract<CliRequest, { kind: "start" }>): Promise<void> {
  const emulator = await startEmulator({
    port,
    region,
    groups,
    onRequest: (entry) => process.stdout.write(`${requestLine(entry)}\n`),
  });
  endOnSignals(emulator);
  process.stdout.write(introduction(emulator));
}

function endOnSignals(emulator: Emulator): void {
  // Once: whoever sends it again gets what the system does, so a hang could still be ended.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void emulator.close());
  // Whoever read the output has gone, as `| head` does: nobody is left to work for.
  process.stdout.on("error", () => void emulator.close());
}

function fail(error: unknown): void {
  if (error instanceof UsageError) {
    process.stderr.write(`huaweicloud-as-emulator: ${error.message}\n\n${usage}`);
    process.exitCode = 2;
    return;
  }
  process.stderr.write(
    `huaweicloud-as-emulator: ${reasonOf(error as NodeJS.ErrnoException & ListenError)}\n`,
  );
  process.exitCode = 1;
}

/** What Node adds to an error of listening. */
interface ListenError {
  readonly port?: number;
}

function reasonOf({ code, port, message }: NodeJS.ErrnoException & ListenError): string {
  switch (code) {
    case "EADDRINUSE":
      return `port ${port} is in use; give another with --port, or none to have the system pick one`;
    case "EACCES":
      return `this user may not listen on port ${port}; give one from 1024 with --port`;
    default:
      return message;
  }
}

main(process.argv.slice(2)).catch(fail);
