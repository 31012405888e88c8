import type { RunClock } from "../../provider/core/context";

/** A clock for real requests: its waits are over at once, and the time is then what it would be. */
export class SkippingClock implements RunClock {
  /** The milliseconds of each wait. */
  readonly waits: number[] = [];
  #now = 0;

  now(): number {
    return this.#now;
  }

  async sleep(milliseconds: number): Promise<void> {
    this.waits.push(milliseconds);
    this.#now += milliseconds;
  }
}

/** A clock on which no time passes: whatever is to happen first happens first. */
export const stoppedClock: RunClock = { now: () => 0, sleep: () => new Promise(() => {}) };
