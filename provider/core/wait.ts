import { isBusy, isUnknownTopic } from "../../sdk/error-codes";
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
/** How long a new topic may be unknown, in milliseconds. */
const topicPatience = 30_000;

/** Does something that may be refused for a while, until it is accepted or the patience is over. */
export async function patiently<T>(
  context: Context,
  attempt: () => Promise<T>,
  patience: readonly Patience[],
): Promise<T> {
  /** When each reason was met first. */
  const starts = new Map<Patience, number>();
  try {
    for (let delay = firstDelay; ; delay = Math.min(delay * 1.5, longestDelay)) {
      try {
        return await attempt();
      } catch (error) {
        if (!isServiceError(error)) throw error;
        const reason = patience.find((one) => one.with(error));
        if (reason === undefined) throw error;
        const now = context.clock.now();
        const start = starts.get(reason) ?? now;
        starts.set(reason, start);
        const passed = now - start;
        const left = reason.timeout - passed;
        if (left <= 0) {
          const text = `${error.message}; waited ${seconds(passed)}; ${reason.advice}`;
          throw new Error(text, { cause: error });
        }
        const status = `${reason.waiting} (${seconds(passed)} so far, ${seconds(left)} left)`;
        context.log(status, { ephemeral: true });
        await context.clock.sleep(Math.min(delay, left));
        if (await context.isAbandoned()) {
          throw new Error(`${error.message}; the engine that asked for it is gone, so nothing more is sent`, {
            cause: error,
          });
        }
      }
    }
  } finally {
    // However it ends: the row would show the last "waiting" for ever.
    if (starts.size > 0) context.log("", { ephemeral: true });
  }
}

/** Patience with a group in which a scaling activity runs. */
export function busyGroup(
  context: Context,
  operation: "create" | "update" | "delete",
  scalingGroupId: string,
): Patience {
  return {
    with: isBusy,
    timeout: context.timeout,
    waiting: `waiting until scaling group ${scalingGroupId} is no longer busy`,
    advice: `to wait longer set the option customTimeouts: { ${operation}: "1h" }`,
  };
}

/** Patience with a topic made in the same run, which the service knows after some seconds. */
export function unknownTopic(context: Context): Patience {
  return {
    with: isUnknownTopic,
    timeout: Math.min(topicPatience, context.timeout),
    waiting: "waiting until Auto Scaling knows the notification topic",
    advice: "is the topic in the group's region and project?",
  };
}

function seconds(milliseconds: number): string {
  const whole = Math.round(milliseconds / 1000);
  return whole < 120 ? `${whole} s` : `${Math.round(whole / 60)} min`;
}
