import type { Timers } from "../../sdk/calls/rate-limiter";

/** A clock that jumps from one appointment to the next as soon as nothing else is left to do. */
export class VirtualTime implements Timers {
  #now = 0;
  #appointments: { at: number; order: number; callback: () => void }[] = [];
  #order = 0;

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, callback: () => void): () => void {
    const appointment = { at: this.#now + milliseconds, order: this.#order++, callback };
    this.#appointments.push(appointment);
    return () => {
      this.#appointments = this.#appointments.filter((one) => one !== appointment);
    };
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.after(milliseconds, resolve));
  }

  /** Lets time pass until the work is done; an error when it waits for something that will never come. */
  async run<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const finished = work.finally(() => {
      done = true;
    });
    finished.catch(() => undefined);
    for (;;) {
      // All that follows from the last appointment comes before the next.
      await new Promise(setImmediate);
      if (done) return finished;
      this.#appointments.sort((a, b) => a.at - b.at || a.order - b.order);
      const next = this.#appointments.shift();
      if (next === undefined) throw new Error("nothing is left to wait for, and the work is not done");
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
  }
}
