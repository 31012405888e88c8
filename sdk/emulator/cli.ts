#!/usr/bin/env node
import { fstatSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { version } from "../version";
import {
  type CliRequest,
  cliRequest,
  eventLine,
  introduction,
  requestLine,
  UsageError,
  usage,
} from "./command-line";
import { type Emulator, startEmulator } from "./emulator";
import { defaultGroup, type EmulatorOptions } from "./options";

/** With hooks on which instances hang, to see what a hook does. */
const demoGroup = "demo";

/**
 * The command `huaweicloud-as-emulator`. Exit codes: 0 when it was told to end or did what it was asked, 1 when it could
 * not, 2 when the command line can't be understood.
 */
async function main(args: readonly string[]): Promise<void> {
  const request = cliRequest(args, process.env);
  if (request.kind === "help") process.stdout.write(usage);
  else if (request.kind === "version") process.stdout.write(`${version}\n`);
  else if (request.kind === "ask") await ask(request);
  else await run(request.options);
}

async function run(options: EmulatorOptions): Promise<void> {
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  const hasDemo = options.groups === undefined && options.state === undefined;
  const emulator = await startEmulator({
    ...options,
    ...(hasDemo ? { groups: [demoGroup, defaultGroup] } : {}),
    onRequest: (entry) => print(requestLine(entry, process.stdout.isTTY)),
    onEvent: (event) => print(eventLine(event, process.stdout.isTTY)),
  });
  if (hasDemo) {
    const [launching, terminating] = ["INSTANCE_LAUNCHING", "INSTANCE_TERMINATING"] as const;
    const hook = {
      default_timeout: 600,
      notification_topic_urn: `urn:smn:${emulator.region}:${emulator.projectId}:demo`,
    };
    emulator.putHook(demoGroup, { ...hook, lifecycle_hook_name: "boot", lifecycle_hook_type: launching });
    emulator.putHook(demoGroup, { ...hook, lifecycle_hook_name: "drain", lifecycle_hook_type: terminating });
  }
  endOnSignals(emulator);
  await introduce(emulator);
}

/** Has an emulator that runs do something. */
async function ask({ url, path, body }: Extract<CliRequest, { kind: "ask" }>): Promise<void> {
  const answer = await fetch(`${url}${path}`, { method: "POST", body: JSON.stringify(body) }).catch(
    () => undefined,
  );
  if (answer === undefined) throw new Error(`no emulator answers on ${url}`);
  if (answer.ok) return;
  const { error } = (await answer.json().catch(() => ({}))) as { error?: string };
  throw new Error(error ?? `${url} answers ${answer.status}`);
}

function endOnSignals(emulator: Emulator): void {
  // Once: a second signal does what the system does, so that a hang could still be ended.
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
