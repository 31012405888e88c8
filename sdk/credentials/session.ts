import { abortable } from "../abortable";
import type { CredentialsProvider } from "./credentials";
import { SecretCredentials } from "./secret-credentials";

/** New credentials are fetched this many milliseconds before the old ones end. */
export const renewalMargin = 5 * 60_000;

/** The credentials of one client: fetched once for all who wait, and again before they end. */
export class CredentialsSession {
  readonly #provider: CredentialsProvider;
  readonly #now: () => number;
  #current: SecretCredentials | undefined;
  #fetching: Promise<SecretCredentials> | undefined;

  constructor(provider: CredentialsProvider, now: () => number = Date.now) {
    this.#provider = provider;
    this.#now = now;
  }

  /** The credentials to use now: at once when they are at hand. */
  get(signal: AbortSignal): SecretCredentials | Promise<SecretCredentials> {
    const current = this.#current;
    if (current !== undefined && !this.#isEnding(current)) return current;
    this.#fetching ??= this.#fetch();
    return abortable(this.#fetching, signal);
  }

  /** The service refused these: the next `get` fetches new ones, unless somebody has done so already. */
  refuse(credentials: SecretCredentials): void {
    if (this.#current === credentials) this.#current = undefined;
  }

  async #fetch(): Promise<SecretCredentials> {
    try {
      // Shared by all callers, so no single caller's signal may end it.
      this.#current = new SecretCredentials(await this.#provider({ signal: AbortSignal.timeout(60_000) }));
      return this.#current;
    } finally {
      this.#fetching = undefined;
    }
  }

  #isEnding(credentials: SecretCredentials): boolean {
    if (credentials.expiresAt === undefined) return false;
    return credentials.expiresAt.getTime() - renewalMargin <= this.#now();
  }
}
