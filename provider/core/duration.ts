const units = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

/** The milliseconds of a duration as Pulumi writes it: `1h30m`, `90s`, `1.5m`; `undefined` if it is none. */
function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(h|ms|m|s))+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)) {
    sum += Number(amount) * units[unit as keyof typeof units];
  }
  return sum;
}

/** The operations that may have to wait. */
export type TimedOperation = "create" | "read" | "update" | "delete";

/** How long an operation waits for a busy group unless `customTimeouts` says otherwise, in milliseconds. */
const defaultTimeout = 10 * units.m;

/** The milliseconds that an operation may wait. */
export function timeoutOf(
  operation: TimedOperation,
  custom: Readonly<Record<string, string>> | undefined,
): number {
  return parseDuration(custom?.[operation] ?? "") ?? defaultTimeout;
}
