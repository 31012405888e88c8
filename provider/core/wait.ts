import { isBusy, isUnknownTopic } from "../../sdk/errors/codes";
import { isServiceError, type ServiceError } from "../../sdk/errors/errors";
import type { OperationContext } from "./context";

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

/** How long an operation on a hook waits unless `customTimeouts` says otherwise, in milliseconds. */
const defaultTimeout = 10 * units.m;

/** The milliseconds that an operation may wait. */
export function timeoutOf(
  operation: TimedOperation,
  custom: Readonly<Record<string, string>> | undefined,
  otherwise = defaultTimeout,
): number {
  return parseDuration(custom?.[operation] ?? "") ?? otherwise;
}

/** Refusals that pass by themselves, how long to wait for that, and what is being waited for. */
export interface PassingRefusal {
  readonly matches: (error: ServiceError) => boolean;
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
const unknownTopicTimeout = 30_000;

/** Repeats what the service refuses for a while, until it is accepted or the time for that refusal is over. */
export async function retryWhile<T>(
  context: OperationContext,
  attempt: () => Promise<T>,
  passing: readonly PassingRefusal[],
): Promise<T> {
  /** When each reason was met first. */
  const starts = new Map<PassingRefusal, number>();
  try {
    for (let delay = firstDelay; ; delay = Math.min(delay * 1.5, longestDelay)) {
      try {
        return await attempt();
      } catch (error) {
        if (!isServiceError(error)) throw error;
        const reason = passing.find(({ matches }) => matches(error));
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
        void context.log(status, { ephemeral: true });
        await context.clock.sleep(Math.min(delay, left));
        if (await context.isAbandoned()) {
          throw new Error(`${error.message}; the engine that asked for it is gone, so nothing more is sent`, {
            cause: error,
          });
        }
      }
    }
  } finally {
    // The row would go on to show the last "waiting".
    if (starts.size > 0) void context.log("", { ephemeral: true });
  }
}

/** A scaling activity runs in the group. */
export function busyGroup(
  context: OperationContext,
  operation: "create" | "update" | "delete",
  scalingGroupId: string,
): PassingRefusal {
  return {
    matches: isBusy,
    timeout: context.timeout,
    waiting: `waiting until scaling group ${scalingGroupId} is no longer busy`,
    advice: `to wait longer set the option customTimeouts: { ${operation}: "1h" }`,
  };
}

/** The topic was made in the same run; Auto Scaling knows it after some seconds. */
export function unknownTopic(context: OperationContext): PassingRefusal {
  return {
    matches: isUnknownTopic,
    timeout: Math.min(unknownTopicTimeout, context.timeout),
    waiting: "waiting until Auto Scaling knows the notification topic",
    advice: "is the topic in the group's region and project?",
  };
}

/** A time as a person says it. */
export function seconds(milliseconds: number): string {
  const whole = Math.round(milliseconds / 1000);
  return whole < 120 ? `${whole} s` : `${Math.round(whole / 60)} min`;
}
