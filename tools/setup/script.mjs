// @ts-check
import { constants } from "node:os";
import process from "node:process";
import { Interrupted, SetupError } from "./failure.mjs";
import { red, say } from "./say.mjs";

/** What the set-up itself needs; what runs after it is run by the project's own, newer Node. */
const minimumNode = 20;

/**
 * Runs one of the npm scripts: its result is the exit code, and a failure is shown as a person needs it.
 * @param {(args: string[]) => Promise<number>} main
 */
export async function runScript(main) {
  try {
    requireNode(process.versions.node);
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    if (error instanceof Interrupted) {
      process.exitCode = 128 + constants.signals[error.signal];
      say("Interrupted. Run the command again to go on.");
    } else {
      process.exitCode = 1;
      say(
        `${red("✗")} ${error instanceof SetupError ? error.message : (error instanceof Error && error.stack) || error}`,
      );
    }
  }
}

/** @param {string} version */
function requireNode(version) {
  if (Number(version.split(".")[0]) >= minimumNode) return;
  throw new SetupError(
    `Node ${version} is too old to set this project up: it takes Node ${minimumNode} or newer.\n` +
      "  Install one (https://nodejs.org), then run the command again.",
  );
}
