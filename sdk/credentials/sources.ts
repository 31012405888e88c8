import type { CredentialsProvider } from "./credentials";
import type { MetadataOptions } from "./metadata";

/*
 * Places in which credentials may be, each as a provider. Their code is loaded when they are first asked, so that
 * loading the client costs nothing for what it does not use.
 */

/**
 * The profile file of the vendor's SDKs, `~/.huaweicloud/credentials` or the one that
 * `HUAWEICLOUD_SDK_CREDENTIALS_FILE` names: `ak`, `sk`, `security_token` and `project_id` in the section `[basic]`.
 * Rejects with an Error that names the file and what is wrong with it.
 *
 * Source: the credential providers of the vendor's Python SDK.
 */
export function profileCredentials(environment: NodeJS.ProcessEnv = process.env): CredentialsProvider {
  return async ({ signal }) => {
    const [{ findInProfileFile, profileFile }, { needed }] = await Promise.all([
      import("./profile-file.js"),
      import("./finding.js"),
    ]);
    return needed(await findInProfileFile(profileFile(environment).path, signal));
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
    const [{ findInSharedConfig, sharedConfigFile }, { needed }] = await Promise.all([
      import("./shared-config.js"),
      import("./finding.js"),
    ]);
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
    const [{ findInMetadata }, { needed }] = await Promise.all([
      import("./metadata.js"),
      import("./finding.js"),
    ]);
    return needed(await findInMetadata(options, signal));
  };
}
