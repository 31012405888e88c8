import { inspect, types } from "node:util";
import { redacted } from "../errors/redaction";
import { type SigningKey, signingKey } from "../http/signer";
import type { AuthToken, Credentials, IdToken } from "./credentials";

/** Credentials as the client keeps them: nothing that prints this prints a secret; the key is ready to sign. */
export class SecretCredentials {
  readonly #secrets: readonly (string | undefined)[];
  readonly #usable:
    | { readonly key: SigningKey; readonly securityToken: string | undefined }
    | AuthToken
    | Pick<IdToken, "idToken">;
  readonly source: string;
  readonly expiresAt: Date | undefined;
  readonly projectId: string | undefined;
  readonly iamEndpoint: string | undefined;

  /** @throws Error that names a field which is missing or which no header can carry; never its value */
  constructor(credentials: Credentials | IdToken) {
    // Programs in JavaScript can give anything.
    const given: Partial<Record<string, unknown>> = { ...credentials };
    this.source = credentials?.source ?? "the client's options";
    const usable = (field: string) => usableValue(given[field], field, this.source);
    this.expiresAt = endOf(given.expiresAt, this.source);
    ({ projectId: this.projectId, iamEndpoint: this.iamEndpoint } = given as Partial<Credentials>);
    if (given.idToken !== undefined) {
      this.#usable = { idToken: usable("idToken") };
      this.#secrets = [this.#usable.idToken];
    } else if (given.authToken !== undefined) {
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

  /** Whether the service would judge both alike; their source and their end may differ. */
  isSameAs(other: SecretCredentials): boolean {
    const [mine, others] = [this.#identity(), other.#identity()];
    return mine.length === others.length && mine.every((part, index) => part === others[index]);
  }

  #identity(): readonly (string | undefined)[] {
    return "key" in this.#usable ? [this.#usable.key.accessKey, ...this.#secrets] : this.#secrets;
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

/** The end of temporary credentials, as a `Date` or as a service writes it. */
function endOf(value: unknown, source: string): Date | undefined {
  if (value === undefined || value === null) return undefined;
  const end = types.isDate(value)
    ? value
    : new Date(typeof value === "string" && isMoment.test(value) ? value : "");
  if (!Number.isNaN(end.getTime())) return end;
  throw new Error(
    `the credentials can't be used (they come from ${source}): expiresAt is neither a valid Date nor a moment with its time zone, such as "2026-01-02T03:04:05Z"`,
  );
}

/** ISO 8601, with a time zone: without one each machine would understand another moment. */
const isMoment = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

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
