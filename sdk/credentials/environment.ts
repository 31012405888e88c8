import type { Credentials } from "./credentials";

/** The two families of names: the Terraform provider's, then the vendor's SDKs'. */
const families = [
  { accessKey: "HW_ACCESS_KEY", secretKey: "HW_SECRET_KEY", securityToken: "HW_SECURITY_TOKEN" },
  {
    accessKey: "HUAWEICLOUD_SDK_AK",
    secretKey: "HUAWEICLOUD_SDK_SK",
    securityToken: "HUAWEICLOUD_SDK_SECURITY_TOKEN",
  },
] as const;

/** What `environmentCredentials` looks at, in its order. */
export const credentialVariables =
  "HW_AUTH_TOKEN, HW_ACCESS_KEY and HW_SECRET_KEY, HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK";

/**
 * Credentials from environment variables: an IAM token, else an AK/SK pair of one family. `undefined` when
 * none are set. Half a pair is an error: completing it from elsewhere would mix two accounts.
 */
export function environmentCredentials(environment: NodeJS.ProcessEnv): Credentials | undefined {
  const authToken = environment.HW_AUTH_TOKEN;
  if (authToken) return { authToken, source: "the environment (HW_AUTH_TOKEN)" };
  for (const names of families) {
    const accessKey = environment[names.accessKey];
    const secretKey = environment[names.secretKey];
    if (accessKey && secretKey) {
      return {
        accessKey,
        secretKey,
        securityToken: environment[names.securityToken] || undefined,
        source: `the environment (${names.accessKey}, ${names.secretKey})`,
      };
    }
    if (accessKey || secretKey) {
      const [given, missing] = accessKey
        ? [names.accessKey, names.secretKey]
        : [names.secretKey, names.accessKey];
      throw new Error(`the environment has ${given} but not ${missing}: set both, or neither`);
    }
  }
  return undefined;
}
