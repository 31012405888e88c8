/** What a server sends back. */
export interface Answer {
  readonly status: number;
  /** Besides `Content-Type`, `Date` and `X-Request-Id`, which are always sent; may replace the first two. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** A string is sent as it is, anything else as JSON; `undefined` sends no body. */
  readonly body?: unknown;
}

/**
 * The service's refusals: code, status and text. The texts are those of the vendor's error code pages, word for
 * word where a page has them. Source: the error codes of the API reference (2.2 to 2.4 of ours).
 */
const autoScaling = {
  "AS.0001": [500, "System error."],
  "AS.0002": [400, "Request body is null."],
  "AS.0005": [401, "The token of the header in the request is null."],
  "AS.0006": [401, "The token of the header in the request is incorrect."],
  "AS.0007": [404, "The requested resource [%s] could not be found."],
  "AS.0008": [400, "Incorrect ProjectID."],
  "AS.0022": [400, "Request body error"],
  "AS.2007": [400, "The AS group does not exist."],
  "AS.2033": [
    400,
    "You are not allowed to perform the operation when the AS group is in current [%s] status.",
  ],
  "AS.7025": [400, "The topic urn is not valid."],
  "AS.7030": [400, "Invalid lifecycle hook default timeout."],
  "AS.7031": [400, "Invalid lifecycle hook name."],
  "AS.7032": [400, "The name of the lifecycle hook is empty."],
  "AS.7033": [400, "Invalid lifecycle hook type."],
  "AS.7034": [400, "Invalid lifecycle hook callback action result."],
  "AS.7035": [400, "The metadata of the lifecycle hook is too long."],
  "AS.7036": [400, "The lifecycle hook is null."],
  "AS.7037": [400, "The type of the lifecycle hook is empty."],
  "AS.7038": [400, "The number of hooks in the AS group exceeds the upper limit."],
  "AS.7039": [400, "The lifecycle hook callback action result is empty."],
  "AS.7040": [400, "The lifecycle hook callback object is empty."],
  // The vendor's own mistake, kept: it means that the name is taken, but repeats the text of AS.7040.
  "AS.7041": [400, "The lifecycle hook callback object is empty."],
  "AS.7042": [400, "The lifecycle hook callback object does not exist."],
  "AS.7043": [400, "The lifecycle hook topic urn does not exist."],
  "AS.7055": [400, "The metadata of the lifecycle hook has special character."],
} as const satisfies Record<string, readonly [status: number, text: string]>;

/** The codes with which Auto Scaling itself refuses. */
export type AutoScalingCode = keyof typeof autoScaling;

/** Whose error body it is: each of the platform's parts writes its own. */
type Shape = "autoscaling" | "gateway" | "keystone";

/** Why a request gets an error for an answer. Thrown wherever that is found out. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly shape: Shape;
  readonly status: number;
  readonly code: string;

  constructor(shape: Shape, status: number, code: string, text: string) {
    super(text);
    this.shape = shape;
    this.status = status;
    this.code = code;
  }
}

/** A refusal of Auto Scaling. `detail` takes the place of `%s` in the text. */
export function refusal(code: AutoScalingCode, detail = ""): Refusal {
  const [status, text] = autoScaling[code];
  return new Refusal(
    "autoscaling",
    status,
    code,
    text.replace("%s", () => detail),
  );
}

/** A refusal of the gateway in front of all services. */
export function gatewayRefusal(status: number, code: string, text: string): Refusal {
  return new Refusal("gateway", status, code, text);
}

/** IAM's refusal of a token, in the shape it has from Keystone, with a number for the code. */
export function keystoneRefusal(): Refusal {
  return new Refusal("keystone", 401, "401", "The request you have made requires authentication.");
}

/** The answer that tells a refusal, in the shape of whoever refuses. */
export function refusalAnswer({ shape, status, code, message }: Refusal, requestId: string): Answer {
  switch (shape) {
    case "autoscaling":
      return { status, body: { error: { code, message } } };
    case "gateway":
      return { status, body: { error_msg: message, error_code: code, request_id: requestId } };
    case "keystone":
      return { status, body: { error: { code: Number(code), message, title: "Unauthorized" } } };
  }
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
