/**
 * When to try again. Pure: the number of the attempt and the response's header in, milliseconds out.
 * Full jitter (a random share of a growing bound) keeps callers that failed together from returning together.
 */

/** The bound of the first delay, in milliseconds; it doubles with each attempt. */
const firstBound = 500;
/** No delay is longer, in milliseconds, whatever a `Retry-After` says. */
export const longestDelay = 60_000;

/** Milliseconds until the next attempt. `attempt` is 0 after the first failure; `random` is in [0, 1). */
export function retryDelay(attempt: number, random: number, retryAfter?: number): number {
  if (retryAfter !== undefined) return Math.min(retryAfter, longestDelay);
  return random * Math.min(firstBound * 2 ** attempt, longestDelay);
}

/** The milliseconds that a `Retry-After` header asks for, written in seconds or as an HTTP date. */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  // Date.parse alone takes "-5" for a month.
  const moment = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(moment) ? undefined : Math.max(0, moment - now);
}
