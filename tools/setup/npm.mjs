// @ts-check
import { basename } from "node:path";
import process from "node:process";
import { collect } from "./child.mjs";
import { isWindows, root } from "./paths.mjs";

/**
 * Runs npm and collects what it prints.
 * @param {string[]} args
 * @param {string} [cwd] default: the repository's root
 */
export function npm(args, cwd = root) {
  const { npm_execpath, npm_node_execpath } = process.env;
  // Under npm: the same npm, run by the Node that runs it, not by the one that is to be installed.
  if (npm_execpath !== undefined && basename(npm_execpath) === "npm-cli.js") {
    return collect(npm_node_execpath ?? process.execPath, [npm_execpath, ...args], { cwd });
  }
  // npm is a batch file on Windows, which only a shell can start.
  return isWindows
    ? collect("cmd.exe", ["/d", "/c", "npm", ...args], { cwd })
    : collect("npm", args, { cwd });
}
