import { setTimeout as sleep } from "node:timers/promises";
import type { AutoScalingClient } from "../../sdk/client";
import type { GroupHooks } from "./group-hooks";
import type { Ownership } from "./ownership";

/** What an operation needs from outside. Nothing here tells which host called it. */
export interface OperationContext {
  /** The client of a scope; of the configured region when none is given. */
  readonly clients: Clients;
  /**
   * Tells the user about something on the resource's row; an ephemeral message gives way to the next. Resolves when the
   * engine has it: a message that must not be lost is awaited before the operation ends.
   */
  readonly log: (
    message: string,
    options?: { readonly ephemeral?: boolean; readonly level?: "info" | "warning" },
  ) => Promise<void>;
  /** Whether the engine that asked for this operation is gone, so that no state would record what it does. */
  readonly isAbandoned: () => Promise<boolean>;
  /** Milliseconds that never go back, and a wait. */
  readonly clock: RunClock;
  /** How long this operation may wait for the group, in milliseconds. */
  readonly timeout: number;
}

/** What an operation on a hook needs. */
export interface Context extends OperationContext {
  /** Which resource of this run has which hook. */
  readonly ownership: Ownership;
}

export interface RunClock {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

/** The machine's own clock. */
export const systemClock: RunClock = {
  now: () => performance.now(),
  sleep: async (milliseconds) => {
    // Unref'd: a wait whose operation has ended must not keep the process alive.
    await sleep(milliseconds, undefined, { ref: false });
  },
};

export interface Clients {
  /** Rejects with what to set when the configuration is not complete, or does not reach that region. */
  at(scope?: Scope): Promise<ScopedClient>;
}

/** A region and project. */
export interface Scope {
  readonly region?: string | undefined;
  readonly projectId?: string | undefined;
}

export interface ScopedClient {
  readonly client: AutoScalingClient;
  /** Its groups' hooks, a list a group. */
  readonly hooks: GroupHooks;
  readonly region: string;
  readonly projectId: string;
  /**
   * The service's time of day at a moment of the clock, in milliseconds since 1970: by the `Date` of its last
   * response, which is in whole seconds, so up to one second early.
   */
  serviceTime(moment: number): number;
}
