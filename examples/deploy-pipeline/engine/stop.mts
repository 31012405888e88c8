import { constants } from "node:os";
import process from "node:process";
import { exitCodes, PipelineFailure } from "../exit-codes.mts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** How long what is under way may take to end by itself, in milliseconds. */
const patience = 60_000;

/**
 * What ends a run early: a signal, or its time-out. A CI system sends one signal when a job is cancelled, another some
 * seconds later, and then kills.
 */
export class Stop {
  readonly #asked = new AbortController();
  readonly #hurried = new AbortController();
  readonly #timeout: NodeJS.Timeout;
  /** Tells whoever wants it to stop what comes of that. */
  readonly say: (text: string) => void;
  #patience: NodeJS.Timeout | undefined;
  readonly #heard = (signal: NodeJS.Signals) =>
    this.#ask(new PipelineFailure(128 + constants.signals[signal], `Interrupted by ${signal}.`));

  constructor(timeoutMinutes: number, say: (text: string) => void) {
    this.say = say;
    for (const signal of signals) process.on(signal, this.#heard);
    const late = new PipelineFailure(exitCodes.timedOut, `Timed out after ${timeoutMinutes} min.`);
    this.#timeout = setTimeout(() => this.#ask(late), timeoutMinutes * 60_000);
  }

  /** Aborted with the PipelineFailure that the run is to end with. */
  get asked(): AbortSignal {
    return this.#asked.signal;
  }

  /** Aborted by the second signal, or when the patience is over. */
  get hurried(): AbortSignal {
    return this.#hurried.signal;
  }

  /** Listens no longer. */
  close(): void {
    clearTimeout(this.#timeout);
    clearTimeout(this.#patience);
    for (const signal of signals) process.off(signal, this.#heard);
  }

  #ask(reason: PipelineFailure): void {
    if (this.#asked.signal.aborted) {
      this.#hurried.abort();
      return;
    }
    this.say(`${reason.message} Stopping; a second signal stops at once.`);
    this.#asked.abort(reason);
    this.#patience ??= setTimeout(() => this.#hurried.abort(), patience);
  }
}
