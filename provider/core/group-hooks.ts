import type { LifecycleHook } from "../../sdk/api/hook-fields";
import type { AutoScalingClient } from "../../sdk/client";
import { isNotFound } from "../../sdk/errors/codes";
import type { RunClock } from "./context";

/**
 * How long a group's list answers for all of its hooks, in milliseconds. The engine reads a few hooks at a
 * time, in any order, so a shorter time reads a group more than once.
 */
const keepFor = 30_000;

/** A group's list, and when it was asked for. */
export interface Listing {
  readonly at: number;
  /** `undefined` when there is no such group. */
  readonly hooks: Promise<LifecycleHook[] | undefined>;
}

/** What is asked for the lists. */
export interface Lister {
  readonly lifecycleHooks: Pick<AutoScalingClient["lifecycleHooks"], "list">;
}

/** The hooks of the groups of one project, read one group at a time: one `list` for all hooks of a group. */
export class GroupHooks {
  readonly #client: Lister;
  readonly #clock: RunClock;
  readonly #listings = new Map<string, Listing>();

  constructor(client: Lister, clock: RunClock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** All hooks of a group, asked for less than so many milliseconds ago. */
  listing(scalingGroupId: string, maxAge: number = keepFor): Listing {
    const kept = this.#listings.get(scalingGroupId);
    if (kept !== undefined && this.#clock.now() - kept.at < maxAge) return kept;
    const listing = { at: this.#clock.now(), hooks: this.#list(scalingGroupId) };
    this.#listings.set(scalingGroupId, listing);
    // A failure is told to those who wait now, and not to the next.
    listing.hooks.catch(() => {
      if (this.#listings.get(scalingGroupId) === listing) this.forget(scalingGroupId);
    });
    return listing;
  }

  /** A hook, or `undefined` when it, or its group, is gone; that is believed only of a list read just now. */
  async find(scalingGroupId: string, name: string): Promise<LifecycleHook | undefined> {
    const start = this.#clock.now();
    const listing = this.listing(scalingGroupId);
    const found = await hookIn(listing, name);
    if (found !== undefined || listing.at >= start) return found;
    if (this.#listings.get(scalingGroupId) === listing) this.forget(scalingGroupId);
    return hookIn(this.listing(scalingGroupId), name);
  }

  /** Must be called when one of the group's hooks has been changed. */
  forget(scalingGroupId: string): void {
    this.#listings.delete(scalingGroupId);
  }

  async #list(scalingGroupId: string): Promise<LifecycleHook[] | undefined> {
    try {
      return await this.#client.lifecycleHooks.list(scalingGroupId);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }
}

async function hookIn(listing: Listing, name: string): Promise<LifecycleHook | undefined> {
  return (await listing.hooks)?.find((hook) => hook.lifecycleHookName === name);
}

/**
 * Whether the service itself says that something does not exist. A 404 without a code of its own may come from
 * anything on the way, such as the server at a wrong endpoint, and must not make a state forget a hook.
 */
export function isMissing(error: unknown): boolean {
  return isNotFound(error) && error.code?.startsWith("AS.") === true;
}
