import type { Credentials } from "./credentials";
import type { DefaultCredentialsOptions } from "./default";
import { credentialVariables } from "./environment";
import { type Finding, needed } from "./finding";
import { findInMetadata } from "./metadata";
import { findInProfileFile, profileFile } from "./profile-file";
import { findInSharedConfig, sharedConfigFile } from "./shared-config";

/** The usual places after the environment, in the order that `defaultCredentials` documents. */
export async function searchFurther(
  environment: NodeJS.ProcessEnv,
  { region, metadata }: DefaultCredentialsOptions,
  signal: AbortSignal,
): Promise<Credentials> {
  const profile = profileFile(environment);
  const shared = sharedConfigFile(environment);
  const inProfileFile = () => findInProfileFile(profile.path, signal);
  const inSharedConfig = () => findInSharedConfig(shared, region, signal);
  if (profile.named) return needed(await inProfileFile(), "HUAWEICLOUD_SDK_CREDENTIALS_FILE");
  if (shared.named) return needed(await inSharedConfig(), shared.askedBy);

  const outcomes = [`the environment: none of ${credentialVariables} is set`];
  const inMetadata = async (): Promise<Finding> =>
    isTrue(environment.HW_METADATA_DISABLED)
      ? { nothing: "the ECS metadata service: not asked, since HW_METADATA_DISABLED is set" }
      : findInMetadata(metadata ?? {}, signal);
  for (const look of [inProfileFile, inSharedConfig, inMetadata]) {
    const finding: Finding = await look();
    if ("credentials" in finding) return finding.credentials;
    outcomes.push(finding.nothing);
  }
  throw new Error(
    `no credentials found; looked in ${outcomes.map((text, index) => `(${index + 1}) ${text}`).join("; ")}`,
  );
}

function isTrue(text: string | undefined): boolean {
  return text === "1" || text?.toLowerCase() === "true";
}
