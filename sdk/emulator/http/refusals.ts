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
 * word where a page was found that has them; those of groups and instances give its meaning in other words.
 */
const autoScaling = {
  "AS.0001": [500, "System error."],
  "AS.0002": [400, "Request body is null."],
  "AS.0003": [400, "AS group lock conflict."],
  "AS.0005": [401, "The token of the header in the request is null."],
  "AS.0006": [401, "The token of the header in the request is incorrect."],
  "AS.0007": [404, "The requested resource [%s] could not be found."],
  "AS.0008": [400, "Incorrect ProjectID."],
  "AS.0022": [400, "Request body error"],
  "AS.1001": [400, "The start number is invalid."],
  "AS.1002": [400, "The limit is invalid."],
  "AS.2002": [400, "The AS group name is null."],
  "AS.2004": [400, "The maximum or minimum number of instances is invalid."],
  "AS.2005": [400, "The expected number of instances is out of range."],
  "AS.2006": [400, "The cooldown duration is invalid."],
  "AS.2007": [400, "The AS group does not exist."],
  "AS.2008": [400, "Invalid AS group action."],
  "AS.2010": [400, "The expected number of instances is less than that of protected instances."],
  "AS.2013": [400, "The networks are invalid."],
  "AS.2017": [400, "The VPC ID is null."],
  "AS.2018": [400, "The AS group has no AS configuration."],
  "AS.2019": [400, "The force deletion flag is invalid."],
  "AS.2021": [400, "The number of instances in the AS group is not 0."],
  "AS.2022": [400, "The AS group name contains invalid characters."],
  "AS.2024": [400, "The number of networks exceeds the upper limit."],
  "AS.2028": [400, "The expected number of instances is the same as before."],
  "AS.2030": [
    400,
    "The networks and security groups cannot be changed: the AS group has instances, is scaling, or is in service.",
  ],
  "AS.2033": [
    400,
    "You are not allowed to perform the operation when the AS group is in current [%s] status.",
  ],
  "AS.2035": [400, "Adding the instances would exceed the maximum number of instances."],
  "AS.2036": [400, "Removing the instances would fall below the minimum number of instances."],
  "AS.2045": [400, "The maximum or minimum number of instances exceeds the upper limit."],
  "AS.2047": [400, "The load balancer cannot be changed while the AS group is scaling."],
  "AS.2051": [400, "The expected number of instances is less than that of standby instances."],
  "AS.2052": [400, "The expected number of instances is less than that of standby and protected instances."],
  "AS.2054": [400, "The availability zones cannot be changed while the AS group is scaling."],
  "AS.4000": [400, "The start number is invalid."],
  "AS.4001": [400, "The limit is invalid."],
  "AS.4003": [400, "The lifecycle state is invalid."],
  "AS.4004": [400, "The health status is invalid."],
  "AS.4006": [400, "The instance does not exist."],
  "AS.4007": [400, "The instance deletion flag is invalid."],
  "AS.4013": [400, "The instance list is empty."],
  "AS.4015": [400, "The instance is not in service. %s"],
  "AS.4018": [400, "Invalid batch action."],
  "AS.4022": [400, "The number of instances exceeds the upper limit."],
  "AS.4023": [400, "The instance is in the AS group already."],
  "AS.4025": [400, "The append flag is invalid."],
  "AS.4027": [400, "The instance is in another AS group."],
  "AS.4030": [400, "Removing instances failed: [%s]."],
  "AS.4036": [400, "Protecting instances failed: [%s]."],
  "AS.4037": [400, "Moving instances to standby failed: [%s]."],
  "AS.4038": [400, "The instance is not on standby: [%s]."],
  "AS.4039": [400, "Appending instances would exceed the maximum number of instances."],
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
  "AS.9001": [400, "The start number is invalid."],
  "AS.9002": [400, "The limit is invalid."],
} as const satisfies Record<string, readonly [status: number, text: string]>;

/** The codes with which Auto Scaling itself refuses. */
export type AutoScalingCode = keyof typeof autoScaling;

/** Whose error body it is: each of the platform's parts writes its own. */
type Shape = "autoscaling" | "gateway" | "keystone" | "smn";

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

/** SMN's refusals, as far as the emulator has its calls. */
const smn = {
  "SMN.0005": [400, "Invalid topic name."],
  "SMN.0006": [404, "The topic does not exist."],
  "SMN.0008": [403, "Invalid subject."],
  "SMN.0009": [403, "Invalid message."],
  "SMN.0011": [400, "Invalid protocol: the emulator delivers to http and https."],
  "SMN.0012": [400, "Invalid endpoint."],
  "SMN.0013": [404, "The subscription does not exist."],
  "SMN.0014": [400, "Invalid subscription URN."],
  "SMN.0015": [400, "Invalid offset or limit."],
  "SMN.0022": [403, "Invalid token."],
} as const satisfies Record<string, readonly [status: number, text: string]>;

/** A refusal of SMN. */
export function smnRefusal(code: keyof typeof smn): Refusal {
  const [status, text] = smn[code];
  return new Refusal("smn", status, code, text);
}

/** A refusal of the gateway in front of all services. */
export function gatewayRefusal(status: number, code: string, text: string): Refusal {
  return new Refusal("gateway", status, code, text);
}

/** IAM's refusal of a token, in the shape it has from Keystone, with a number for the code. */
export function keystoneRefusal(): Refusal {
  return new Refusal("keystone", 401, "401", "The request you have made requires authentication.");
}

/** The answer that tells a refusal, in the shape of the part that refuses. */
export function refusalAnswer({ shape, status, code, message }: Refusal, requestId: string): Answer {
  switch (shape) {
    case "autoscaling":
      return { status, body: { error: { code, message } } };
    case "gateway":
      return { status, body: { error_msg: message, error_code: code, request_id: requestId } };
    case "smn":
      return { status, body: { request_id: requestId, code, message } };
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
