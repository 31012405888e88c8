import { abortable } from "../abortable";
import type { CredentialsProvider } from "./credentials";
import { SecretCredentials } from "./secret-credentials";

/** New credentials are fetched this many milliseconds before the old ones end. */
export const renewalMargin = 5 * 60_000;
/** The credentials of one client: fetched once for all who wait, and again before they end. */
export class CredentialsSession {
  readonly #provider: CredentialsProvider;
  readonly #now: () => number;
  readonly #longestFetch: number;
  #current: SecretCredentials | undefined;
  #fetching: Promise<SecretCredentials> | undefined;

  /** `longestFetch`: the milliseconds a provider may take; then who waits is told, and the next call asks anew. */
  constructor(provider: CredentialsProvider, now: () => number = Date.now, longestFetch = 60_000) {
    this.#provider = provider;
    this.#now = now;
    this.#longestFetch = longestFetch;
  }

  /**
   * The credentials to use now: at once when they are at hand. In their last minutes new ones are fetched meanwhile,
   * and nobody waits for them, nor fails with them, as long as the old ones are valid. `signal` ends the caller's own
   * wait; the fetch goes on for the others.
   */
  get(signal?: AbortSignal): SecretCredentials | Promise<SecretCredentials> {
    // Before the fetch, whose failure somebody must be there to hear.
    signal?.throwIfAborted();
    const current = this.#current;
    if (current !== undefined && !this.#endsWithin(renewalMargin, current)) return current;
    this.#fetching ??= this.#fetch();
    if (current !== undefined && !this.#endsWithin(0, current)) {
      this.#fetching.catch(() => {});
      return current;
    }
    return abortable(this.#fetching, signal);
  }

  /** The service refused these: the next `get` fetches new ones, unless somebody has done so already. */
  refuse(credentials: SecretCredentials): void {
    if (this.#current === credentials) this.#current = undefined;
  }

  async #fetch(): Promise<SecretCredentials> {
    // Shared by all callers, so no single caller's signal may end it.
    const signal = AbortSignal.timeout(this.#longestFetch);
    try {
      this.#current = new SecretCredentials(await abortable(this.#ask(signal), signal));
      return this.#current;
    } catch (error) {
      if (!signal.aborted) throw error;
      throw new Error(`the provider of credentials gave none within ${this.#longestFetch / 1000} s`);
    } finally {
      this.#fetching = undefined;
    }
  }

  /** A provider that throws at once fails like one that rejects. */
  async #ask(signal: AbortSignal) {
    return this.#provider({ signal });
  }

  #endsWithin(milliseconds: number, { expiresAt }: SecretCredentials): boolean {
    return expiresAt !== undefined && expiresAt.getTime() - milliseconds <= this.#now();
  }
}
