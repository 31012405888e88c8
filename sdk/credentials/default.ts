import type { Credentials, CredentialsProvider } from "./credentials";
import { environmentCredentials } from "./environment";
import type { MetadataOptions } from "./metadata";
import { SecretCredentials } from "./secret-credentials";

/** Where the search for the usual credentials takes place, and for what. */
export interface DefaultCredentialsOptions {
  /** @default process.env */
  readonly environment?: NodeJS.ProcessEnv | undefined;
  /** The region they are for: a profile's project counts only in the profile's own region. */
  readonly region?: string | undefined;
  /** IAM's address, for what signs in through it. @default as for the client */
  readonly iamEndpoint?: string | undefined;
  /** The operator's domain. @default as for the client */
  readonly cloud?: string | undefined;
  readonly metadata?: MetadataOptions | undefined;
}

/**
 * Credentials from the usual places, in this order; the first that has any wins, and has them whole:
 *
 * 1. the environment: `HW_AUTH_TOKEN`, else `HW_ACCESS_KEY` and `HW_SECRET_KEY`, else `HUAWEICLOUD_SDK_AK` and
 *    `HUAWEICLOUD_SDK_SK`;
 * 2. the profile file of the vendor's SDKs, `~/.huaweicloud/credentials`;
 * 3. the current profile of the vendor's command line, `~/.hcloud/config.json`;
 * 4. the agency that is bound to this ECS: asked last, since only there something is sent, and since it takes up to
 *    3 s to find out that a machine is no ECS. `HW_METADATA_DISABLED=1` leaves it out.
 *
 * A file that a variable names (`HUAWEICLOUD_SDK_CREDENTIALS_FILE`; `HW_SHARED_CONFIG_FILE`, `HW_PROFILE`) comes
 * before one that merely lies in the home folder, and must be usable. One that merely lies there may be of no use
 * (none, encrypted, of another mode): the search goes on. Half a pair of keys ends it in each case.
 *
 * When nothing is found it rejects with an Error that says what was looked for, where, and what came of it.
 *
 * Source: the order is that of the vendor's Python SDK and of its Terraform provider, which agree. Only the latter
 * reads 3, and only when a variable asks for it; here it is read as KooCLI itself would: before the ECS's agency.
 */
export function defaultCredentials(options: DefaultCredentialsOptions = {}): CredentialsProvider {
  const environment = options.environment ?? process.env;
  return async ({ signal }) => {
    const credentials = environmentCredentials(environment);
    if (credentials !== undefined) return credentials;
    const { searchFurther } = await import("./search.js");
    return searchFurther(environment, options, signal);
  };
}

/** What was given as a provider; the usual places when nothing was. @throws Error for credentials that can't be used */
export function providerOf(
  given: Credentials | CredentialsProvider | undefined,
  options: DefaultCredentialsOptions,
): CredentialsProvider {
  if (typeof given === "function") return given;
  if (given === undefined) return defaultCredentials(options);
  new SecretCredentials(given);
  return () => given;
}
