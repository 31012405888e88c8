import { setTimeout as sleep } from "node:timers/promises";
import { milliseconds, numberProblem } from "../configuration/options";
import { InvalidInputError, isAutoScalingError, TimeoutError } from "../errors/errors";
import type { CallOptions } from "./caller";
import type { CallDescription } from "./operations";

/** How long to wait, and how. */
export interface WaitOptions {
  /** Ends the wait; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the wait fails with a `TimeoutError`, whatever the service does. @default 600000 */
  readonly timeout?: number | undefined;
  /** Milliseconds between two looks. @default 5000 */
  readonly interval?: number | undefined;
}

/** Looks again and again until a look finds something. Transient faults of a look are outlasted. */
export async function waitUntil<T>(
  about: CallDescription,
  { signal, timeout = 600_000, interval = 5_000 }: WaitOptions,
  look: (options: CallOptions) => Promise<T | undefined>,
): Promise<T> {
  refuseUnusable(about, { timeout, interval });
  const deadline = performance.now() + timeout;
  let cause: Error | undefined;
  for (;;) {
    const left = deadline - performance.now();
    if (left < 1) throw timeoutError(about, timeout, cause);
    try {
      const found = await look({ signal, timeout: left });
      if (found !== undefined) return found;
      cause = undefined;
    } catch (error) {
      if (!isAutoScalingError(error) || !error.retryable) throw error;
      cause = error;
    }
    await sleep(Math.min(interval, Math.max(0, deadline - performance.now())), undefined, { signal }).catch(
      (error: unknown) => {
        // The timer's own error says only that it was aborted; the signal says why.
        signal?.throwIfAborted();
        throw error;
      },
    );
  }
}

function refuseUnusable({ operation, doing }: CallDescription, numbers: Record<string, number>): void {
  const problems = Object.entries(numbers)
    .map(([name, value]) => numberProblem(name, value, milliseconds))
    .filter((problem) => problem !== undefined);
  if (problems.length > 0)
    throw new InvalidInputError(`${doing}: ${problems.join("; ")}`, { operation, problems });
}

function timeoutError({ operation, doing }: CallDescription, timeout: number, cause: Error | undefined) {
  const last = cause === undefined ? "" : `; the last look failed: ${cause.message}`;
  return new TimeoutError(`${doing}: it took longer than ${timeout / 1000} s${last}`, {
    operation,
    retryable: true,
    cause,
  });
}
