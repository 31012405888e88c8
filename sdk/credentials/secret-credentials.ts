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
  readonly projectId: string | undefined;

  /** @throws Error that names a field which is missing or which no header can carry; never its value */
  constructor(credentials: Credentials) {
    // Programs in JavaScript can give anything.
    const given: Partial<Record<string, unknown>> = { ...credentials };
    this.source = credentials?.source ?? "the client's options";
    const usable = (field: string) => usableValue(given[field], field, this.source);
    this.expiresAt = credentials?.expiresAt;
    this.projectId = credentials?.projectId;
    if (given.authToken !== undefined) {
      this.#usable = { authToken: usable("authToken") };
      this.#secrets = [this.#usable.authToken];
    } else {
      const accessKey = usable("accessKey");
      const secretKey = usable("secretKey");
      const securityToken = given.securityToken === undefined ? undefined : usable("securityToken");
      this.#usable = { key: signingKey(accessKey, secretKey), securityToken };
      this.#secrets = [secretKey, securityToken];
    }
  }

  /** For the request's headers alone. */
  reveal() {
    return this.#usable;
  }

  /** Whether these are IAM tokens and not the same: a second try with the same one would be refused again. */
  isOtherTokenThan(refused: SecretCredentials): boolean {
    const [mine, theirs] = [this.#usable, refused.#usable];
    return "authToken" in mine && "authToken" in theirs && mine.authToken !== theirs.authToken;
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

/** A line break at a secret's end, from the file it was kept in, would else show as a refused signature. */
function usableValue(value: unknown, field: string, source: string): string {
  const problem =
    value === undefined || value === null || value === ""
      ? "is missing"
      : typeof value !== "string"
        ? `is a ${typeof value}, not a string`
        : /^[\x21-\x7e]+$/.test(value)
          ? undefined
          : "has a character that none can have, such as a space or a line break at its end";
  if (problem === undefined) return value as string;
  throw new Error(`the credentials can't be used (they come from ${source}): ${field} ${problem}`);
}
