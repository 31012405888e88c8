import { Caller } from "../caller";
import { debugObserver, type Observer } from "../observe";
import { assumedAgencyResponse, temporaryKeyResponse } from "../schemas";
import { defaultTimeouts, Transport } from "../transport";
import { type Credentials, concealed } from "./credentials";
import type { CredentialsSession } from "./session";

/** The call that assumes an agency. */
export interface AgencyCall {
  /** Which of the two services is asked; each answers in a form of its own. */
  readonly service: "iam" | "sts";
  /** Begins every error's message. */
  readonly doing: string;
  readonly endpoint: string;
  readonly path: string;
  readonly body: object;
  /** What the keys are said to come from. */
  readonly source: string;
}

/** With what it is made. */
export interface AgencyCaller {
  /** The credentials that sign it. */
  readonly session: CredentialsSession;
  readonly environment: NodeJS.ProcessEnv;
  readonly observer: Observer;
  readonly signal: AbortSignal;
}

/** Fetches the keys of an agency: one POST on a connection of its own, which is rarely needed again. */
export async function assumeAgency(call: AgencyCall, by: AgencyCaller): Promise<Credentials> {
  const transport = new Transport({ timeouts: defaultTimeouts, environment: by.environment });
  try {
    const caller = new Caller({
      transport,
      credentials: by.session,
      observer: debugObserver(by.environment, by.observer),
      maxRetries: 5,
      callTimeout: defaultTimeouts.call,
    });
    const key = await caller.call(
      {
        operation: "agencies.assume",
        doing: call.doing,
        method: "POST",
        endpoint: call.endpoint,
        path: call.path,
        body: JSON.stringify(call.body),
        response: call.service === "iam" ? temporaryKeyResponse : assumedAgencyResponse,
      },
      { signal: by.signal },
    );
    return concealed({ ...key, source: call.source });
  } finally {
    await transport.close();
  }
}
