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
