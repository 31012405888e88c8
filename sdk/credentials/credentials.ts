/** An access key pair; with a security token it is temporary. */
export interface AccessKeyPair {
  /** The access key (AK). Not a secret by itself. */
  readonly accessKey: string;
  /** The secret key (SK). */
  readonly secretKey: string;
  readonly securityToken?: string | undefined;
}

/** An IAM token, whose scope must be the project. */
export interface AuthToken {
  readonly authToken: string;
}

/** What signs in. */
export type Credentials = (AccessKeyPair | AuthToken) & {
  /** When they end; new ones are fetched some minutes before. Without it they are used as long as they work. */
  readonly expiresAt?: Date | undefined;
  /** Where they come from, for messages: "the environment (HW_ACCESS_KEY, HW_SECRET_KEY)". */
  readonly source?: string | undefined;
};

/** Gives credentials whenever new ones are needed. */
export type CredentialsProvider = (options: {
  readonly signal: AbortSignal;
}) => Credentials | Promise<Credentials>;
