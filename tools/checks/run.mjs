// @ts-check
import { SetupError } from "../setup/failure.mjs";
import { bold, duration, green, print, red } from "../setup/say.mjs";

/**
 * @typedef {{ name: string, finds: string, work: () => Promise<number> }} Check `work` gives an exit code
 * @typedef {{ name: string, finds: string, passed: boolean, milliseconds: number }} Outcome
 */

/**
 * Runs all of them, one after the other.
 * @param {Check[]} checks
 * @returns {Promise<Outcome[]>}
 */
export async function runChecks(checks) {
  /** @type {Outcome[]} */
  const outcomes = [];
  for (const { name, finds, work } of checks) {
    print(bold(`\n── ${name}: ${finds}`));
    const start = Date.now();
    const code = await codeOfCheck(work);
    outcomes.push({ name, finds, passed: code === 0, milliseconds: Date.now() - start });
  }
  return outcomes;
}

/** @param {() => Promise<number>} work */
async function codeOfCheck(work) {
  try {
    return await work();
  } catch (error) {
    // Only what is meant for the user: a ^C, or a mistake in a check, ends the whole run.
    if (!(error instanceof SetupError)) throw error;
    print(error.message);
    return 1;
  }
}

/** @param {Outcome[]} outcomes */
export function table(outcomes) {
  return outcomes
    .map(({ name, finds, passed, milliseconds }) => {
      const result = passed ? green("✓ passed") : red("✗ failed");
      return `${result}  ${duration(milliseconds).padStart(7)}  ${name.padEnd(10)} ${finds}`;
    })
    .join("\n");
}
