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
  /** When they end; new ones are fetched some minutes before. Without it they are used as long as they work. */
  readonly expiresAt?: Date | undefined;
  /** Where they come from, for messages: "the environment (HW_ACCESS_KEY, HW_SECRET_KEY)". */
  readonly source?: string | undefined;
  /** The project that their source names for them; used by a client that has no `projectId` of its own. */
  readonly projectId?: string | undefined;
};

/**
 * Gives credentials whenever new ones are needed: at first, some minutes before the last ones end, and after
 * the service has refused them. `signal` ends when nobody waits for the answer any longer (60 s).
 */
export type CredentialsProvider = (options: {
  readonly signal: AbortSignal;
}) => Credentials | Promise<Credentials>;
