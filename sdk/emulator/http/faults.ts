import type { Interceptor, Reaction } from "./interception";

/** A fault on demand: which requests have it, and what it is. */
export interface Fault {
  /** Only requests of this method. */
  readonly method?: string | undefined;
  /** Only requests whose path has this in it, such as `scaling_lifecycle_hook`. */
  readonly path?: string | undefined;
  /** So many such requests pass first. @default 0 */
  readonly after?: number | undefined;
  /** So many have it. @default all */
  readonly count?: number | undefined;
  /** Each has it with this probability. @default 1 */
  readonly probability?: number | undefined;
  /** Makes the draws of `probability` the same each time. @default 1 */
  readonly seed?: number | undefined;
  /** The status of the answer that takes the place of the API's. */
  readonly status?: number | undefined;
  /** The code in its body. @default one that is usual for the status */
  readonly code?: string | undefined;
  /** The seconds of its `Retry-After`. @default the header is not sent */
  readonly retryAfter?: number | undefined;
  /** Resets the connection, before or after the request took effect. */
  readonly drop?: "before" | "after" | undefined;
  /** Ends the connection in the middle of the answer. */
  readonly truncate?: boolean | undefined;
  /** Milliseconds by which the answer is late. */
  readonly delay?: number | undefined;
}

/** An interceptor that makes a fault happen. @throws Error when the fault does nothing */
export function faultInterceptor(fault: Fault): Interceptor {
  const { method, path = "", after = 0, count = Number.POSITIVE_INFINITY, probability = 1 } = fault;
  const reaction = reactionOf(fault);
  const draw = draws(fault.seed ?? 1);
  let seen = 0;
  let made = 0;
  return (request) => {
    if (method !== undefined && request.method !== method.toUpperCase()) return undefined;
    if (!request.path.includes(path) || ++seen <= after || made >= count) return undefined;
    if (draw() >= probability) return undefined;
    made++;
    return reaction;
  };
}

/** The keys of a fault as text, for a command line: `status=503,count=2`. @throws Error that names what is wrong */
export function parseFault(text: string): Fault {
  const pairs = text.split(",").map((pair) => pair.split("="));
  return checkedFault(Object.fromEntries(pairs.map(([key, value]) => [key, value ?? "true"])));
}

/** A fault out of anything. @throws Error that names what is wrong */
export function checkedFault(given: Readonly<Record<string, unknown>>): Fault {
  const entries = Object.entries(given).map(([key, value]) => {
    const check = checks[key];
    if (check === undefined)
      throw new Error(`a fault has no ${key}; it has ${Object.keys(checks).join(", ")}`);
    const checked = check(value);
    if (checked === undefined) throw new Error(`${key}=${String(value)} is no value of a fault`);
    return [key, checked];
  });
  const fault = Object.fromEntries(entries) as Fault;
  reactionOf(fault);
  return fault;
}

const number = (most: number) => (value: unknown) => {
  const given = value === "" ? Number.NaN : Number(value);
  return given >= 0 && given <= most ? given : undefined;
};
const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
const endless = Number.MAX_SAFE_INTEGER;

const checks: Readonly<Record<string, (value: unknown) => unknown>> = {
  method: text,
  path: text,
  after: number(endless),
  count: number(endless),
  probability: number(1),
  seed: number(endless),
  status: (value) => (Number(value) >= 200 ? number(599)(value) : undefined),
  code: text,
  retryAfter: number(endless),
  drop: (value) => (value === "before" || value === "after" ? value : undefined),
  truncate: (value) => (String(value) === "true" ? true : undefined),
  delay: number(endless),
};

function reactionOf({ status, code, retryAfter, drop, truncate, delay }: Fault): Reaction {
  if (status !== undefined) {
    const usual = status === 429 ? "APIGW.0308" : status >= 500 ? "AS.0001" : "AS.0007";
    const headers = retryAfter === undefined ? {} : { "Retry-After": String(retryAfter) };
    return {
      answer: { status, headers, body: errorBody(code ?? usual) },
      ...(delay === undefined ? {} : { delay }),
    };
  }
  if (drop !== undefined) return { drop };
  if (truncate === true) return { truncate };
  if (delay !== undefined) return { delay };
  throw new Error("a fault needs status, drop, truncate or delay");
}

/** Each of the platform's parts has a body of its own for its codes. */
function errorBody(code: string): unknown {
  const message = "A fault on demand.";
  return code.startsWith("APIGW") ? { error_code: code, error_msg: message } : { error: { code, message } };
}

/** Numbers from 0 to 1 that look random and follow from the seed (mulberry32). */
function draws(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
