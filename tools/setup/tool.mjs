// @ts-check
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SetupError } from "./failure.mjs";
import { nodeModules } from "./paths.mjs";

/**
 * The script behind a command of an installed package, to be run by the project's Node: node_modules/.bin would
 * do on POSIX, but holds shell scripts on Windows.
 *
 * @param {string} name the package's
 * @param {string} [command] default: the package's name
 */
export function toolFile(name, command = name) {
  const folder = join(nodeModules, name);
  const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = typeof bin === "string" ? bin : bin?.[command];
  if (typeof file !== "string")
    throw new SetupError(`the installed package ${name} has no command ${command}`);
  return join(folder, file);
}
