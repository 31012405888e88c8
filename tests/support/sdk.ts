import * as z from "zod/mini";
import { type Call, Caller, type CallerOptions } from "../../sdk/calls/caller";
import { AutoScalingClient, type AutoScalingClientOptions } from "../../sdk/client";
import type { CredentialsProvider } from "../../sdk/credentials/credentials";
import { CredentialsSession } from "../../sdk/credentials/session";
import { type Timeouts, Transport } from "../../sdk/http/transport";

export const groupId = "e5d27f5c-dd76-4a61-b4bc-a67c5686719a";
const projectId = "0123456789abcdef0123456789abcdef";
export const keys = { accessKey: "AKIDEXAMPLE0000000001", secretKey: "made-up-secret-key-of-the-tests" };
const short: Timeouts = { connect: 2_000, headers: 2_000, body: 2_000, call: 5_000 };

/** What a hook is created with. */
export const hookInput = {
  lifecycleHookName: "drain",
  lifecycleHookType: "INSTANCE_TERMINATING",
  notificationTopicUrn: `urn:smn:cn-north-4:${projectId}:topic`,
} as const;

/** A hook as the service describes it. */
export const wireHook = {
  lifecycle_hook_name: "drain",
  lifecycle_hook_type: "INSTANCE_TERMINATING",
  default_result: "ABANDON",
  default_timeout: 3600,
  notification_topic_urn: `urn:smn:cn-north-4:${projectId}:topic`,
  notification_topic_name: "topic",
  notification_metadata: null,
  create_time: "2026-01-02T03:04:05Z",
};

/** A client of a server of the test's own. Nothing of the process's environment reaches it. */
export function clientOf(server: { readonly url: string }, options: Partial<AutoScalingClientOptions> = {}) {
  return new AutoScalingClient({
    region: "cn-north-4",
    projectId,
    credentials: keys,
    endpoint: server.url,
    iamEndpoint: server.url,
    environment: {},
    maxRetries: 0,
    timeouts: short,
    ...options,
  });
}

/** A caller whose delays between tries are nothing, unless `random` says so. */
export function callerOf(
  options: Partial<CallerOptions> & {
    readonly environment?: NodeJS.ProcessEnv;
    readonly timeouts?: Partial<Timeouts>;
  } = {},
) {
  const { environment = {}, timeouts, ...rest } = options;
  const transport = new Transport({ timeouts: { ...short, ...timeouts }, environment });
  const caller = new Caller({
    transport,
    credentials: new CredentialsSession(() => keys),
    observer: {},
    maxRetries: 3,
    callTimeout: 5_000,
    random: () => 0,
    ...rest,
  });
  return Object.assign(caller, { [Symbol.asyncDispose]: () => transport.close() });
}

/** A call that may be repeated. */
export function readCall(server: { readonly url: string }, more: Partial<Call<unknown>> = {}): Call<unknown> {
  return {
    operation: "lifecycleHooks.list",
    doing: "listing",
    method: "GET",
    endpoint: server.url,
    path: "/hooks",
    response: z.unknown(),
    ...more,
  };
}

/** A call that must not be repeated. */
export function createCall(
  server: { readonly url: string },
  more: Partial<Call<unknown>> = {},
): Call<unknown> {
  return readCall(server, {
    operation: "lifecycleHooks.create",
    doing: "creating",
    method: "POST",
    body: "{}",
    ...more,
  });
}

/** What a source of credentials gives. */
export async function given(provider: CredentialsProvider, signal = new AbortController().signal) {
  return provider({ signal });
}

/** What a promise rejects with. */
export async function rejection(promise: unknown): Promise<Error> {
  const outcome = await Promise.resolve(promise).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof Error) return outcome;
  throw new Error(`it did not reject with an Error, but: ${String(outcome)}`);
}
