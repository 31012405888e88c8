import {
  forbiddenMetadataCharacters,
  type LifecycleHookLimits,
  namePattern,
  newerMinTimeout,
  specificationLimits,
  unaddressableName,
} from "./limits";

/**
 * Why a value is refused, in the parts from which a message is made. `is` never holds the value, nor any part
 * of it: the value may be a secret. What would reveal some of it goes into `detail`.
 */
export interface Problem {
  /** What is wrong, as a phrase that follows the value: "is too short". */
  readonly is: string;
  /** More about what is wrong; reveals part of the value. */
  readonly detail?: string;
  /** What is allowed, and what to do. */
  readonly allowed: string;
  /** Limits under which a site may accept the value, as the option that sets them takes them. */
  readonly wider?: Partial<LifecycleHookLimits>;
}

/** Looks at one value; `undefined` means that nothing is wrong with it. */
export type Rule = (value: unknown, limits?: LifecycleHookLimits) => Problem | undefined;

/** The two moments at which a hook suspends an instance (specification). */
const lifecycleHookTypes = ["INSTANCE_LAUNCHING", "INSTANCE_TERMINATING"] as const;
export type LifecycleHookType = (typeof lifecycleHookTypes)[number];

/** What happens to an instance whose hook times out (specification). */
const defaultResults = ["ABANDON", "CONTINUE"] as const;
export type DefaultResult = (typeof defaultResults)[number];

/** What a callback can say; EXTEND adds an hour to the deadline. */
const lifecycleActionResults = ["ABANDON", "CONTINUE", "EXTEND"] as const;
export type LifecycleActionResult = (typeof lifecycleActionResults)[number];

/** Where an instance is on its way into a group, and out of it (API reference). */
const lifeCycleStates = [
  "PENDING",
  "PENDING_WAIT",
  "INSERVICE",
  "REMOVING",
  "REMOVING_WAIT",
  "STANDBY",
  "ENTERING_STANDBY",
] as const;
export type LifeCycleState = (typeof lifeCycleStates)[number];

/** How the health check found an instance (API reference). */
const healthStatuses = ["NORMAL", "ERROR", "INITIALIZING"] as const;
export type HealthStatus = (typeof healthStatuses)[number];

const urnShape = /^urn:smn:[0-9A-Za-z_-]+:[0-9a-z]{32}:[0-9A-Za-z_-]{1,255}$/;
const pathSegment = /^[0-9A-Za-z_-]{1,64}$/;

/** An id that becomes a segment of the URL's path: of a scaling group or of an instance. */
export const idRule: Rule = (value) => {
  const allowed =
    "give the id as the service shows it: letters, digits and -, such as e5d27f5c-dd76-4a61-b4bc-a67c5686719a";
  if (typeof value !== "string") return wrongType(value, "a string", allowed);
  if (value === "") return { is: "is empty", allowed };
  return pathSegment.test(value) ? undefined : { is: "is not an id", allowed };
};

/** The name of a hook to create or to read. */
export const lifecycleHookNameRule: Rule = (value, limits) => {
  if (value === unaddressableName) {
    return { is: "is a name that the API cannot address", allowed: "choose another name" };
  }
  return existingHookNameRule(value, limits);
};

/** The name of a hook to update or to delete. */
export const existingHookNameRule: Rule = (value, limits = specificationLimits) => {
  const allowed = `allowed are 1 to ${limits.maxNameLength} letters, digits, _ and -`;
  if (typeof value !== "string") return wrongType(value, "a string", allowed);
  if (value === "") return { is: "is empty", allowed };
  if (value.length > limits.maxNameLength) {
    return { is: `has ${value.length} characters`, allowed };
  }
  if (!namePattern.test(value)) {
    const strange = [...new Set(value)].filter((character) => !namePattern.test(character));
    return { is: "has characters that are not allowed", detail: quoted(strange), allowed };
  }
  return undefined;
};

export const lifecycleHookTypeRule: Rule = (value) => oneOf(value, lifecycleHookTypes);

export const defaultResultRule: Rule = (value) => oneOf(value, defaultResults);

export const lifecycleActionResultRule: Rule = (value) => oneOf(value, lifecycleActionResults);

export const defaultTimeoutRule: Rule = (value, limits = specificationLimits) => {
  const range = `allowed are whole numbers of seconds from ${limits.minTimeout} to ${limits.maxTimeout}`;
  if (typeof value !== "number") return wrongType(value, "a number", range);
  if (!Number.isInteger(value)) return { is: "is not a whole number", allowed: range };
  if (value < limits.minTimeout) {
    const isNewer = value >= newerMinTimeout;
    return {
      is: "is too short",
      allowed: range,
      ...(isNewer ? { wider: { minTimeout: newerMinTimeout } } : {}),
    };
  }
  if (value > limits.maxTimeout) return { is: "is too long", allowed: range };
  return undefined;
};

export const notificationTopicUrnRule: Rule = (value) => {
  const allowed =
    "give the topic's URN as SMN shows it: urn:smn:<region>:<project id of 32 characters>:<topic name>";
  if (typeof value !== "string") return wrongType(value, "a string", allowed);
  if (value === "") return { is: "is empty", allowed };
  return urnShape.test(value) ? undefined : { is: "is not the URN of an SMN topic", allowed };
};

const forbiddenCharacters = forbiddenMetadataCharacters.join(" ");

export const notificationMetadataRule: Rule = (value, limits = specificationLimits) => {
  const allowed = `allowed are at most ${limits.maxMetadataLength} characters, none of ${forbiddenCharacters}`;
  if (typeof value !== "string") return wrongType(value, "a string", allowed);
  // A character takes one or two places of the string.
  const length = value.length > limits.maxMetadataLength ? [...value].length : value.length;
  if (length > limits.maxMetadataLength) return { is: `has ${length} characters`, allowed };
  const found = forbiddenMetadataCharacters.filter((character) => value.includes(character));
  if (found.length > 0) return { is: "has characters that are not allowed", detail: quoted(found), allowed };
  return undefined;
};

export const lifeCycleStateRule: Rule = (value) => oneOf(value, lifeCycleStates);

export const healthStatusRule: Rule = (value) => oneOf(value, healthStatuses);

/** How many instances a group has, or may have. */
export const instanceNumberRule: Rule = (value) => {
  const allowed = "give a whole number of instances, 0 or more";
  if (typeof value !== "number") return wrongType(value, "a number", allowed);
  if (!Number.isSafeInteger(value)) return { is: "is not a whole number", allowed };
  return value < 0 ? { is: "is negative", allowed } : undefined;
};

export const booleanRule: Rule = (value) =>
  typeof value === "boolean" ? undefined : wrongType(value, "a boolean", "give true or false");

/** The type of a value as a person says it. */
function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  switch (typeof value) {
    case "object":
      return "an object";
    case "undefined":
      return "missing";
    default:
      return `a ${typeof value}`;
  }
}

function wrongType(value: unknown, wanted: string, allowed: string): Problem {
  return { is: `is ${typeName(value)}, not ${wanted}`, allowed };
}

function oneOf(value: unknown, choices: readonly string[]): Problem | undefined {
  if (typeof value === "string" && choices.includes(value)) return undefined;
  const allowed = `allowed are ${choices.join(" and ")}`;
  if (typeof value !== "string") return wrongType(value, "a string", allowed);
  const meant = nearest(value, choices);
  return {
    is: "is not a known value",
    ...(meant === undefined ? {} : { detail: `did you mean ${meant}?` }),
    allowed,
  };
}

function quoted(characters: readonly string[]): string {
  return characters.map((character) => JSON.stringify(character)).join(" ");
}

/**
 * `defaultTimeout 100 is too short: allowed are …`. Of a secret, neither the value nor a part of it is told.
 * `limitsOption`: the name of the option that sets the limits.
 */
export function describeProblem(
  property: string,
  value: unknown,
  problem: Problem,
  secret: boolean,
  limitsOption = "limits",
): string {
  const shown = secret ? "(not shown)" : brief(value);
  const detail = problem.detail === undefined || secret ? "" : ` (${problem.detail})`;
  const advice =
    problem.wider === undefined
      ? ""
      : `; if your site takes it, set ${limitsOption} to ${JSON.stringify(problem.wider).replaceAll(":", ": ")}`;
  return `${property}${shown === undefined ? "" : ` ${shown}`} ${problem.is}${detail}: ${problem.allowed}${advice}`;
}

/** The value as it was given, cut when it is long; nothing when its type already says it all. */
function brief(value: unknown): string | undefined {
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") return undefined;
  // JSON has no NaN.
  const text = typeof value === "number" ? String(value) : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/**
 * The candidate that a misspelt word most likely meant, or `undefined` if none is near. Upper and lower case,
 * `_` and `-` make no difference.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = plain(word);
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const other = plain(candidate);
    const most = Math.ceil(other.length / 3);
    // So many letters more can't be a slip, and would take long to compare.
    if (wanted.length > other.length + most) continue;
    // A whole word of the candidate ("launching" for INSTANCE_LAUNCHING) is as good as a small slip.
    const distance = wanted.length > 3 && other.includes(wanted) ? 1 : editDistance(wanted, other);
    if (distance <= most && (best === undefined || distance < best.distance)) {
      best = { candidate, distance };
    }
  }
  return best?.candidate;
}

function plain(word: string): string {
  return word.toLowerCase().replace(/[_\s-]/g, "");
}

/** Levenshtein's distance: how many letters to insert, delete or change to make one word the other. */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const change = from[row - 1] === to[column - 1] ? 0 : 1;
      current.push(
        Math.min(
          (previous[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (previous[column - 1] ?? 0) + change,
        ),
      );
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}
