import type { Emulator } from "./emulator";
import type { RequestLogEntry } from "./request-log";

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
