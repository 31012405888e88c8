import * as z from "zod/mini";
import { type FailedCall, requestIdOf } from "../errors/classify";
import { InvalidResponseError } from "../errors/errors";
import type { HttpResponse } from "../http/exchange";
import type { CallDescription } from "./operations";

/** A call, and the success that it expects. */
export interface ExpectingCall<T> extends CallDescription {
  /** Of the body, or of the headers; `undefined` is the body of calls that answer nothing. */
  readonly response: z.ZodMiniType<T>;
  /** Whether the success is told in the headers. @default false */
  readonly readsHeaders?: boolean;
}

/** zod/mini has no messages; they are passed with each parse, so that the user's own zod is left alone. */
const { localeError: error } = z.locales.en();

/** Parses a value by a schema; problems are told in English. */
export function parse<Output>(schema: z.ZodMiniType<Output>, value: unknown) {
  return schema.safeParse(value, { error });
}

export function isSuccess({ status }: HttpResponse): boolean {
  return status >= 200 && status < 300;
}

/** The value that a success describes. Throws an `InvalidResponseError` where its body is not what the API documents. */
export function parseResponse<T>(
  call: ExpectingCall<T>,
  response: HttpResponse,
  secrets: FailedCall["secrets"],
): T {
  const body = response.status === 204 ? undefined : json(response.body);
  const parsed = parse(call.response, call.readsHeaders ? response.headers : body);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.join(".") || "the body"}: ${message}`);
  const requestId = requestIdOf(response, secrets);
  throw new InvalidResponseError(
    `${call.doing}: it succeeded, but the response is not what the API documents (${fields.join("; ")})`,
    { operation: call.operation, status: response.status, requestId },
  );
}

/** `undefined` when it is no JSON; the schema then says what it wanted. */
function json(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

export function dateOf({ headers: { date } }: HttpResponse): Date | undefined {
  const moment = typeof date === "string" ? new Date(date) : undefined;
  return Number.isNaN(moment?.getTime()) ? undefined : moment;
}
