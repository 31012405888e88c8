import { constants } from "node:os";
import process from "node:process";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** How long a piece of work may take to stop by itself, in milliseconds. */
const patience = 10_000;

/** What is thrown when the user (or the system) wants the tour to end. */
export class Interruption extends Error {
  override readonly name = "Interruption";
  /** As a shell gives it. */
  readonly exitCode: number;

  constructor(signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/** Listens for the signals that end a process, so that it can end in an orderly way. */
export class Interruptions {
  readonly #first = new AbortController();
  readonly #second = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  readonly #heard = (signal: NodeJS.Signals) => {
    if (this.#first.signal.aborted) this.#second.abort();
    this.#first.abort(new Interruption(signal));
    this.#timer ??= setTimeout(() => this.#second.abort(), patience).unref();
  };

  constructor() {
    for (const signal of signals) process.on(signal, this.#heard);
    // Whoever reads the output has gone: what SIGPIPE says elsewhere. Each line more is such an error, to the end.
    process.stdout.on("error", () => this.#heard("SIGPIPE"));
  }

  /** Aborted by the first signal, with an {@link Interruption} as the reason. */
  get signal(): AbortSignal {
    return this.#first.signal;
  }

  /** Aborted by the second signal, or when stopping has taken too long. */
  get hurry(): AbortSignal {
    return this.#second.signal;
  }

  stopListening(): void {
    clearTimeout(this.#timer);
    for (const signal of signals) process.off(signal, this.#heard);
  }
}
