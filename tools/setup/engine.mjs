// @ts-check
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { buildEngine, buildId, requiredGo } from "./engine-build.mjs";
import { downloadEngine, downloadVersion } from "./engine-download.mjs";
import { enginesFolder, minimumVersion, missingFrom } from "./engine-files.mjs";
import { engineOnPath } from "./engine-on-path.mjs";
import { codeOf, describe, SetupError } from "./failure.mjs";
import { withLock } from "./lock.mjs";
import { cacheFolder } from "./paths.mjs";
import { dim, say } from "./say.mjs";

/**
 * @typedef {"path" | "download" | "build"} Source
 * @typedef {{ bin: string, version: string, source: Source }} Engine `bin` holds `pulumi` and what belongs to it
 * @typedef {{ source: Source, version: string, folder: string, fill: (folder: string) => Promise<void> }} Kept an
 *   engine of the cache folder, and what puts it into a folder
 */

/**
 * Sees to it that there is a Pulumi engine: the installed one where it is new enough, else the official download, else
 * one built from Go modules. The latter two are kept in the user's cache folder, so they are made once a machine.
 *
 * `PULUMI_ENGINE=path|download|build` has only that one tried.
 *
 * @returns {Promise<Engine>}
 */
export async function ensureEngine() {
  const only = chosenSource();
  const allows = (/** @type {Source} */ source) => only === undefined || only === source;

  /** @type {string[]} */
  const tried = [];
  if (allows("path")) {
    const found = await engineOnPath();
    if (typeof found !== "string") return found;
    tried.push(`${attempts.path}: ${found}`);
  }
  const kept = keptEngines().filter(({ source }) => allows(source));
  const ready = readyEngine(kept);
  if (ready !== undefined) return ready;

  return await withLock(join(cacheFolder(), "locks", "engine"), "setting up the Pulumi engine", async () => {
    const meanwhile = readyEngine(kept);
    if (meanwhile !== undefined) return meanwhile;
    await removeLeftovers();
    for (const engine of kept) {
      try {
        return await make(engine);
      } catch (error) {
        // What is no answer of the system's or of a tool's is a mistake in here, or a ^C.
        if (!(error instanceof SetupError) && codeOf(error) === undefined) throw error;
        tried.push(`${attempts[engine.source]}: ${describe(error)}`);
        say(dim(`  ${describe(error).split("\n")[0]}`));
      }
    }
    throw new SetupError(complaint(tried));
  });
}

const attempts = {
  path: "a `pulumi` on the PATH",
  download: "the official download of Pulumi",
  build: "a build of Pulumi from Go modules",
};

/** @returns {Kept[]} in the order in which they are tried */
function keptEngines() {
  const downloaded = downloadVersion();
  const built = buildId();
  const folders = enginesFolder();
  return [
    { source: "download", version: downloaded, folder: join(folders, downloaded), fill: downloadEngine },
    {
      source: "build",
      version: built.version,
      folder: join(folders, `${built.version}-${built.recipe}`),
      fill: buildEngine,
    },
  ];
}

/**
 * @param {Kept[]} kept
 * @returns {Engine | undefined}
 */
function readyEngine(kept) {
  for (const { source, version, folder } of kept) {
    const bin = join(folder, "bin");
    if (missingFrom(bin).length === 0) return { bin, version, source };
  }
  return undefined;
}

/**
 * Makes an engine beside its place and moves it there in one go, so that a half-made one is never taken for it.
 * @param {Kept} engine
 * @returns {Promise<Engine>}
 */
async function make({ source, version, folder, fill }) {
  const part = await mkdtemp(join(enginesFolder(), partPrefix));
  try {
    await fill(part);
    const missing = missingFrom(join(part, "bin"));
    if (missing.length > 0) throw new SetupError(`it came without ${missing.join(" and ")}`);
    await rm(folder, { recursive: true, force: true }); // somebody has emptied it
    await rename(part, folder);
    return { bin: join(folder, "bin"), version, source };
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

const partPrefix = ".part-";

/** What a set-up that was killed has left. Only the holder of the lock makes parts, so these are nobody's. */
async function removeLeftovers() {
  await mkdir(enginesFolder(), { recursive: true });
  for (const name of await readdir(enginesFolder())) {
    if (name.startsWith(partPrefix)) await rm(join(enginesFolder(), name), { recursive: true, force: true });
  }
}

/** @param {string[]} tried */
function complaint(tried) {
  const list = tried.map((attempt, index) => `  ${index + 1}. ${attempt.replaceAll("\n", "\n     ")}`);
  return [
    "There is no Pulumi engine to be had. This was tried:",
    ...list,
    "Install one of these, then run the command again:",
    `  - Pulumi ${minimumVersion} or a later 3.x (https://www.pulumi.com/docs/install)`,
    `  - Go ${requiredGo()} or newer (https://go.dev/dl), with a network that serves Go modules`,
  ].join("\n");
}

/** @returns {Source | undefined} */
function chosenSource() {
  const { PULUMI_ENGINE } = process.env;
  if (PULUMI_ENGINE === undefined || PULUMI_ENGINE === "") return undefined;
  if (PULUMI_ENGINE === "path" || PULUMI_ENGINE === "download" || PULUMI_ENGINE === "build")
    return PULUMI_ENGINE;
  throw new SetupError(
    `PULUMI_ENGINE is ${PULUMI_ENGINE}; it can be path, download or build, or unset to try all three.`,
  );
}
