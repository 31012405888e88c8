// @ts-check
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { chmod, copyFile, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { collect } from "./child.mjs";
import { command, languageHost, launcher } from "./engine-files.mjs";
import { codeOf, SetupError } from "./failure.mjs";
import { root } from "./paths.mjs";
import { withProgress } from "./progress.mjs";
import { say } from "./say.mjs";

/**
 * What is built: a Go module of ours that requires Pulumi's, the package of the command, and the version it gets. The
 * versions are those that go.mod names; without a version in it the Automation API refuses the command line.
 * The language host has moved to a module that proxies do not serve; 3.65.1 is from before, and runs programs in
 * JavaScript and TypeScript under this engine.
 */
const parts = {
  engine: {
    name: "the Pulumi engine",
    module: join(root, "tools", "engine", "pulumi"),
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    version: "3.259.0",
    file: command,
  },
  languageHost: {
    name: "Pulumi's language host",
    module: join(root, "tools", "engine", "language-nodejs"),
    package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    version: "3.65.1",
    file: languageHost,
  },
};

/** @typedef {typeof parts.engine} Part */

/** Identifies what would be built: the version, and a hash of the recipe, so that a changed one is built anew. */
export function buildId() {
  const hash = createHash("sha256");
  for (const part of Object.values(parts)) {
    hash.update(JSON.stringify([part.package, part.version, goArguments(part.version)]));
    for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(join(part.module, file)));
  }
  return { version: parts.engine.version, recipe: hash.digest("hex").slice(0, 8) };
}

/** The oldest Go that builds it. */
export function requiredGo() {
  return /^go (\S+)$/m.exec(readFileSync(join(parts.engine.module, "go.mod"), "utf8"))?.[1];
}

/**
 * Builds the engine from Go modules into a folder's `bin`.
 * @param {string} folder
 */
export async function buildEngine(folder) {
  await requireGo();
  say("The Pulumi engine is built from its sources: three minutes or so, once a machine.");
  const bin = join(folder, "bin");
  const scratch = join(folder, "go-build");
  await mkdir(bin, { recursive: true });
  await mkdir(scratch, { recursive: true });
  for (const part of Object.values(parts)) {
    await withProgress(`Building ${part.name} ${part.version} from Go modules`, async (detail) => {
      const total = await download(part, scratch, detail);
      let compiled = 0;
      const onLine = () => {
        compiled += 1;
        detail(`${compiled} of ${total} packages compiled`);
      };
      const args = ["build", "-v", ...goArguments(part.version), "-o", join(bin, part.file), part.package];
      await go(args, part.module, scratch, onLine);
    });
  }
  await copyLauncher(bin, scratch);
  await rm(scratch, { recursive: true });
}

/**
 * -mod and -buildvcs whatever GOFLAGS says; -trimpath, so that no folder of this machine is in the command.
 * @param {string} version
 */
function goArguments(version) {
  const variable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
  return ["-mod=readonly", "-buildvcs=false", "-trimpath", "-ldflags", `-s -w -X ${variable}=v${version}`];
}

async function requireGo() {
  try {
    await collect("go", ["version"]);
  } catch (error) {
    if (codeOf(error) === "ENOENT") throw new SetupError("there is no `go` on the PATH");
    throw error;
  }
}

/**
 * Brings the modules that a part needs.
 * @param {Part} part
 * @param {string} scratch
 * @param {(text: string) => void} detail
 * @returns {Promise<number>} how many packages there are to compile
 */
async function download(part, scratch, detail) {
  let modules = 0;
  const onLine = (/** @type {string} */ line) => {
    if (!line.startsWith("go: downloading ")) return;
    modules += 1;
    detail(`${modules} modules downloaded`);
  };
  const output = await go(["list", "-mod=readonly", "-deps", part.package], part.module, scratch, onLine);
  return output.split("\n").filter((line) => line !== "" && !line.startsWith("go: ")).length;
}

/**
 * The launcher of dynamic providers is a script that lies in the sdk's module.
 * @param {string} bin
 * @param {string} scratch
 */
async function copyLauncher(bin, scratch) {
  const args = ["list", "-mod=readonly", "-m", "-f", "{{.Dir}}", "github.com/pulumi/pulumi/sdk/v3"];
  const sdk = (await go(args, parts.engine.module, scratch)).trim();
  await copyFile(join(sdk, "nodejs", "dist", launcher), join(bin, launcher));
  await chmod(join(bin, launcher), 0o755); // it is read-only in the module cache
}

/**
 * @param {string[]} args
 * @param {string} cwd
 * @param {string} scratch
 * @param {(line: string) => void} [onLine]
 * @returns {Promise<string>} what it printed
 */
async function go(args, cwd, scratch, onLine = () => {}) {
  const env = {
    ...process.env,
    CGO_ENABLED: "0", // as in the official release; it needs no C compiler
    GOWORK: "off",
    GOOS: "", // for this machine, whatever somebody cross-compiles for
    GOARCH: "",
    GOTMPDIR: scratch, // inside of what is cleaned up
  };
  const { code, output } = await collect("go", args, { cwd, env, onLine });
  if (code !== 0)
    throw new SetupError(`\`go ${args[0]}\` failed with exit code ${code}:\n${complaints(output)}`);
  return output;
}

/**
 * The end of what go printed, less its progress.
 * @param {string} output
 */
function complaints(output) {
  const lines = output.trim().split("\n");
  return lines
    .filter((line) => !line.startsWith("go: downloading "))
    .slice(-12)
    .join("\n");
}
