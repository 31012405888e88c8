import { setTimeout as sleep } from "node:timers/promises";
import { ConnectionError } from "./errors";
import type { OperationName } from "./operations";

/** Looks again and again until a look finds something. Times in milliseconds. */
export async function poll<T>(
  look: () => Promise<T | undefined>,
  options: {
    readonly operation: OperationName;
    /** Begins the message of the error when the time is over. */
    readonly doing: string;
    readonly timeout?: number | undefined;
    readonly interval?: number | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<T> {
  const { operation, doing, timeout = 600_000, interval = 5_000, signal } = options;
  const deadline = performance.now() + timeout;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    const left = deadline - performance.now();
    if (left <= 0) throw new ConnectionError(`${doing}: none came within ${timeout / 1000} s`, { operation });
    try {
      await sleep(Math.min(interval, left), undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      // The timer's own error says only that it was aborted; the signal says why.
      signal?.throwIfAborted();
      throw error;
    }
  }
}
