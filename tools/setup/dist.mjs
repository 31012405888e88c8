// @ts-check
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { collect } from "./child.mjs";
import { childEnvironment } from "./environment.mjs";
import { codeOf, SetupError } from "./failure.mjs";
import { withLock } from "./lock.mjs";
import { cloneLock, projectNode, root } from "./paths.mjs";
import { withProgress } from "./progress.mjs";

/** @typedef {{ inputs: string, files: Record<string, number> }} Stamp what dist/ was made from; its files' sizes */

const dist = join(root, "dist");
const stampFile = join(dist, ".built-from.json");
const compiler = fileURLToPath(new URL("./compile.mjs", import.meta.url));
const bundler = fileURLToPath(new URL("./bundle.mjs", import.meta.url));

/** Sees to it that dist/ is what the sources give. Contents are compared, not times: `git checkout` changes both. */
export async function ensureBuilt() {
  if (isUpToDate(inputsHash())) return;
  await withLock(cloneLock("dist"), "building dist/", async () => {
    const inputs = inputsHash();
    if (isUpToDate(inputs)) return;
    await withProgress("Building dist/", async () => {
      const args = [compiler, dist, stampFile, inputs];
      const { code, output } = await collect(projectNode(), args, { env: childEnvironment() });
      if (code !== 0) throw new SetupError(`The build failed; dist/ is as it was.\n\n${output.trim()}`);
    });
  });
}

/** @param {string} inputs */
function isUpToDate(inputs) {
  try {
    /** @type {Stamp} */
    const stamp = JSON.parse(readFileSync(stampFile, "utf8"));
    return (
      stamp.inputs === inputs &&
      Object.entries(stamp.files).every(([file, size]) => statSync(join(dist, file)).size === size)
    );
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

/** Everything that the outcome depends on: sources, settings, the tools and the types they read, and this build. */
function inputsHash() {
  const settings = readdirSync(root).filter((name) => /^(tsconfig.*|package|package-lock)\.json$/.test(name));
  const files = [
    ...settings.map((name) => join(root, name)),
    ...filesUnder(join(root, "sdk")),
    ...filesUnder(join(root, "provider")),
    compiler,
    bundler,
  ];
  const hash = createHash("sha256");
  for (const file of files.sort()) {
    const content = readFileSync(file);
    hash.update(`${relative(root, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}
