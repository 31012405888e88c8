import { isBusyGroup } from "../../sdk/error-codes";
import { isServiceError, type ServiceError } from "../../sdk/errors";
import type { Context } from "./context";

/** Which refusals pass by themselves, how long to wait for that, and what is being waited for. */
export interface Patience {
  readonly with: (error: ServiceError) => boolean;
  /** Milliseconds. */
  readonly timeout: number;
  /** What is waited for: "waiting until scaling group … is no longer busy". */
  readonly waiting: string;
  /** How a user can wait longer, or what else to do. */
  readonly advice: string;
}

const firstDelay = 2_000;
const longestDelay = 15_000;

/** Does something that may be refused for a while, until it is accepted or the patience is over. */
export async function patiently<T>(
  context: Context,
  attempt: () => Promise<T>,
  patience: readonly Patience[],
): Promise<T> {
  const start = context.clock.now();
  let waited = false;
  for (let delay = firstDelay; ; delay = Math.min(delay * 1.5, longestDelay)) {
    try {
      const result = await attempt();
      // The row would show the last "waiting" for ever.
      if (waited) context.log("", { ephemeral: true });
      return result;
    } catch (error) {
      const reason = isServiceError(error) ? patience.find((one) => one.with(error)) : undefined;
      if (reason === undefined) throw error;
      const passed = context.clock.now() - start;
      const left = reason.timeout - passed;
      if (left <= 0)
        throw new Error(`${messageOf(error)}; waited ${seconds(passed)}; ${reason.advice}`, { cause: error });
      waited = true;
      context.log(`${reason.waiting} (${seconds(passed)} so far, ${seconds(left)} left)`, {
        ephemeral: true,
      });
      await context.clock.sleep(Math.min(delay, left));
    }
  }
}

/** Patience with a group in which a scaling activity runs. */
export function busyGroup(
  context: Context,
  operation: "create" | "update" | "delete",
  scalingGroupId: string,
): Patience {
  return {
    with: isBusyGroup,
    timeout: context.timeout,
    waiting: `waiting until scaling group ${scalingGroupId} is no longer busy`,
    advice: `to wait longer set the option customTimeouts: { ${operation}: "1h" }`,
  };
}

function seconds(milliseconds: number): string {
  const whole = Math.round(milliseconds / 1000);
  return whole < 120 ? `${whole} s` : `${Math.round(whole / 60)} min`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
