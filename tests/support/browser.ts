import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

/** Names under which systems have a Chromium that a test can drive. */
const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The Chromium of this machine; `undefined` where there is none. */
export const browserPath: string | undefined = (process.env.PATH ?? "")
  .split(delimiter)
  .flatMap((folder) => names.map((name) => join(folder, name)))
  .find((path) => existsSync(path));

/** Why tests with a browser are skipped, for their title: they must not pass for passed. */
export const browserMissing =
  browserPath === undefined ? " (skipped: no Chromium on the PATH, such as Debian's package chromium)" : "";

/** Starts it without a window. As root it needs to do without its sandbox. */
export function startBrowser(): Promise<Browser> {
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath: browserPath ?? "", args });
}
