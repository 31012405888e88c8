// @ts-check
import process from "node:process";

/** The set-up writes to stderr: stdout belongs to what runs after it, such as `npm pack --json`. @param {string} text */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/**
 * Shows that a piece of work goes on: a line at its start, one every 15 s, and one at its end.
 *
 * @template T
 * @param {string} label
 * @param {(detail: (text: string) => void) => Promise<T>} work gets a function that says how far it is
 * @returns {Promise<T>}
 */
export async function withProgress(label, work) {
  const start = Date.now();
  const seconds = () => `${((Date.now() - start) / 1000).toFixed(1)} s`;
  let detail = "";
  say(`${label} ...`);
  const timer = setInterval(() => say(`  ... ${[detail, seconds()].filter(Boolean).join(", ")}`), 15_000);
  let mark = "✗";
  try {
    const result = await work((text) => {
      detail = text;
    });
    mark = "✓";
    return result;
  } finally {
    clearInterval(timer);
    say(`${mark} ${label} (${seconds()})`);
  }
}
