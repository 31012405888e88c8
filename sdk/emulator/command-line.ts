import { parseArgs } from "node:util";
import type { Emulator } from "./emulator";
import type { RequestLogEntry } from "./http/request-log";

/** What the command line asks for. */
export type CliRequest =
  | {
      readonly kind: "start";
      readonly port: number;
      readonly region: string | undefined;
      readonly groups: readonly string[] | undefined;
    }
  | { readonly kind: "help" }
  | { readonly kind: "version" };

/** The command line can't be understood. Its message is for the user. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What `--help` prints. */
export const usage = `Usage: huaweicloud-as-emulator [--port N] [--region NAME] [--group ID]...

Runs a local Huawei Cloud Auto Scaling API for lifecycle hooks on 127.0.0.1, to try things without an account.
It prints the environment and the Pulumi configuration that lead to it, and then each request.

  --port N      the TCP port; one that the system picks when not given
  --region NAME the region that it serves; cn-north-4 when not given
  --group ID    the id of a scaling group; can be given several times; one group when not given
  -h, --help    prints this
  --version     prints the version
`;

/** Reads the command line. @throws UsageError */
export function cliRequest(args: readonly string[]): CliRequest {
  const { help, version, port, region, group } = parsed(args);
  if (help) return { kind: "help" };
  if (version) return { kind: "version" };
  const strange = group?.find((id) => !/^[0-9A-Za-z_-]{1,64}$/.test(id));
  if (strange !== undefined) {
    throw new UsageError(
      `--group ${JSON.stringify(strange)} is not an id: give up to 64 letters, digits, _ and -`,
    );
  }
  if (region !== undefined && !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(region)) {
    throw new UsageError(
      `--region ${JSON.stringify(region)} is not the name of a region, such as cn-north-4`,
    );
  }
  return { kind: "start", port: portOf(port), region, groups: group };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: "string" },
        region: { type: "string" },
        group: { type: "string", multiple: true },
        help: { type: "boolean", short: "h" },
        version: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function portOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new UsageError(
      `--port ${JSON.stringify(text)} is not a port: give a whole number from 0 (any) to 65535`,
    );
  }
  return port;
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

/** One line for a request: time (UTC), method, path and query, status, code, duration. */
export function requestLine(entry: RequestLogEntry): string {
  const query = entry.query === "" ? "" : `?${entry.query}`;
  const outcome = entry.status ?? "dropped";
  const code = entry.code === undefined ? "" : ` ${entry.code}`;
  const duration = entry.durationMs === undefined ? "" : ` ${Math.round(entry.durationMs)} ms`;
  return `${entry.time.toISOString()} ${entry.method} ${entry.path}${query} ${outcome}${code}${duration}`;
}

/** Single quotes, within which a shell changes nothing. */
function quoted(value: string): string {
  return /^[0-9A-Za-z_./:-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
