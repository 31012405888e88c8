import { parseArgs, styleText } from "node:util";
import type { LifecycleHook } from "../api/hook-fields";
import type { HangingInstance } from "../api/schemas";

/** What the command line asks for. */
export type CliRequest =
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  | ({ readonly region: string | undefined; readonly json: boolean } & (
      | { readonly kind: "hooks"; readonly group: string }
      | { readonly kind: "hanging"; readonly group: string | undefined }
      | { readonly kind: "watch"; readonly group: string; readonly interval: number }
      | {
          readonly kind: "complete";
          readonly group: string;
          readonly instance: string;
          readonly hook: string | undefined;
          readonly result: "CONTINUE" | "ABANDON" | "EXTEND";
        }
    ));

/** The command line can't be understood. Its message is for the user. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What `--help` prints. */
export const usage = `Usage: huaweicloud-as hooks GROUP
       huaweicloud-as hanging [GROUP]
       huaweicloud-as complete GROUP INSTANCE [--hook NAME] --continue | --abandon | --extend
       huaweicloud-as watch GROUP [--interval SECONDS]

Shows the lifecycle hooks of a scaling group and the instances that hang on them, and completes one: it goes on, is
given up, or gets another hour. Without GROUP all groups are looked at. --hook is needed where an instance hangs on
several hooks.

  --region NAME       the region; without it, that of HW_REGION_NAME
  --json              prints JSON; watch prints a line of it for each look
  --interval SECONDS  the time between two looks; 5 when not given
  -h, --help          prints this
  --version           prints the version

Credentials, project and endpoints come from where the client and the provider find them: the environment, the
profile files, the server's agency.
`;

/** Reads the command line. @throws UsageError */
export function cliRequest(args: readonly string[], environment: NodeJS.ProcessEnv): CliRequest {
  const { values, positionals } = parsed(args);
  if (values.help) return { kind: "help" };
  if (values.version) return { kind: "version" };
  const [kind, group, instance, ...more] = positionals;
  const common = { region: values.region ?? environment.HW_REGION_NAME, json: values.json === true };
  const results = (["continue", "abandon", "extend"] as const).filter((result) => values[result]);
  const isComplete = kind === "complete";
  if (more.length > 0 || (instance !== undefined && !isComplete)) {
    throw new UsageError(`${JSON.stringify(more[0] ?? instance)} is one word too many`);
  }
  if (!isComplete && (results.length > 0 || values.hook !== undefined)) {
    throw new UsageError("--hook, --continue, --abandon and --extend belong to complete");
  }
  if (kind === "hanging") return { kind, group, ...common };
  if (kind !== "hooks" && kind !== "watch" && kind !== "complete") {
    throw new UsageError(kind === undefined ? "give a command" : `${JSON.stringify(kind)} is no command`);
  }
  if (group === undefined) throw new UsageError(`${kind} needs the id of a scaling group`);
  if (kind === "hooks") return { kind, group, ...common };
  if (kind === "watch") return { kind, group, interval: interval(values.interval ?? "5"), ...common };
  if (instance === undefined) throw new UsageError("complete needs the id of an instance");
  const [result] = results;
  if (result === undefined || results.length > 1) {
    throw new UsageError("complete needs one of --continue, --abandon and --extend");
  }
  const said = { continue: "CONTINUE", abandon: "ABANDON", extend: "EXTEND" } as const;
  return { kind, group, instance, hook: values.hook, result: said[result], ...common };
}

/** A group's hooks as a table. */
export function hooksTable(hooks: readonly LifecycleHook[]): string {
  const rows = hooks.map((hook) => [
    hook.lifecycleHookName,
    hook.lifecycleHookType,
    hook.defaultResult,
    `${hook.defaultTimeout} s`,
    hook.notificationTopicName,
    hook.notificationMetadata ?? "",
  ]);
  return table(["HOOK", "TYPE", "DEFAULT", "TIME-OUT", "TOPIC", "METADATA"], rows, "no hooks");
}

/** Instances that hang as a table, the one with the least time left first. `now`: milliseconds since 1970. */
export function hangingTable(instances: readonly HangingInstance[], now: number): string {
  const rows = instances
    .toSorted((a, b) => Date.parse(a.timeout) - Date.parse(b.timeout))
    .map((one) => [
      one.scalingGroupId,
      one.instanceId,
      one.lifecycleHookName,
      timeLeft(Date.parse(one.timeout) - now),
      one.defaultResult,
    ]);
  return table(["GROUP", "INSTANCE", "HOOK", "LEFT", "THEN"], rows, "no instance hangs");
}

/** `1:02:03`, or `2:03` */
function timeLeft(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (number: number) => `${number}`.padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

function table(heading: readonly string[], rows: readonly (readonly string[])[], none: string): string {
  if (rows.length === 0) return `${none}\n`;
  const widths = heading.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return `${[styleText("bold", line(heading)), ...rows.map(line)].join("\n")}\n`;
}

function interval(text: string): number {
  const seconds = Number(text);
  if (seconds >= 1 && seconds <= 3600) return seconds * 1000;
  throw new UsageError(`--interval ${JSON.stringify(text)} is not a number of seconds from 1 to 3600`);
}

function parsed(args: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        region: text,
        hook: text,
        interval: text,
        json: flag,
        continue: flag,
        abandon: flag,
        extend: flag,
        help: { ...flag, short: "h" },
        version: flag,
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
