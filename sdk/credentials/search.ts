import { type Credentials, needed, type SourceResult } from "./credentials";
import { credentialVariables, type OidcSignIn, oidcIdentity, podIdentity } from "./environment";
import { findInProfileFile, profileFile } from "./profile-file";
import { findInSharedConfig, sharedConfigFile } from "./shared-config";

/** How the metadata service is reached. */
export interface MetadataOptions {
  /** Its address. @default "http://169.254.169.254", the same on every server */
  readonly endpoint?: string | undefined;
  /** Milliseconds for each of its two requests. @default 3000 */
  readonly timeout?: number | undefined;
}

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

/** The usual sources after the environment's keys, in the order that `defaultCredentials` documents. */
export async function searchFurther(
  environment: NodeJS.ProcessEnv,
  { region, metadata = {} }: DefaultCredentialsOptions,
  signIn: OidcSignIn,
  signal: AbortSignal,
): Promise<Credentials> {
  const identity = oidcIdentity(environment);
  if (identity !== undefined) return signIn(identity);
  const profile = profileFile(environment);
  const shared = sharedConfigFile(environment);
  const inProfileFile = () => findInProfileFile(profile.path, signIn, signal);
  const inSharedConfig = () => findInSharedConfig(shared, region, signal);
  if (profile.named) return needed(await inProfileFile(), "HUAWEICLOUD_SDK_CREDENTIALS_FILE");
  if (shared.named) return needed(await inSharedConfig(), shared.askedBy);

  const reasons = [`the environment: none of ${credentialVariables} is set`];
  const inPod = () => findInPod(environment, signal);
  const inMetadata = () => findOnServer(environment, metadata, signal);
  for (const look of [inProfileFile, inSharedConfig, inPod, inMetadata]) {
    const result: SourceResult = await look();
    if ("credentials" in result) return result.credentials;
    reasons.push(result.nothing);
  }
  throw new Error(
    `no credentials found; looked in ${reasons.map((text, index) => `(${index + 1}) ${text}`).join("; ")}`,
  );
}

/** Before the server's own agency, which is another identity than the pod's. */
async function findInPod(environment: NodeJS.ProcessEnv, signal: AbortSignal): Promise<SourceResult> {
  const identity = podIdentity(environment);
  if (identity === undefined) {
    return { nothing: "the pod identity of CCE: HC_CONTAINER_CREDENTIALS_FULL_URI is not set" };
  }
  const { findPodIdentity } = await import("./local-services.js");
  return {
    credentials: needed(await findPodIdentity(identity, signal), "HC_CONTAINER_CREDENTIALS_FULL_URI"),
  };
}

async function findOnServer(
  { HW_METADATA_DISABLED: disabled }: NodeJS.ProcessEnv,
  metadata: MetadataOptions,
  signal: AbortSignal,
): Promise<SourceResult> {
  if (disabled === "1" || disabled?.toLowerCase() === "true") {
    return { nothing: "the ECS metadata service: not asked, since HW_METADATA_DISABLED is set" };
  }
  const { findInMetadata } = await import("./local-services.js");
  return findInMetadata(metadata, signal);
}
