import process from "node:process";
import { styleText } from "node:util";
import type { Paint } from "./report.mts";

const stream = process.stdout;
const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"] as const;
const frameMilliseconds = 100;
/** Whether a line can be drawn over. */
const isLively = stream.isTTY && process.env.TERM !== "dumb";
const wipe = "\r\u001b[2K";

/** Styles as far as the output shows them: not where it is no terminal, nor where NO_COLOR is set. */
export const paint: Paint = (style, text) => styleText(style, text, { stream });

/** Prints whole lines. */
export function print(text: string): void {
  stream.write(`${isLively ? wipe : ""}${text}\n`);
}

/** Does something, and shows meanwhile that it goes on: on a terminal only. */
export async function withProgress<T>(label: string, work: () => Promise<T>): Promise<T> {
  if (!isLively) return await work();
  const start = performance.now();
  let frame = 0;
  const timer = setInterval(() => {
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    frame = (frame + 1) % frames.length;
    stream.write(`${wipe}   ${frames[frame]} ${label} ${paint("dim", `${seconds} s`)}`);
  }, frameMilliseconds);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    stream.write(wipe);
  }
}
