import * as z from "zod/mini";
import { type Call, Caller } from "../calls/caller";
import { debugObserver, type Observer } from "../calls/observe";
import { resolveEndpoints } from "../configuration/environment";
import { defaultTimeouts, Transport } from "../http/transport";
import { type Credentials, concealed } from "./credentials";
import type { OidcIdentity } from "./environment";
import { readTokenFile } from "./files";
import type { DefaultCredentialsOptions } from "./search";
import { CredentialsSession } from "./session";

/**
 * The calls of IAM and STS that give temporary keys, with their wire: on connections of their own, which are rarely
 * needed again.
 */

const moment = z.pipe(
  z.string().check(z.refine((text) => !Number.isNaN(Date.parse(text)), "is not a moment")),
  z.transform((text) => new Date(text)),
);
const text = z.string().check(z.minLength(1));

/** Temporary keys as IAM gives them, and the metadata service those of a server's agency. */
export const temporaryKeyResponse = z.pipe(
  z.object({
    credential: z.object({ access: text, secret: text, securitytoken: text, expires_at: moment }),
  }),
  z.transform(({ credential: { access, secret, securitytoken, expires_at } }) => ({
    accessKey: access,
    secretKey: secret,
    securityToken: securitytoken,
    expiresAt: expires_at,
  })),
);

/** Temporary keys as STS gives them. */
const stsKeyResponse = z.pipe(
  z.object({
    credentials: z.object({
      access_key_id: text,
      secret_access_key: text,
      security_token: text,
      expiration: moment,
    }),
  }),
  z.transform(({ credentials: { access_key_id, secret_access_key, security_token, expiration } }) => ({
    accessKey: access_key_id,
    secretKey: secret_access_key,
    securityToken: security_token,
    expiresAt: expiration,
  })),
);

/** Temporary keys as CCE's agent gives them. Source: what the vendor's SDKs read. */
export const podKeyResponse = z.pipe(
  z.object({
    credentials: z.object({
      accessKeyId: text,
      secretAccessKey: text,
      securityToken: text,
      expiration: moment,
    }),
  }),
  z.transform(({ credentials: { accessKeyId, secretAccessKey, securityToken, expiration } }) => ({
    accessKey: accessKeyId,
    secretKey: secretAccessKey,
    securityToken,
    expiresAt: expiration,
  })),
);

/** The token that IAM gives for an ID token: in a header. */
const subjectTokenResponse = z.pipe(
  z.object({ "x-subject-token": text }),
  z.transform((headers) => headers["x-subject-token"]),
);

/** An agency of IAM's older call, by its name and account, or of STS's, by its URN. */
export type Agency = { readonly durationSeconds: number } & (
  | {
      readonly service: "iam";
      readonly agencyName: string;
      readonly domainId: string | undefined;
      readonly domainName: string | undefined;
    }
  | { readonly service: "sts"; readonly agencyUrn: string; readonly sessionName: string }
);

interface Surroundings {
  readonly environment: NodeJS.ProcessEnv;
  readonly observer: Observer;
  readonly signal: AbortSignal;
}

/** Fetches the keys of an agency with the credentials of a session. */
export function assumeAgency(
  agency: Agency,
  by: Surroundings & { readonly endpoint: string; readonly session: CredentialsSession },
): Promise<Credentials> {
  const call = { operation: "agencies.assume", method: "POST", endpoint: by.endpoint } as const;
  return making(by, async (make) => {
    if (agency.service === "iam") {
      const { agencyName, domainId, domainName, durationSeconds } = agency;
      const source = `agency ${JSON.stringify(agencyName)} of account ${domainId ?? domainName}`;
      const account = domainId ? { domain_id: domainId } : { domain_name: domainName };
      const role = { agency_name: agencyName, ...account, duration_seconds: durationSeconds };
      const key = await make(by.session, {
        ...call,
        doing: `assuming ${source} through IAM`,
        path: "/v3.0/OS-CREDENTIAL/securitytokens",
        body: JSON.stringify({ auth: { identity: { methods: ["assume_role"], assume_role: role } } }),
        response: temporaryKeyResponse,
      });
      return concealed({ ...key, source });
    }
    const { agencyUrn, sessionName, durationSeconds } = agency;
    const key = await make(by.session, {
      ...call,
      doing: `assuming agency ${agencyUrn} through STS`,
      path: "/v5/agencies/assume",
      body: JSON.stringify({
        agency_urn: agencyUrn,
        agency_session_name: sessionName,
        duration_seconds: durationSeconds,
      }),
      response: stsKeyResponse,
    });
    return concealed({ ...key, source: `agency ${agencyUrn}` });
  });
}

/** How long keys are to be valid that IAM gives for an ID token, in seconds. */
const keyLifetime = 3_600;

/**
 * Exchanges an ID token for temporary keys. STS gives them at once; IAM gives a token first, and keys for that.
 *
 * Source: the accessors of the vendor's Python SDK; POST /v5/agencies/assume-with-oidc of STS's API,
 * /v3.0/OS-AUTH/id-token/tokens and /v3.0/OS-CREDENTIAL/securitytokens of IAM's.
 *
 * @param iamEndpoint the one that goes with it
 */
export async function signInThroughOidc(
  oidc: OidcIdentity,
  options: DefaultCredentialsOptions,
  signal: AbortSignal,
  iamEndpoint?: string,
): Promise<Credentials> {
  const { environment = process.env, cloud } = options;
  const region = options.region ?? environment.HW_REGION_NAME;
  if (!region) throw new Error("signing in through OIDC: no region is known, so set HW_REGION_NAME");
  const endpoints = resolveEndpoints(region, environment, { iam: options.iamEndpoint, cloud }, iamEndpoint);
  const { idToken } = oidc;
  const namedBy = "file" in idToken ? `${idToken.namedBy}: ${idToken.file}` : idToken.namedBy;
  const token =
    "file" in idToken ? await readTokenFile(idToken.file, idToken.namedBy, signal) : idToken.token;
  const session = new CredentialsSession(() => ({ idToken: token, source: `the ID token (${namedBy})` }));
  const call = { operation: "oidc.signIn", method: "POST" } as const;
  return making({ environment, observer: {}, signal }, async (make) => {
    if (oidc.service === "sts") {
      const key = await make(session, {
        ...call,
        doing: `assuming agency ${oidc.agencyUrn} through OIDC`,
        endpoint: endpoints.sts,
        path: "/v5/agencies/assume-with-oidc",
        body: JSON.stringify({
          provider_urn: oidc.providerUrn,
          agency_urn: oidc.agencyUrn,
          agency_session_name: oidc.sessionName,
          id_token: token,
          duration_seconds: oidc.durationSeconds,
          policy: oidc.policy,
          policy_ids: oidc.policyIds,
        }),
        response: stsKeyResponse,
      });
      return concealed({
        ...key,
        source: `agency ${oidc.agencyUrn}, assumed with the ID token (${namedBy})`,
      });
    }
    const { idpId } = oidc;
    const provider = `identity provider ${JSON.stringify(idpId)}`;
    const about = { ...call, doing: `signing in through ${provider}`, endpoint: endpoints.iam };
    const authToken = await make(session, {
      ...about,
      path: "/v3.0/OS-AUTH/id-token/tokens",
      headers: { "x-idp-id": idpId },
      body: JSON.stringify({ auth: { id_token: { id: token } } }),
      response: subjectTokenResponse,
      readsHeaders: true,
    });
    const source = `${provider}, for the ID token (${namedBy})`;
    // The documentation wants the token in a header; the vendor's SDKs send it in the body alone.
    const identity = { methods: ["token"], token: { id: authToken, duration_seconds: keyLifetime } };
    const key = await make(new CredentialsSession(() => ({ authToken, source })), {
      ...about,
      path: "/v3.0/OS-CREDENTIAL/securitytokens",
      body: JSON.stringify({ auth: { identity } }),
      response: temporaryKeyResponse,
    });
    return concealed({ ...key, source });
  });
}

type Make = <T>(session: CredentialsSession, call: Call<T>) => Promise<T>;

async function making<T>({ environment, observer, signal }: Surroundings, work: (make: Make) => Promise<T>) {
  const transport = new Transport({ timeouts: defaultTimeouts, environment });
  try {
    return await work((session, call) => {
      const caller = new Caller({
        transport,
        credentials: session,
        observer: debugObserver(environment, observer),
        maxRetries: 5,
        callTimeout: defaultTimeouts.call,
      });
      return caller.call(call, { signal });
    });
  } finally {
    await transport.close();
  }
}
