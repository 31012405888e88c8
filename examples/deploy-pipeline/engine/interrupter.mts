import { setTimeout as sleep } from "node:timers/promises";
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import type { Stop } from "./stop.mts";

/** How long the engine has to say that it has heard a signal itself, in milliseconds. */
const grace = 1_000;

/**
 * Ends an operation of the engine as ^C would: what is under way ends, the state is saved, the lock is given back.
 * A second ^C makes the engine stop at once, and what was under way stays in the state as pending. So exactly one may
 * reach it, and on a terminal (or by a CI system that signals the whole group) it gets the first without our help.
 */
export class Interrupter {
  readonly #controller = new AbortController();
  readonly #begun = Promise.withResolvers<void>();
  readonly #heard = Promise.withResolvers<void>();
  #hasHeard = false;
  readonly #stop: Stop;
  readonly #onAsked = () => void this.#interrupt();
  readonly #onHurried = () => void this.#terminate();

  constructor(stop: Stop) {
    this.#stop = stop;
    stop.asked.addEventListener("abort", this.#onAsked);
    stop.hurried.addEventListener("abort", this.#onHurried);
  }

  /** For the Automation API. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Is to be shown each event of the operation. */
  see({ preludeEvent, stdoutEvent }: EngineEvent): void {
    if (preludeEvent !== undefined) this.#begun.resolve();
    if (stdoutEvent?.message.includes("received; cancelling") !== true) return;
    this.#hasHeard = true;
    this.#heard.resolve();
    this.#stop.say("Pulumi ends what is under way.");
  }

  end(): void {
    this.#stop.asked.removeEventListener("abort", this.#onAsked);
    this.#stop.hurried.removeEventListener("abort", this.#onHurried);
  }

  async #interrupt(): Promise<void> {
    // Before that a signal would kill the engine where it stands, perhaps with the lock in its hand.
    await this.#begun.promise;
    await this.#letHear();
    if (!this.#hasHeard) this.#send();
  }

  async #terminate(): Promise<void> {
    if (!this.#hasHeard) {
      this.#send();
      await this.#letHear();
    }
    this.#send();
  }

  async #letHear(): Promise<void> {
    await Promise.race([this.#heard.promise, sleep(grace, undefined, { ref: false })]);
  }

  /** The Automation API sends SIGINT for each such event, not just for the first. */
  #send(): void {
    this.signal.dispatchEvent(new Event("abort"));
  }
}
