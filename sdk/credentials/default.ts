import type { CredentialsProvider } from "./credentials";
import { credentialVariables, environmentCredentials } from "./environment";

/** The usual places, in the vendor's order. Rejects with what was looked for, and where, when all are empty. */
export function defaultCredentials(environment: NodeJS.ProcessEnv): CredentialsProvider {
  return () => {
    const credentials = environmentCredentials(environment);
    if (credentials !== undefined) return credentials;
    throw new Error(`no credentials found; looked in the environment for ${credentialVariables}`);
  };
}
