import { inspect } from "node:util";
import { redacted } from "../errors/redaction";

/** An access key pair; with a security token it is temporary. */
export interface AccessKeyPair {
  /** The access key (AK). Not a secret by itself. */
  readonly accessKey: string;
  /** The secret key (SK). */
  readonly secretKey: string;
  readonly securityToken?: string | undefined;
}

/** An IAM token, whose scope must be the project. It is valid for 24 hours. */
export interface AuthToken {
  readonly authToken: string;
}

/** A token of an identity provider of OpenID Connect, with which the package signs in for temporary keys. */
export interface IdToken {
  readonly idToken: string;
  readonly source: string;
}

/** What signs in. All its values are visible ASCII. */
export type Credentials = (AccessKeyPair | AuthToken) & {
  /**
   * When they end, as a `Date` or as a service writes it (`2026-01-02T03:04:05.678000Z`); new ones are fetched some
   * minutes before. Without it they are used as long as they work.
   */
  readonly expiresAt?: Date | string | undefined;
  /** Where they come from, for messages: "the environment (HW_ACCESS_KEY, HW_SECRET_KEY)". */
  readonly source?: string | undefined;
  /** The project that their source names for them; used by a client that has no `projectId` of its own. */
  readonly projectId?: string | undefined;
  /** IAM's address that their source names for them; used by a client that has no `iamEndpoint` of its own. */
  readonly iamEndpoint?: string | undefined;
};

/**
 * Gives credentials whenever new ones are needed: at first, some minutes before the last ones end, and after
 * the service has refused them. A client asks it once for all its calls; if it fails, or has nothing new, it is asked
 * again after pauses that grow from one second to a minute. `signal` aborts when it has taken 60 s.
 */
export type CredentialsProvider = (options: {
  readonly signal: AbortSignal;
}) => Credentials | Promise<Credentials>;

/** What one source gave: credentials, or why it has none, as a phrase that begins with the source. */
export type SourceResult = { readonly credentials: Credentials } | { readonly nothing: string };

/**
 * The credentials of a source that was asked for: going on to another would sign in as another account.
 *
 * @param asked what asked for it, unless the program itself did
 */
export function needed(result: SourceResult, asked?: string): Credentials {
  if ("credentials" in result) return result.credentials;
  throw new Error(asked === undefined ? result.nothing : `${result.nothing} (${asked} asks for it)`);
}

/**
 * The same credentials, of which no log, no inspection and no JSON shows a secret. The fields stay readable, so a
 * copy of them, field by field, shows them.
 */
export function concealed(credentials: Credentials): Credentials {
  const text = () => redacted;
  return Object.defineProperties(
    { ...credentials },
    {
      toString: { value: text },
      toJSON: { value: text },
      [inspect.custom]: { value: text },
    },
  );
}

/** A value that may be missing or empty, and the name by which users know it. */
export interface NamedValue {
  readonly name: string;
  readonly value: string | undefined;
}

/**
 * The values of one place; `undefined` when it has none. Some of them are an Error: completing them from elsewhere would
 * mix two accounts, and passing them over would sign in as another one. An empty value is a missing one: some shells
 * have no other way to unset a variable.
 *
 * @param optional values that mean nothing without the others
 */
export function allOrNone(
  place: string,
  values: readonly NamedValue[],
  optional: readonly NamedValue[] = [],
): readonly string[] | undefined {
  const given = [...values, ...optional].find(({ value }) => value);
  if (given === undefined) return undefined;
  const missing = values.filter(({ value }) => !value).map(({ name }) => name);
  if (missing.length === 0) return values.map(({ value }) => value ?? "");
  const all = values.length === 2 ? "both, or neither" : "all of them, or none";
  throw new Error(`${place} has ${given.name} but not ${missing.join(" and ")}: set ${all}`);
}

/** The pair of one place, whole or not at all. */
export function wholePair(
  place: string,
  fields: { readonly [Field in keyof Required<AccessKeyPair>]: NamedValue },
): AccessKeyPair | undefined {
  const pair = allOrNone(place, [fields.accessKey, fields.secretKey], [fields.securityToken]);
  if (pair === undefined) return undefined;
  const [accessKey = "", secretKey = ""] = pair;
  return { accessKey, secretKey, securityToken: fields.securityToken.value || undefined };
}
