// @ts-check
// Run by the project's Node as: compile.mjs DIST STAMP INPUTS. It makes the declarations as `tsc -p tsconfig.build.json
// --noCheck` does (types are the business of `npm run check`; a test can be run before they are right) and the code by
// a bundler, but keeps the output in memory until it is complete, and then puts it in place file by file, each by a
// rename, what is already right untouched: a test that is loading dist/ meanwhile never finds a file missing or half
// written.
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import process from "node:process";
import ts from "typescript";
import { bundle } from "./bundle.mjs";
import { codeOf, SetupError } from "./failure.mjs";

const [dist = "", stampFile = "", inputs = ""] = process.argv.slice(2);
const project = join(dirname(dist), "tsconfig.build.json");

/** @type {ts.FormatDiagnosticsHost} */
const formatting = {
  getCanonicalFileName: (name) => name,
  getCurrentDirectory: () => dirname(dist),
  getNewLine: () => "\n",
};

/**
 * The entries of the package, which users reach by its subpaths and its command.
 * @returns {Record<string, string>} their sources by the name of what is made of them, without its ending
 */
function entries() {
  const { exports, bin } = JSON.parse(readFileSync(join(dirname(dist), "package.json"), "utf8"));
  const built = [...Object.values(exports).flatMap((target) => target.default ?? []), ...Object.values(bin)];
  const names = built.map((file) => file.replace(/^\.\/dist\/(.+)\.js$/, "$1"));
  return Object.fromEntries(names.map((name) => [name, `${name}.ts`]));
}

/**
 * @returns {Map<string, string>} the text of each declaration file by its path inside dist
 */
function declarations() {
  const host = {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (/** @type {ts.Diagnostic} */ problem) => refuse([problem]),
  };
  const config = ts.getParsedCommandLineOfConfigFile(project, undefined, host);
  if (config === undefined) throw new SetupError(`${project} cannot be read`);
  refuse(config.errors);

  const program = ts.createProgram({
    rootNames: config.fileNames,
    options: { ...config.options, noCheck: true },
  });
  /** @type {Map<string, string>} */
  const outputs = new Map();
  const emitted = program.emit(undefined, (file, text) => {
    const name = relative(dist, file);
    if (name.startsWith(".."))
      throw new SetupError(`${project} would write ${file}, which is outside of ${dist}`);
    outputs.set(name.split(sep).join("/"), text);
  });
  refuse([...ts.getPreEmitDiagnostics(program), ...emitted.diagnostics]);
  return outputs;
}

/** @param {readonly ts.Diagnostic[]} problems */
function refuse(problems) {
  if (problems.length > 0) throw new SetupError(ts.formatDiagnostics(problems, formatting));
}

/** @param {Map<string, string>} outputs */
function place(outputs) {
  // First of all: interrupted from here on, dist/ must not pass for what it was.
  rmSync(stampFile, { force: true });
  for (const [name, text] of outputs) {
    // A command, such as the emulator's: npm would set the bit when it installs the package, but nobody does in a clone.
    writeIfChanged(join(dist, name), text, text.startsWith("#!") ? 0o755 : 0o644);
  }
  removeOthers(dist, outputs);
  const files = Object.fromEntries([...outputs].map(([name, text]) => [name, Buffer.byteLength(text)]));
  writeIfChanged(stampFile, JSON.stringify({ inputs, files }), 0o644);
}

/**
 * @param {string} file
 * @param {string} text
 * @param {number} mode
 */
function writeIfChanged(file, text, mode) {
  try {
    if (readFileSync(file, "utf8") === text && (statSync(file).mode & 0o777) === mode) return;
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
  mkdirSync(dirname(file), { recursive: true });
  const part = `${file}.${process.pid}.part`;
  writeFileSync(part, text);
  chmodSync(part, mode); // a mode given to writeFileSync is narrowed by the umask, and would be packed so
  renameSync(part, file);
}

/**
 * Removes what a source that is gone has left, and the parts of a build that was interrupted.
 * @param {string} folder
 * @param {Map<string, string>} outputs
 */
function removeOthers(folder, outputs) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removeOthers(path, outputs);
    else if (!outputs.has(relative(dist, path).split(sep).join("/"))) rmSync(path);
  }
  if (folder !== dist && readdirSync(folder).length === 0) rmdirSync(folder);
}

try {
  place(new Map([...declarations(), ...(await bundle(entries()))]));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(error.message);
  process.exitCode = 1;
}
