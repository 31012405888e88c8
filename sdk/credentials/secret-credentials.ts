import { inspect } from "node:util";
import { redacted } from "../redaction";
import { type SigningKey, signingKey } from "../signer";
import type { AuthToken, Credentials } from "./credentials";

/** Credentials as the client keeps them: nothing that prints this prints a secret; the key is ready to sign. */
export class SecretCredentials {
  readonly #secrets: readonly (string | undefined)[];
  readonly #usable: { readonly key: SigningKey; readonly securityToken: string | undefined } | AuthToken;
  readonly source: string;
  readonly expiresAt: Date | undefined;

  constructor(credentials: Credentials) {
    this.source = credentials.source ?? "the client's options";
    this.expiresAt = credentials.expiresAt;
    if ("authToken" in credentials) {
      this.#usable = { authToken: credentials.authToken };
      this.#secrets = [credentials.authToken];
    } else {
      const { accessKey, secretKey, securityToken } = credentials;
      this.#usable = { key: signingKey(accessKey, secretKey), securityToken };
      this.#secrets = [secretKey, securityToken];
    }
  }

  /** For the request's headers alone. */
  reveal() {
    return this.#usable;
  }

  /** What must not stand in any text. */
  secrets(): readonly (string | undefined)[] {
    return this.#secrets;
  }

  toJSON(): string {
    return redacted;
  }

  toString(): string {
    return redacted;
  }

  [inspect.custom](): string {
    return `SecretCredentials ${redacted} from ${this.source}`;
  }
}
