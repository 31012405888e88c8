// @ts-check
import { dim, draw, duration, green, isTerminal, red, say } from "./say.mjs";

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const frameMilliseconds = 100;
/** Often enough to see in a log that it goes on, seldom enough not to fill the log. */
const lineMilliseconds = 15_000;

/**
 * Runs a piece of work and shows that it goes on: on a terminal a single line that moves, elsewhere a line at the
 * start, one every 15 s and one at the end.
 *
 * @template T
 * @param {string} label what is being done, in the present participle
 * @param {(detail: (text: string) => void) => Promise<T>} work is given a function that says how far it is
 * @returns {Promise<T>}
 */
export async function withProgress(label, work) {
  const start = Date.now();
  let detail = "";
  let frame = 0;

  const state = () => `${detail === "" ? "" : `${detail}, `}${duration(Date.now() - start)}`;
  const redraw = () => {
    frame += 1;
    draw(`${frames[frame % frames.length]} ${label} ${dim(state())}`);
  };
  if (!isTerminal) say(`${label} ...`);
  const timer = isTerminal
    ? setInterval(redraw, frameMilliseconds)
    : setInterval(() => say(`  ... ${state()}`), lineMilliseconds);

  /** @param {string} mark */
  const finish = (mark) => {
    clearInterval(timer);
    if (isTerminal) draw("");
    say(`${mark} ${label} (${duration(Date.now() - start)})`);
  };
  try {
    const result = await work((text) => {
      detail = text;
    });
    finish(green("✓"));
    return result;
  } catch (error) {
    finish(red("✗"));
    throw error;
  }
}
