/** The emulator's time, so that a test can have its own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once so many milliseconds have passed. @returns a function that cancels it */
  after(milliseconds: number, callback: () => void): () => void;
}

/** Timers take no more; a caller that is called early looks at the time again. */
const longestTimer = 2 ** 31 - 1;

/** The computer's. It keeps no process alive. */
export const systemClock: Clock = {
  now: Date.now,
  after(milliseconds, callback) {
    const timer = setTimeout(callback, Math.min(Math.ceil(milliseconds), longestTimer)).unref();
    return () => clearTimeout(timer);
  },
};

/**
 * A clock that a test moves: between two moves no time passes.
 *
 * @example
 * const clock = new ManualClock();
 * const emulator = await startEmulator({ clock, launchTime: 120_000 });
 * clock.advance(120_000);
 */
export class ManualClock implements Clock {
  #now: number;
  readonly #appointments = new Set<{ readonly at: number; readonly callback: () => void }>();

  /** `now`: milliseconds since 1970. @default the computer's time */
  constructor(now: number = Date.now()) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, callback: () => void): () => void {
    const appointment = { at: this.#now + milliseconds, callback };
    this.#appointments.add(appointment);
    return () => void this.#appointments.delete(appointment);
  }

  /** Lets so many milliseconds pass. All that is due meanwhile happens at its own moment. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (;;) {
      const due = [...this.#appointments].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#appointments.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.callback();
    }
    this.#now = end;
  }
}
