/** What a server sends back. */
export interface Answer {
  readonly status: number;
  /** Besides `Content-Type`, `Date` and `X-Request-Id`, which are always sent; may replace the first two. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** A string is sent as it is, anything else as JSON; `undefined` sends no body. */
  readonly body?: unknown;
}

/** The code that an error's body carries, whichever of the platform's shapes it has. */
export function codeOf(body: unknown): string | undefined {
  if (!isRecord(body)) return undefined;
  const { code, error_code } = isRecord(body.error) ? body.error : body;
  if (typeof error_code === "string") return error_code;
  return typeof code === "string" ? code : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
