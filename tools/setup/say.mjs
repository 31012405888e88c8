// @ts-check
import process from "node:process";

/** Set-up talks on stderr: stdout belongs to what runs after it (`npm pack --json` runs the build, for one). */
const stream = process.stderr;

/** Whether a line can be drawn over. */
export const isTerminal = stream.isTTY === true;

// Not node:util's styleText: it exists from Node 20.12 only, and set-up runs on any Node 20.
const hasColours =
  isTerminal &&
  process.stdout.isTTY === true &&
  (process.env.NO_COLOR ?? "") === "" &&
  process.env.TERM !== "dumb";

/**
 * @param {number} code an SGR code
 * @param {string} text
 */
const colour = (code, text) => (hasColours ? `\u001b[${code}m${text}\u001b[0m` : text);

/** @param {string} text */
export const green = (text) => colour(32, text);
/** @param {string} text */
export const red = (text) => colour(31, text);
/** @param {string} text */
export const bold = (text) => colour(1, text);
/** @param {string} text */
export const dim = (text) => colour(2, text);

/**
 * Says something about the set-up.
 * @param {string} text
 */
export function say(text) {
  stream.write(`${text}\n`);
}

/**
 * Prints what the user asked for.
 * @param {string} text
 */
export function print(text) {
  process.stdout.write(`${text}\n`);
}

/**
 * Draws over the current line of the terminal; an empty text wipes it.
 * @param {string} text
 */
export function draw(text) {
  stream.write(`\r\u001b[2K${text.slice(0, (stream.columns ?? 80) - 1)}`);
}

/**
 * @param {number} milliseconds
 * @returns {string} such as `0.4 s`, `12 s` or `2 min 43 s`
 */
export function duration(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
