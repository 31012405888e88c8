// @ts-check

/** A failure that the user can do something about: shown as its message alone, without a stack. */
export class SetupError extends Error {
  /** @override */
  name = "SetupError";
}

/** The user (or the system) ended a step of the set-up with a signal. */
export class Interrupted extends Error {
  /** @override */
  name = "Interrupted";

  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super(`interrupted by ${signal}`);
    /** @readonly */
    this.signal = signal;
  }
}

/**
 * The `code` of a system error (`ENOENT`, ...), undefined where there is none.
 * @param {unknown} error
 * @returns {string | undefined}
 */
export function codeOf(error) {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/**
 * What an error says, with what caused it: `fetch failed` alone tells nobody which name did not resolve.
 * @param {unknown} error
 * @returns {string}
 */
export function describe(error) {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${describe(error.cause)}`;
}
