// @ts-check
import process from "node:process";

/** The set-up writes to stderr: stdout belongs to what runs after it, such as `npm pack --json`. */
const stream = process.stderr;
const isTerminal = stream.isTTY === true && process.env.TERM !== "dumb";
const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** @param {string} text */
export function say(text) {
  stream.write(`${text}\n`);
}

/**
 * Shows that a piece of work goes on: on a terminal as one line that moves, elsewhere as a line at its start, one every
 * 15 s, and one at its end.
 *
 * @template T
 * @param {string} label
 * @param {(detail: (text: string) => void) => Promise<T>} work gets a function that says how far it is
 * @returns {Promise<T>}
 */
export async function withProgress(label, work) {
  const start = Date.now();
  let detail = "";
  let frame = 0;
  const state = () => [detail, duration(Date.now() - start)].filter(Boolean).join(", ");
  const draw = () => {
    frame += 1;
    const line = `${frames[frame % frames.length]} ${label} (${state()})`;
    stream.write(`\r\u001b[2K${line.slice(0, (stream.columns || 80) - 1)}`);
  };
  if (!isTerminal) say(`${label} ...`);
  const timer = setInterval(isTerminal ? draw : () => say(`  ... ${state()}`), isTerminal ? 100 : 15_000);
  let mark = "✗";
  try {
    const result = await work((text) => {
      detail = text;
    });
    mark = "✓";
    return result;
  } finally {
    clearInterval(timer);
    say(`${isTerminal ? "\r\u001b[2K" : ""}${mark} ${label} (${duration(Date.now() - start)})`);
  }
}

/**
 * @param {number} milliseconds
 * @returns {string} such as `0.4 s`, `12 s` or `2 min 43 s`
 */
function duration(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
