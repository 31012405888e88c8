import { type Credentials, type CredentialsProvider, needed } from "./credentials";
import { environmentCredentials, type OidcSignIn } from "./environment";
import type { DefaultCredentialsOptions, MetadataOptions } from "./search";
import { SecretCredentials } from "./secret-credentials";

/*
 * The sources of credentials, each as a provider. Their code is loaded when they are first asked, so that loading the
 * client costs nothing for what it does not use.
 */

/**
 * Credentials from the usual sources, in this order; the first that has any wins, and has them whole:
 *
 * 1. the environment: `HW_AUTH_TOKEN`, else `HW_ACCESS_KEY` and `HW_SECRET_KEY`, else what the vendor's SDKs read:
 *    OIDC through STS (`HUAWEICLOUD_OIDC_PROVIDER_URN`, `…_AGENCY_URN`, `…_ID_TOKEN` or `…_TOKEN_FILE`), else OIDC through
 *    IAM (`HUAWEICLOUD_SDK_IDP_ID`, `HUAWEICLOUD_SDK_ID_TOKEN_FILE`), else `HUAWEICLOUD_SDK_AK` and `HUAWEICLOUD_SDK_SK`;
 * 2. the profile file of the vendor's SDKs, `~/.huaweicloud/credentials`;
 * 3. the current profile of the vendor's command line, `~/.hcloud/config.json`;
 * 4. the identity that CCE gives a pod (`HC_CONTAINER_CREDENTIALS_FULL_URI`, `HC_CONTAINER_AUTHORIZATION_TOKEN_FILE`);
 * 5. the agency that is bound to this ECS: asked last, since it takes up to 3 s to find out that a machine is no ECS.
 *    `HW_METADATA_DISABLED=1` leaves it out.
 *
 * A file that a variable names (`HUAWEICLOUD_SDK_CREDENTIALS_FILE`; `HW_SHARED_CONFIG_FILE`, `HW_PROFILE`) comes
 * before one in the home folder, and must be usable. One in the home folder may be of no use (none, encrypted, of another
 * mode): the search goes on. Half a pair of keys or of variables ends it in each case, and so does a sign-in that fails.
 *
 * When nothing is found it rejects with an Error that says what was looked for, where, and what came of it.
 *
 * Source: the order is that of the vendor's Python SDK and of its Terraform provider, which agree, but for the pod's
 * identity, which the SDK asks for after the server's: here it is not hidden by that. Only the Terraform provider reads
 * 3, and only when a variable asks for it; here it is read as KooCLI itself would: before the ECS's agency.
 */
export function defaultCredentials(options: DefaultCredentialsOptions = {}): CredentialsProvider {
  const environment = options.environment ?? process.env;
  return async ({ signal }) => {
    const credentials = environmentCredentials(environment);
    if (credentials !== undefined) return credentials;
    const { searchFurther } = await import("./search.js");
    return searchFurther(environment, options, oidcSignIn({ ...options, environment }, signal), signal);
  };
}

function oidcSignIn(options: DefaultCredentialsOptions, signal: AbortSignal): OidcSignIn {
  return async (identity, iamEndpoint) => {
    const { signInThroughOidc } = await import("./temporary-keys.js");
    return signInThroughOidc(identity, options, signal, iamEndpoint);
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

/**
 * The profile file of the vendor's SDKs, `~/.huaweicloud/credentials` or the one that
 * `HUAWEICLOUD_SDK_CREDENTIALS_FILE` names: of the section `[basic]` `ak`, `sk` and `security_token`, or `idp_id` and
 * `id_token_file` to sign in through IAM; `project_id` and `iam_endpoint`. Rejects with an Error that names the file and
 * what is wrong with it.
 *
 * @param region where to sign in, for a file with `idp_id`. @default HW_REGION_NAME
 *
 * Source: the credential providers of the vendor's Python SDK.
 */
export function profileCredentials(
  environment: NodeJS.ProcessEnv = process.env,
  region?: string,
): CredentialsProvider {
  return async ({ signal }) => {
    const { findInProfileFile, profileFile } = await import("./profile-file.js");
    const signIn = oidcSignIn({ environment, region }, signal);
    return needed(await findInProfileFile(profileFile(environment).path, signIn, signal));
  };
}

/**
 * A profile of the vendor's command line (KooCLI, `hcloud`): of `~/.hcloud/config.json` or the file that
 * `HW_SHARED_CONFIG_FILE` names, the profile `HW_PROFILE` or the current one. It must be of mode AKSK or SSO, and
 * not be encrypted (`hcloud configure set --cli-auth-encrypt=false`). Rejects with an Error that says what is wrong.
 *
 * @param region where the profile's project is wanted: it counts only in the profile's own region
 *
 * Source: KooCLI's documentation, and what the vendor's Terraform provider reads of the file.
 */
export function sharedConfigCredentials(
  environment: NodeJS.ProcessEnv = process.env,
  region?: string,
): CredentialsProvider {
  return async ({ signal }) => {
    const { findInSharedConfig, sharedConfigFile } = await import("./shared-config.js");
    return needed(await findInSharedConfig(sharedConfigFile(environment), region, signal));
  };
}

/**
 * The temporary keys of the agency that is bound to this ECS, from the metadata service; the client renews them
 * before they end. Rejects with an Error within 3 s where there is no such service, and when no agency is bound.
 *
 * Source: the metadata accessor of the vendor's Python SDK.
 */
export function metadataCredentials(options: MetadataOptions = {}): CredentialsProvider {
  return async ({ signal }) => {
    const { findInMetadata } = await import("./local-services.js");
    return needed(await findInMetadata(options, signal));
  };
}
