import { forbiddenMetadataCharacters, specificationLimits as limits } from "../api/limits";
import { isServiceError, type ServiceError } from "./errors";

/** What a failure means for what to do next. */
export type FailureKind =
  /** The group serves another activity and will be free again. */
  | "busy"
  /** The hook or the group does not exist. */
  | "gone"
  /** The caller sent too much; slower, the same request is welcome. */
  | "throttled"
  | "permission"
  /** The group has a hook of that name. */
  | "duplicate"
  /** The group has as many hooks as it can have. */
  | "full"
  /** The topic is unknown to Auto Scaling, as it is for some seconds after it was made. */
  | "unknownTopic"
  /** A fault of the service or the gateway that passes. */
  | "transient";

/**
 * What a code of the service or of its gateway means to a user who manages lifecycle hooks, and what to do.
 * Source: the error code pages of the API reference and of the signing guide.
 */
export interface Explanation {
  /** What is wrong. */
  readonly meaning: string;
  /** What to do about it. */
  readonly remedy: string;
  readonly kind?: FailureKind;
  /** The service's own words say more than the code does: which action, which status. */
  readonly quote?: true;
}

const checkCredentials = "check the access key, the secret key and, for temporary ones, the security token";
const askForPermission = "have an administrator grant it";
const tryLater = "try again later";

const explanations: Readonly<Record<string, Explanation>> = {
  // lifecycle hooks
  "AS.7025": { meaning: "the notification topic's URN is not valid", remedy: "give the URN as SMN shows it" },
  "AS.7030": {
    meaning: "the time-out is out of the range that this site accepts",
    remedy: `give ${limits.minTimeout} to ${limits.maxTimeout} seconds, or what your site accepts`,
  },
  "AS.7031": {
    meaning: "the hook's name is not valid",
    remedy: `use 1 to ${limits.maxNameLength} letters, digits, _ and -`,
  },
  "AS.7032": { meaning: "the hook's name is empty", remedy: "give a name" },
  "AS.7033": {
    meaning: "the hook's type is not valid",
    remedy: "give INSTANCE_LAUNCHING or INSTANCE_TERMINATING",
  },
  "AS.7034": {
    meaning: "the result is not valid",
    remedy: "give ABANDON or CONTINUE (or EXTEND in a callback)",
  },
  "AS.7035": {
    meaning: "the notification metadata is too long",
    remedy: `give at most ${limits.maxMetadataLength} characters`,
  },
  "AS.7036": { meaning: "the request describes no hook", remedy: "give the hook's settings" },
  "AS.7037": {
    meaning: "the hook's type is empty",
    remedy: "give INSTANCE_LAUNCHING or INSTANCE_TERMINATING",
  },
  "AS.7038": {
    meaning: "the group already has the most hooks that it can have",
    remedy: "delete one first",
    kind: "full",
  },
  "AS.7039": { meaning: "the callback's result is empty", remedy: "give CONTINUE, ABANDON or EXTEND" },
  "AS.7040": {
    meaning: "the callback names no suspension",
    remedy: "give the lifecycle action key, or the instance's id and the hook's name",
  },
  // Its English text repeats that of AS.7040 by mistake, so it is never quoted.
  "AS.7041": {
    meaning: "the group already has a hook of this name",
    remedy: "choose another name, or import that hook",
    kind: "duplicate",
  },
  "AS.7042": {
    meaning: "no such suspension: the instance does not hang on this hook (any more)",
    remedy: "list the hanging instances",
  },
  "AS.7043": {
    meaning: "the notification topic does not exist (or is not known to Auto Scaling yet)",
    remedy: "create the topic in the group's region and project first, or correct the URN",
    kind: "unknownTopic",
  },
  "AS.7055": {
    meaning: "the notification metadata has characters that are not allowed",
    remedy: `leave out ${forbiddenMetadataCharacters.join(" ")}`,
  },
  // the group
  "AS.0003": { meaning: "the group is busy with another request", remedy: tryLater, kind: "busy" },
  "AS.2004": {
    meaning: "the minimum or the maximum number of instances is not valid",
    remedy: "give a minimum that is not above the maximum",
  },
  "AS.2005": {
    meaning: "the desired number of instances is below the group's minimum or above its maximum",
    remedy: "give a number between the two, or change them as well",
  },
  "AS.2007": {
    meaning: "the scaling group does not exist",
    remedy: "check its id, the region and the project",
    kind: "gone",
  },
  "AS.2008": { meaning: "the action is not valid", remedy: "report it to this package's authors" },
  "AS.2010": {
    meaning: "the desired number is below that of the instances that are protected from scale-in",
    remedy: "take the protection from some of them first",
  },
  "AS.2018": {
    meaning: "the group has no configuration to make instances from",
    remedy: "give it a scaling configuration first",
  },
  "AS.2020": {
    meaning: "the group's status does not allow it",
    remedy: "look at the group in the console",
    quote: true,
  },
  "AS.2028": {
    meaning: "the desired number of instances is the same as before",
    remedy: "leave it out",
  },
  "AS.2033": {
    meaning: "the group's current status does not allow it, as while a scaling activity runs",
    remedy: "wait until the activity ends, or complete the instances that hang on a hook",
    kind: "busy",
    quote: true,
  },
  "AS.2045": {
    meaning: "the minimum or the maximum number of instances is above the account's quota",
    remedy: "give a smaller one, or have the quota raised",
  },
  "AS.2047": { meaning: "the group is scaling", remedy: "wait until the activity ends", kind: "busy" },
  "AS.2051": {
    meaning: "the desired number is below that of the instances on standby",
    remedy: "put some of them back in service first",
  },
  "AS.2052": {
    meaning: "the desired number is below that of the instances that are protected or on standby",
    remedy: "take the protection from some of them, or put them back in service, first",
  },
  "AS.2054": { meaning: "the group is scaling", remedy: "wait until the activity ends", kind: "busy" },
  "AS.4006": { meaning: "the instance does not exist", remedy: "check its id" },
  // requests in general
  "AS.0001": { meaning: "the service has an internal error", remedy: tryLater, kind: "transient" },
  "AS.0002": { meaning: "the request has no body", remedy: "report it to this package's authors" },
  "AS.0005": { meaning: "the token is missing", remedy: "sign in" },
  "AS.0006": { meaning: "the token is wrong or has expired", remedy: "get a new one" },
  "AS.0007": {
    meaning: "it does not exist",
    remedy: "check the name, the group's id, the region and the project",
    kind: "gone",
  },
  "AS.0008": {
    meaning: "the project is not that of the credentials",
    remedy: "set the project id of this region and account, or leave it out to have it looked up",
  },
  "AS.0011": {
    meaning: "these credentials have no right to do it",
    remedy: askForPermission,
    kind: "permission",
    quote: true,
  },
  "AS.0012": {
    meaning: "the user's role is suspended",
    remedy: "have an administrator lift it",
    quote: true,
  },
  "AS.0013": {
    meaning: "the right to do it is disabled",
    remedy: askForPermission,
    kind: "permission",
    quote: true,
  },
  "AS.0022": {
    meaning: "the service can't read the request",
    remedy: "report it to this package's authors",
    quote: true,
  },
  "AS.0031": {
    meaning: "a policy denies it to these credentials",
    remedy: askForPermission,
    kind: "permission",
    quote: true,
  },
  "AS.0049": { meaning: "the service could not reach IAM", remedy: tryLater, kind: "transient" },
  "AS.8004": { meaning: "the account is frozen", remedy: "settle what it owes" },
  // the gateway
  "APIGW.0101": {
    meaning: "the gateway knows no such API",
    remedy: "check the endpoint, and that the region has Auto Scaling",
    quote: true,
  },
  "APIGW.0103": { meaning: "the gateway has no back end for it", remedy: "check the endpoint" },
  "APIGW.0201": { meaning: "the gateway could not have the request served", remedy: tryLater, quote: true },
  "APIGW.0301": { meaning: "the credentials were refused", remedy: checkCredentials, quote: true },
  "APIGW.0302": {
    meaning: "this IAM user may not call the API",
    remedy: askForPermission,
    kind: "permission",
    quote: true,
  },
  "APIGW.0303": {
    meaning: "the credentials were refused",
    remedy: `${checkCredentials}, and this machine's clock`,
    quote: true,
  },
  "APIGW.0304": { meaning: "access was denied", remedy: askForPermission, quote: true },
  "APIGW.0305": { meaning: "the credentials were refused", remedy: checkCredentials, quote: true },
  "APIGW.0306": { meaning: "access was denied", remedy: askForPermission, quote: true },
  "APIGW.0307": {
    meaning: "the token has to be renewed, or belongs to another region",
    remedy: "get a new one in this region",
  },
  "APIGW.0308": {
    meaning: "too many requests",
    remedy: "send fewer at a time, or try again later",
    kind: "throttled",
    quote: true,
  },
  "APIGW.0310": { meaning: "the project is unavailable", remedy: "check it in the console" },
  "APIGW.0401": { meaning: "the gateway can't tell the caller's address", remedy: "check the proxy" },
  "APIGW.0402": { meaning: "this address may not call the API", remedy: "call from an allowed one" },
  "APIGW.0601": { meaning: "the gateway has an internal error", remedy: tryLater, kind: "transient" },
  "APIGW.0606": { meaning: "the gateway is not ready", remedy: tryLater, kind: "transient" },
  "APIGW.0607": { meaning: "the protocol is not supported", remedy: "use https" },
  "APIGW.0608": { meaning: "the gateway has no token", remedy: tryLater, kind: "transient" },
  "APIGW.0610": { meaning: "the service is unavailable", remedy: tryLater },
  "APIGW.0613": { meaning: "IAM is unavailable", remedy: tryLater },
  "APIGW.0801": {
    meaning: "the service is not open to this account in this region",
    remedy: "check the region",
  },
  "APIGW.0802": {
    meaning: "this IAM user may not use this region",
    remedy: askForPermission,
    kind: "permission",
  },
};

/** What a code means, if this package knows it. */
export function explanationOf(code: string | undefined): Explanation | undefined {
  return code !== undefined && Object.hasOwn(explanations, code) ? explanations[code] : undefined;
}

/** The status and the code of a refusal. */
export interface Refusal {
  readonly status?: number | undefined;
  readonly code?: string | undefined;
}

/** The kind of a refusal: what its code says, and else its status. */
export function kindOf({ status, code }: Refusal): FailureKind | undefined {
  const kind = explanationOf(code)?.kind;
  if (status === 429) return "throttled";
  // Such a code with another status is a refusal for good.
  if (kind !== undefined && (kind !== "transient" || status === 500)) return kind;
  if (status === 403) return "permission";
  // A 404 of the gateway's is about the API, not about what was asked for.
  if (status === 404 && !code?.startsWith("APIGW.")) return "gone";
  const isFault = status === 502 || status === 503 || status === 504;
  return isFault || (status === 500 && code === undefined) ? "transient" : undefined;
}

/** Whether a value is the error that says: there is no such hook, or no such group. */
export const isNotFound = guard("gone");
/** Whether a value is the error that says: the group already has a hook of that name. */
export const isDuplicateName = guard("duplicate");
/** Whether a value is the error that says: the group serves a scaling activity, and will take changes again later. */
export const isBusy = guard("busy");
/** Whether a value is the error that says: too many requests; the client has waited for as long as it was allowed to. */
export const isThrottled = guard("throttled");
/** Whether a value is the error that says: a permission is missing. The service hides some of these in a 400. */
export const isPermissionDenied = guard("permission");
/** Whether a value is the error that says: Auto Scaling does not know the topic, or not yet. */
export const isUnknownTopic = guard("unknownTopic");

function guard(kind: FailureKind) {
  return (value: unknown): value is ServiceError => isServiceError(value) && kindOf(value) === kind;
}
