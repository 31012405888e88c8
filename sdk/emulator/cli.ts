#!/usr/bin/env node
import { fstatSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { version } from "../version";
import { type CliRequest, cliRequest, introduction, requestLine, UsageError, usage } from "./command-line";
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
  await introduce(emulator);
}

function endOnSignals(emulator: Emulator): void {
  // Once: whoever sends it again gets what the system does, so a hang could still be ended.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void emulator.close());
  // The reader of the output has gone, as in `huaweicloud-as-emulator | head`: there is no use in going on.
  process.stdout.on("error", () => void emulator.close());
}

/**
 * Prints what leads to the emulator. Into a pipe the first line goes ahead of the rest: only a write tells that the
 * reader has gone, and without requests there is no other for hours.
 */
async function introduce(emulator: Emulator): Promise<void> {
  const text = introduction(emulator);
  const end = fstatSync(1).isFIFO() ? text.indexOf("\n") + 1 : 0;
  if (end > 0) {
    process.stdout.write(text.slice(0, end));
    await setTimeout(500);
  }
  process.stdout.write(text.slice(end));
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
