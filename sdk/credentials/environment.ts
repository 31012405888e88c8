import { allOrNone, type Credentials, concealed, wholePair } from "./credentials";

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
 * Credentials from environment variables: the IAM token in `HW_AUTH_TOKEN`; else the pair in `HW_ACCESS_KEY`,
 * `HW_SECRET_KEY` and, for a temporary one, `HW_SECURITY_TOKEN`; else that in `HUAWEICLOUD_SDK_AK`,
 * `HUAWEICLOUD_SDK_SK` and `HUAWEICLOUD_SDK_SECURITY_TOKEN`. `undefined` when none are set; an empty variable is
 * not set. Half a pair throws an Error: completing it from elsewhere would mix two accounts.
 *
 * Source: the variables of the vendor's Terraform provider and of its SDKs, and the former's order.
 */
export function environmentCredentials(
  environment: NodeJS.ProcessEnv = process.env,
): Credentials | undefined {
  const authToken = environment.HW_AUTH_TOKEN;
  if (authToken) return concealed({ authToken, source: "the environment (HW_AUTH_TOKEN)" });
  for (const { accessKey, secretKey, securityToken } of families) {
    const pair = wholePair("the environment", {
      accessKey: { name: accessKey, value: environment[accessKey] },
      secretKey: { name: secretKey, value: environment[secretKey] },
      securityToken: { name: securityToken, value: environment[securityToken] },
    });
    if (pair !== undefined)
      return concealed({ ...pair, source: `the environment (${accessKey}, ${secretKey})` });
  }
  return undefined;
}

/** Where CCE's agent gives a pod its keys, and the token that it wants for them. */
export interface PodIdentity {
  readonly uri: string;
  readonly tokenFile: string;
}

/** What the environment of a pod says, as CCE sets it. @throws Error when one of the two variables is missing */
export function podIdentity(environment: NodeJS.ProcessEnv): PodIdentity | undefined {
  const [uri, tokenFile] =
    allOrNone(
      "the environment",
      variables(environment, "HC_CONTAINER_CREDENTIALS_FULL_URI", "HC_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
    ) ?? [];
  return uri === undefined || tokenFile === undefined ? undefined : { uri, tokenFile };
}

function variables(environment: NodeJS.ProcessEnv, ...names: readonly string[]) {
  return names.map((name) => ({ name, value: environment[name] }));
}
