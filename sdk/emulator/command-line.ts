import { parseArgs, styleText } from "node:util";
import type { Emulator } from "./emulator";
import type { LifecycleEvent } from "./feed";
import { parseFault } from "./http/faults";
import type { RequestLogEntry } from "./http/request-log";
import type { EmulatorOptions } from "./options";

/** What the command line asks for. */
export type CliRequest =
  | { readonly kind: "start"; readonly options: EmulatorOptions }
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  /** To be asked of an emulator that runs. */
  | { readonly kind: "ask"; readonly url: string; readonly path: string; readonly body: object };

/** The command line can't be understood. Its message is for the user. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A flag, which an environment variable can stand for. */
interface Flag {
  /** What `--help` has for its value; none for a switch. */
  readonly value?: string;
  readonly help: string;
  readonly isList?: true;
  /** Reads a value. `name`: the flag or the variable, for the message. @throws UsageError */
  readonly read: (text: string, name: string) => unknown;
  /** Where the value goes. @default an option of the flag's name */
  readonly option?: string;
}

const seconds = (text: string, name: string) => 1000 * between(0, 86_400)(text, name);
const limit = (help: string): Flag => ({ value: "N", help, read: whole(1_000_000), option: "limits" });

/** All flags by what they are about. */
const flags: Readonly<Record<string, Readonly<Record<string, Flag>>>> = {
  "Where it is": {
    port: { value: "N", help: "the TCP port; one that the system picks when not given", read: port },
    region: { value: "NAME", help: "the region that it serves; cn-north-4 when not given", read: region },
    "access-key": { value: "KEY", help: "the access key that it accepts", read: any },
    "secret-key": { value: "KEY", help: "the secret key that belongs to it", read: any },
    state: {
      value: "FILE",
      help: "keeps its state in a file, and goes on where the last run ended",
      read: any,
    },
  },
  "Scaling groups and time": {
    group: {
      value: "ID",
      help: "the id of a scaling group; can be given several times; one, and a demo, when not given",
      isList: true,
      read: groupId,
      option: "groups",
    },
    "launch-time": {
      value: "SECONDS",
      help: "how long an instance takes to launch; 2 when not given",
      read: seconds,
    },
    "removal-time": { value: "SECONDS", help: "how long it takes to leave; 1 when not given", read: seconds },
    speed: {
      value: "N",
      help: "divides these times, those of hooks and the hour of EXTEND",
      read: between(0.001, 1e6),
    },
  },
  Limits: {
    "min-timeout": limit("the shortest time-out of a hook, in seconds"),
    "max-timeout": limit("the longest"),
    "max-name-length": limit("the most characters of its name"),
    "max-metadata-length": limit("the most characters of its metadata"),
    "max-hooks-per-group": limit("the most hooks of a group"),
    strict: { help: "refuses fields that it does not know", read: () => true },
  },
  Trouble: {
    latency: { value: "MS", help: "the least milliseconds to an answer", read: whole(3_600_000) },
    "writes-per-second": {
      value: "N",
      help: "throttles creates, updates and deletes; the service: 26",
      read: whole(1e9),
    },
    "reads-per-second": { value: "N", help: "throttles the rest; the service: 78", read: whole(1e9) },
    fault: {
      value: "FAULT",
      help: "a fault on demand, such as status=503,count=2 or drop=after,probability=0.1,seed=7",
      isList: true,
      read: fault,
      option: "faults",
    },
  },
};

const prefix = "HUAWEICLOUD_AS_EMULATOR_";
const allFlags = Object.assign({}, ...Object.values(flags)) as Record<string, Flag>;

/** What `--help` prints. */
export const usage = `Usage: huaweicloud-as-emulator [FLAG]...
       huaweicloud-as-emulator scale GROUP N [--url URL]
       huaweicloud-as-emulator complete GROUP INSTANCE RESULT [--hook NAME] [--url URL]

Runs a local Huawei Cloud Auto Scaling API on 127.0.0.1, to try things without an account. It prints the environment
and the Pulumi configuration that lead to it, and then each request and what happens to instances. Open its address
in a browser to look at it.

The other two commands speak to an emulator that runs: they set the number of a group's instances, and answer the
hooks on which an instance hangs with CONTINUE, ABANDON or EXTEND. --url is its address; without it, that of
HW_ENDPOINTS is taken, which the exports set.
${Object.entries(flags).map(helpGroup).join("")}
  -h, --help               prints this
  --version                prints the version

Each flag has a variable: --launch-time 5 is ${variableOf("launch-time")}=5. Lists are separated by
spaces, and a switch is 1.
`;

type Values = Readonly<Record<string, unknown>>;

/** Reads the command line. @throws UsageError */
export function cliRequest(args: readonly string[], environment: NodeJS.ProcessEnv = {}): CliRequest {
  const { values, positionals } = parsed(args);
  if (values.help === true) return { kind: "help" };
  if (values.version === true) return { kind: "version" };
  if (positionals.length > 0) return askRequest(positionals, values, environment);
  const options: Record<string, unknown> = {};
  for (const [name, flag] of Object.entries(allFlags)) {
    const value = readFlag(name, flag, values[name], environment);
    if (value === undefined) continue;
    const own = name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    if (flag.option === "limits") options.limits = { ...(options.limits as object), [own]: value };
    else options[flag.option ?? own] = value;
  }
  return { kind: "start", options };
}

/**
 * What leads to an emulator, ready to paste into a shell: the environment, or a Pulumi stack's configuration. All
 * the rest are comments, so that everything can be pasted at once.
 */
export function introduction(emulator: Emulator): string {
  const { env } = emulator;
  const exports = Object.entries(env).map(([name, value]) => `export ${name}=${quoted(value)}`);
  const configuration: ReadonlyArray<readonly [key: string, value: string | undefined, flag?: string]> = [
    ["region", env.HW_REGION_NAME],
    ["accessKey", env.HW_ACCESS_KEY],
    ["secretKey", env.HW_SECRET_KEY, " --secret"],
    ["endpoints", env.HW_ENDPOINTS],
  ];
  return [
    `# A local Auto Scaling API (and IAM's project look-up) listens on ${emulator.url}. ^C ends it.`,
    `# Open ${emulator.url}/ in a browser to look at it.`,
    ...emulator.groups.map((id) => `# scaling group: ${id}`),
    "",
    ...exports,
    "",
    "# The same for one Pulumi stack only:",
    ...configuration.map(
      ([key, value = "", flag = ""]) => `pulumi config set${flag} huaweicloud:${key} ${quoted(value)}`,
    ),
    "",
    "# Requests:",
    "",
  ].join("\n");
}

/**
 * One line for a request: time (UTC), method, path and query, status, code, duration, warning. `isShort`: for people at
 * a terminal, without the date and the beginning that all paths share.
 */
export function requestLine(entry: RequestLogEntry, isShort = false): string {
  const path = isShort ? entry.path.replace(/^\/(autoscaling-api\/v\d|v2)\/[^/]+\//, "") : entry.path;
  const query = entry.query === "" ? "" : `?${entry.query}`;
  const isFine = entry.status !== undefined && entry.status < 400;
  const code = entry.code === undefined ? "" : ` ${entry.code}`;
  const outcome = styleText(isFine ? "green" : "red", `${entry.status ?? "dropped"}${code}`);
  const duration = entry.durationMs === undefined ? "" : ` ${Math.round(entry.durationMs)} ms`;
  const warning = entry.warning === undefined ? "" : styleText("yellow", ` ${entry.warning}`);
  return `${shownTime(entry.time, isShort)} ${entry.method} ${path}${query} ${outcome}${duration}${warning}`;
}

/** One line for what happened to a group: time (UTC), group, event. */
export function eventLine({ time, groupName, text }: LifecycleEvent, isShort = false): string {
  return `${shownTime(time, isShort)} ${styleText("cyan", groupName)}: ${text}`;
}

function shownTime(time: Date, isShort: boolean): string {
  return styleText("dim", isShort ? time.toISOString().slice(11, 19) : time.toISOString());
}

function helpGroup([title, group]: readonly [string, Readonly<Record<string, Flag>>]): string {
  const lines = Object.entries(group).map(
    ([name, { value = "", help }]) => `  ${`--${name} ${value}`.padEnd(24)} ${help}\n`,
  );
  return `\n${title}:\n${lines.join("")}`;
}

function askRequest(
  [command, group = "", ...given]: readonly string[],
  values: Values,
  environment: NodeJS.ProcessEnv,
): CliRequest {
  const path = `/emulator/groups/${encodeURIComponent(group)}/${command}`;
  const url = String(values.url ?? environment[`${prefix}URL`] ?? endpointOf(environment) ?? "");
  if (command === "scale" && given.length === 1) {
    return { kind: "ask", url: known(url), path, body: { desired: whole(1000)(given[0] ?? "", "N") } };
  }
  if (command === "complete" && given.length === 2) {
    const [instance_id, result = ""] = given;
    const hook = values.hook === undefined ? {} : { lifecycle_hook_name: values.hook };
    const body = { instance_id, lifecycle_action_result: result.toUpperCase(), ...hook };
    return { kind: "ask", url: known(url), path, body };
  }
  throw new UsageError(`${JSON.stringify(command)} is no command, or lacks what it needs`);
}

function known(url: string): string {
  if (URL.canParse(url)) return url.replace(/\/$/, "");
  throw new UsageError("which emulator? Give --url, or paste the exports that it printed");
}

function endpointOf({ HW_ENDPOINTS }: NodeJS.ProcessEnv): string | undefined {
  return /"autoscaling":"([^"]+)"/.exec(HW_ENDPOINTS ?? "")?.[1];
}

function readFlag(
  name: string,
  { isList, read }: Flag,
  given: unknown,
  environment: NodeJS.ProcessEnv,
): unknown {
  const fromVariable = environment[variableOf(name)];
  const isOff = given === undefined && (fromVariable ?? "") === "";
  if (isOff) return undefined;
  const shown = given === undefined ? variableOf(name) : `--${name}`;
  if (isList !== true) return read(String(given ?? fromVariable), shown);
  const texts = given === undefined ? String(fromVariable).split(/\s+/) : (given as readonly string[]);
  return texts.map((text) => read(text, shown));
}

function variableOf(name: string): string {
  return `${prefix}${name.toUpperCase().replaceAll("-", "_")}`;
}

function parsed(args: readonly string[]): {
  readonly values: Values;
  readonly positionals: readonly string[];
} {
  const options = Object.entries(allFlags).map(([name, { value, isList }]) => [
    name,
    { type: value === undefined ? "boolean" : "string", multiple: isList === true },
  ]);
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...Object.fromEntries(options),
        help: { type: "boolean", short: "h" },
        version: { type: "boolean" },
        url: { type: "string" },
        hook: { type: "string" },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function any(text: string): string {
  return text;
}

function port(text: string, name: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= 65_535) return number;
  throw new UsageError(
    `${name} ${JSON.stringify(text)} is not a port: give a whole number from 0 (any) to 65535`,
  );
}

function region(text: string, name: string): string {
  if (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(text)) return text;
  throw new UsageError(`${name} ${JSON.stringify(text)} is not the name of a region, such as cn-north-4`);
}

function groupId(text: string, name: string): string {
  if (/^[0-9A-Za-z_-]{1,64}$/.test(text)) return text;
  throw new UsageError(
    `${name} ${JSON.stringify(text)} is not an id: give up to 64 letters, digits, _ and -`,
  );
}

function between(least: number, most: number) {
  return (text: string, name: string): number => {
    const number = Number(text);
    if (/^[\d.]+$/.test(text) && number >= least && number <= most) return number;
    throw new UsageError(`${name} ${JSON.stringify(text)} is not a number from ${least} to ${most}`);
  };
}

function whole(most: number) {
  return (text: string, name: string): number => {
    if (/^\d+$/.test(text) && Number(text) <= most) return Number(text);
    throw new UsageError(`${name} ${JSON.stringify(text)} is not a whole number that it can be`);
  };
}

function fault(text: string, name: string): unknown {
  try {
    return parseFault(text);
  } catch (error) {
    throw new UsageError(`${name} ${JSON.stringify(text)}: ${(error as Error).message}`);
  }
}

/** Single quotes, within which a shell changes nothing. */
function quoted(value: string): string {
  return /^[0-9A-Za-z_./:-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
