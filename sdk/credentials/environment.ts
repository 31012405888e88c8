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

/** The variables that sign in, in their order. */
export const credentialVariables =
  "HW_AUTH_TOKEN, HW_ACCESS_KEY and HW_SECRET_KEY, HUAWEICLOUD_OIDC_PROVIDER_URN and HUAWEICLOUD_OIDC_AGENCY_URN, HUAWEICLOUD_SDK_IDP_ID and HUAWEICLOUD_SDK_ID_TOKEN_FILE, HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK";

/**
 * Credentials from environment variables: the IAM token in `HW_AUTH_TOKEN`; else the pair in `HW_ACCESS_KEY`,
 * `HW_SECRET_KEY` and, for a temporary one, `HW_SECURITY_TOKEN`; else that in `HUAWEICLOUD_SDK_AK`,
 * `HUAWEICLOUD_SDK_SK` and `HUAWEICLOUD_SDK_SECURITY_TOKEN`. `undefined` when none are set, or when the vendor's SDKs
 * would sign in through OIDC rather than with their pair; an empty variable is not set. Half a pair throws an Error:
 * completing it from elsewhere would mix two accounts.
 *
 * Source: the variables of the vendor's Terraform provider and of its SDKs, and the former's order.
 */
export function environmentCredentials(
  environment: NodeJS.ProcessEnv = process.env,
): Credentials | undefined {
  const authToken = environment.HW_AUTH_TOKEN;
  if (authToken) return concealed({ authToken, source: "the environment (HW_AUTH_TOKEN)" });
  for (const { accessKey, secretKey, securityToken } of families) {
    if (accessKey === "HUAWEICLOUD_SDK_AK" && oidcIdentity(environment) !== undefined) return undefined;
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

/** An ID token, or the file that has it: read anew for each sign-in, since what puts it there renews it. */
type IdTokenSource =
  | { readonly token: string; readonly namedBy: string }
  | { readonly file: string; readonly namedBy: string };

/** Signing in through an identity provider of OpenID Connect: its ID token is exchanged for temporary keys. */
export type OidcIdentity = {
  readonly idToken: IdTokenSource;
} & (
  | {
      /** Through the Security Token Service, as an agency that trusts the provider. */
      readonly service: "sts";
      readonly providerUrn: string;
      readonly agencyUrn: string;
      readonly sessionName: string;
      readonly durationSeconds: number;
      readonly policy: string | undefined;
      readonly policyIds: readonly string[] | undefined;
    }
  | {
      /** Through IAM, as the user groups to which the provider's rules map the token. */
      readonly service: "iam";
      readonly idpId: string;
    }
);

/** Signs in with an identity. @param iamEndpoint the one that goes with it */
export type OidcSignIn = (identity: OidcIdentity, iamEndpoint?: string) => Promise<Credentials>;

/**
 * How the vendor's SDKs would sign in through OIDC in this environment: through STS (`HUAWEICLOUD_OIDC_…`), else through
 * IAM (`HUAWEICLOUD_SDK_IDP_ID`). Their variables are used whole or not at all.
 *
 * @throws Error that names what is missing, or can't be used
 */
export function oidcIdentity(environment: NodeJS.ProcessEnv): OidcIdentity | undefined {
  return stsIdentity(environment) ?? iamIdentity(environment);
}

function stsIdentity(environment: NodeJS.ProcessEnv): OidcIdentity | undefined {
  const tokenVariable = environment.HUAWEICLOUD_OIDC_ID_TOKEN
    ? "HUAWEICLOUD_OIDC_ID_TOKEN"
    : "HUAWEICLOUD_OIDC_TOKEN_FILE";
  const set = allOrNone(
    "the environment",
    variables(environment, "HUAWEICLOUD_OIDC_PROVIDER_URN", "HUAWEICLOUD_OIDC_AGENCY_URN", tokenVariable),
  );
  if (set === undefined) return undefined;
  const [providerUrn = "", agencyUrn = "", token = ""] = set;
  const sessionName = environment.HUAWEICLOUD_OIDC_SESSION_NAME || "pulumi-huaweicloud-as";
  if (!/^[\w+=,.@-]{2,128}$/.test(sessionName)) {
    throw new Error(
      "HUAWEICLOUD_OIDC_SESSION_NAME has not 2 to 128 letters, digits or characters of _+=,.@-",
    );
  }
  const duration = environment.HUAWEICLOUD_OIDC_DURATION_SECONDS || "3600";
  const durationSeconds = Number(duration);
  if (!/^\d{3,5}$/.test(duration) || durationSeconds < 900 || durationSeconds > 43_200) {
    throw new Error(
      `HUAWEICLOUD_OIDC_DURATION_SECONDS ${JSON.stringify(duration)} is not a number from 900 to 43200`,
    );
  }
  const policyIds = environment.HUAWEICLOUD_OIDC_POLICY_IDS?.split(",")
    .map((id) => id.trim())
    .filter((id) => id !== "");
  return {
    service: "sts",
    providerUrn,
    agencyUrn,
    idToken:
      tokenVariable === "HUAWEICLOUD_OIDC_ID_TOKEN"
        ? { token, namedBy: tokenVariable }
        : { file: token, namedBy: tokenVariable },
    sessionName,
    durationSeconds,
    policy: environment.HUAWEICLOUD_OIDC_POLICY || undefined,
    policyIds: policyIds?.length ? policyIds : undefined,
  };
}

function iamIdentity(environment: NodeJS.ProcessEnv): OidcIdentity | undefined {
  const namedBy = "HUAWEICLOUD_SDK_ID_TOKEN_FILE";
  const [idpId, file] =
    allOrNone("the environment", variables(environment, "HUAWEICLOUD_SDK_IDP_ID", namedBy)) ?? [];
  if (idpId === undefined || file === undefined) return undefined;
  return { service: "iam", idpId, idToken: { file, namedBy } };
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
