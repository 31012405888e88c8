import type { AutoScalingClient } from "../../sdk/client";
import type { GroupHooks } from "./group-hooks";

/** What an operation needs from outside. Nothing here tells which host called it. */
export interface Context {
  /** The client of a place; of the configured region when none is given. */
  readonly clients: Clients;
  /** Tells the user about something on the resource's row; an ephemeral message gives way to the next. */
  readonly log: (message: string, options?: { readonly ephemeral?: boolean }) => void;
  /** Whether whoever asked for this operation is gone, so that nobody would record what it does. */
  readonly isAbandoned: () => Promise<boolean>;
  /** Milliseconds that never go back, and a wait. */
  readonly clock: Clock;
  /** How long this operation may wait for a busy group, in milliseconds. */
  readonly timeout: number;
}

export interface Clock {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export interface Clients {
  /** Rejects with what to set when the configuration is not complete, or does not reach that region. */
  at(place?: Place): Promise<PlacedClient>;
}

export interface Place {
  readonly region?: string | undefined;
  readonly projectId?: string | undefined;
}

export interface PlacedClient {
  readonly client: AutoScalingClient;
  /** Its groups' hooks, a list a group. */
  readonly hooks: GroupHooks;
  readonly region: string;
  readonly projectId: string;
}
