// @ts-check
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, isWindows } from "./paths.mjs";

/**
 * The oldest engine that is good enough. 3.216 is the oldest that the package supports (its peer dependency): since
 * then a dynamic provider's `read` gives back inputs, without which every refresh is followed by an update.
 */
export const minimumVersion = "3.216.0";

/** The engine's command line. */
export const command = isWindows ? "pulumi.exe" : "pulumi";

/** What must be beside it: what runs a program in JavaScript or TypeScript, and what starts a dynamic provider. */
export const languageHost = isWindows ? "pulumi-language-nodejs.exe" : "pulumi-language-nodejs";
export const launcher = isWindows ? "pulumi-resource-pulumi-nodejs.cmd" : "pulumi-resource-pulumi-nodejs";

/** Where engines are kept, each in a folder of its own that appears when it is complete and never changes. */
export const enginesFolder = () => join(cacheFolder(), "engine");

/**
 * @param {string} bin
 * @returns {string[]} the files of an engine that the folder lacks
 */
export function missingFrom(bin) {
  return [command, languageHost, launcher].filter((file) => !existsSync(join(bin, file)));
}

/**
 * @param {string} text what `pulumi version` prints
 * @returns {string | undefined} the version, such as `3.259.0`
 */
export function parseVersion(text) {
  return /^v?(\d+\.\d+\.\d+\S*)\s*$/m.exec(text)?.[1];
}

/**
 * @param {string} version
 * @returns {boolean} whether it is of the major version of {@link minimumVersion}, and not older
 */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = minimumVersion.split(".").map(Number);
  return major === wantedMajor && minor >= wantedMinor;
}
