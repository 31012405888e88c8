import { type Call, Caller } from "../caller";
import { resolveEndpoints } from "../environment";
import { debugObserver, type Observer } from "../observe";
import { assumedAgencyResponse, subjectTokenResponse, temporaryKeyResponse } from "../schemas";
import { defaultTimeouts, Transport } from "../transport";
import { type Credentials, concealed } from "./credentials";
import type { OidcIdentity } from "./environment";
import { readTokenFile } from "./files";
import type { DefaultCredentialsOptions } from "./search";
import { CredentialsSession } from "./session";

/** The calls of IAM and STS that give temporary keys, on connections of their own, which are rarely needed again. */

/** The call that assumes an agency. */
export interface AgencyCall {
  /** Which of the two services is asked; each answers in a form of its own. */
  readonly service: "iam" | "sts";
  /** Begins every error's message. */
  readonly doing: string;
  readonly endpoint: string;
  readonly path: string;
  readonly body: object;
  /** The source of the keys, for messages. */
  readonly source: string;
}

interface Surroundings {
  readonly environment: NodeJS.ProcessEnv;
  readonly observer: Observer;
  readonly signal: AbortSignal;
}

/** Fetches the keys of an agency with the credentials of a session. */
export function assumeAgency(
  call: AgencyCall,
  by: Surroundings & { readonly session: CredentialsSession },
): Promise<Credentials> {
  return making(by, async (make) => {
    const key = await make(by.session, {
      operation: "agencies.assume",
      doing: call.doing,
      method: "POST",
      endpoint: call.endpoint,
      path: call.path,
      body: JSON.stringify(call.body),
      response: call.service === "iam" ? temporaryKeyResponse : assumedAgencyResponse,
    });
    return concealed({ ...key, source: call.source });
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
 * @param iamEndpoint the one that goes with the identity
 */
export async function signInThroughOidc(
  identity: OidcIdentity,
  options: DefaultCredentialsOptions,
  signal: AbortSignal,
  iamEndpoint?: string,
): Promise<Credentials> {
  const { environment = process.env, cloud } = options;
  const region = options.region ?? environment.HW_REGION_NAME;
  if (!region) throw new Error("signing in through OIDC: no region is known, so set HW_REGION_NAME");
  const endpoints = resolveEndpoints(region, environment, { iam: options.iamEndpoint, cloud }, iamEndpoint);
  const { idToken } = identity;
  const namedBy = "file" in idToken ? `${idToken.namedBy}: ${idToken.file}` : idToken.namedBy;
  const token =
    "file" in idToken ? await readTokenFile(idToken.file, idToken.namedBy, signal) : idToken.token;
  const session = new CredentialsSession(() => ({ idToken: token, source: `the ID token (${namedBy})` }));
  return making({ environment, observer: {}, signal }, async (make) => {
    if (identity.service === "sts") {
      const source = `agency ${identity.agencyUrn}, assumed with the ID token (${namedBy})`;
      const key = await make(session, {
        operation: "oidc.signIn",
        doing: `assuming agency ${identity.agencyUrn} through OIDC`,
        method: "POST",
        endpoint: endpoints.sts,
        path: "/v5/agencies/assume-with-oidc",
        body: JSON.stringify({
          provider_urn: identity.providerUrn,
          agency_urn: identity.agencyUrn,
          agency_session_name: identity.sessionName,
          id_token: token,
          duration_seconds: identity.durationSeconds,
          policy: identity.policy,
          policy_ids: identity.policyIds,
        }),
        response: assumedAgencyResponse,
      });
      return concealed({ ...key, source });
    }
    const about = {
      operation: "oidc.signIn",
      doing: `signing in through identity provider ${JSON.stringify(identity.idpId)}`,
      method: "POST",
      endpoint: endpoints.iam,
    } as const;
    const authToken = await make(session, {
      ...about,
      path: "/v3.0/OS-AUTH/id-token/tokens",
      headers: { "x-idp-id": identity.idpId },
      body: JSON.stringify({ auth: { id_token: { id: token } } }),
      response: subjectTokenResponse,
      readsHeaders: true,
    });
    const source = `identity provider ${JSON.stringify(identity.idpId)}, for the ID token (${namedBy})`;
    const methods = { methods: ["token"], token: { duration_seconds: keyLifetime } };
    const key = await make(new CredentialsSession(() => ({ authToken, source })), {
      ...about,
      path: "/v3.0/OS-CREDENTIAL/securitytokens",
      body: JSON.stringify({ auth: { identity: methods } }),
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
