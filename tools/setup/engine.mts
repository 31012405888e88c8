import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, globSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import sdk from "@pulumi/pulumi/package.json" with { type: "json" };
import { collect, Interrupted } from "./child.mjs";
import { withLock } from "./lock.mjs";
import { cacheFolder, isWindows, root } from "./paths.mjs";
import { say, withProgress } from "./say.mjs";

/** Since 3.216 a dynamic provider's `read` gives back inputs: before, an update follows every refresh. */
const oldest = "3.216.0";

/** Made by Go with a version in it, without which the Automation API refuses a command. */
const engine = {
  module: "pulumi",
  package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  version: "3.259.0",
};
/** It has moved to a module that proxies do not serve; 3.65.1 is from before, and runs programs under this engine. */
const languageHost = {
  module: "language-nodejs",
  package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
  version: "3.65.1",
};

/** Puts an engine into a folder's `bin`. */
type Fill = (folder: string, detail: (text: string) => void) => Promise<void>;

/**
 * Puts a Pulumi engine first on this process's PATH: the one that is there already if it is new enough, else the
 * official download, else a build from Go modules (docs/adr/0010). The latter two are kept, once a machine.
 *
 * @throws Error with what was tried, and what to install
 */
export async function ensureEngine(): Promise<void> {
  const problemOnPath = await problemOf(PulumiCommand.get());
  if (problemOnPath === undefined) return;
  const kept = (name: string) => join(cacheFolder, "engine", name);
  const ways: { title: string; folder: string; fill: Fill }[] = [
    { title: `Download of Pulumi ${sdk.version}`, folder: kept(sdk.version), fill: download },
    { title: `Build of Pulumi ${engine.version} from Go modules`, folder: kept(buildName()), fill: build },
  ];
  const findKept = async () => {
    for (const { folder } of ways)
      if ((await problemOf(PulumiCommand.get({ root: folder }))) === undefined) return folder;
    return undefined;
  };
  const make = async () => {
    const tried = [`A \`pulumi\` on the PATH: ${problemOnPath}`];
    for (const { title, folder, fill } of ways) {
      const problem = await problemOf(withProgress(title, (detail) => fillFolder(folder, fill, detail)));
      if (problem === undefined) return folder;
      tried.push(`${title}: ${problem}`);
      say(`  ${problem.split("\n").at(-1)}`);
    }
    throw new Error(complaint(tried));
  };
  const lock = join(cacheFolder, "engine.lock");
  const doing = "setting up the Pulumi engine";
  const folder =
    (await findKept()) ?? (await withLock(lock, doing, async () => (await findKept()) ?? make()));
  process.env.PATH = `${join(folder, "bin")}${delimiter}${process.env.PATH}`;
}

/** What is wrong with an engine; undefined when it is good. */
async function problemOf(command: Promise<PulumiCommand>): Promise<string | undefined> {
  try {
    const { version } = await command;
    if (version?.major === 3 && version.compare(oldest) >= 0) return undefined;
    return `it is ${version}; it has to be ${oldest} or a later 3.x`;
  } catch (error) {
    if (error instanceof Interrupted || !(error instanceof Error)) throw error;
    const [, missing] = /spawn (\S+) ENOENT/.exec(error.message) ?? [];
    return missing === undefined ? error.message.trim() : `there is no \`${missing}\` on the PATH`;
  }
}

/** Fills a folder beside it and moves that there at once, so that a half-made engine is never taken for one. */
async function fillFolder(
  folder: string,
  fill: Fill,
  detail: (text: string) => void,
): Promise<PulumiCommand> {
  // A set-up that was killed has left its part, and maybe a process that still writes there.
  for (const name of globSync(".part-*", { cwd: dirname(folder) })) remove(join(dirname(folder), name));
  const part = join(dirname(folder), `.part-${process.pid}`);
  mkdirSync(join(part, "bin"), { recursive: true });
  try {
    await fill(part, detail);
    remove(folder);
    renameSync(part, folder);
  } finally {
    remove(part);
  }
  return await PulumiCommand.get({ root: folder });
}

const remove = (folder: string) => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });

/** By Pulumi's own installer. It waits minutes for a host that does not answer, so that is asked first, for 3 s. */
async function download(folder: string): Promise<void> {
  const script = `
    const asked = { method: "HEAD", signal: AbortSignal.timeout(3000) };
    await fetch("https://get.pulumi.com/install.sh", asked).catch((error) => {
      console.error("get.pulumi.com does not answer: " + (error.cause ?? error).message);
      process.exit(1);
    });
    const { PulumiCommand } = await import("@pulumi/pulumi/automation/index.js");
    await PulumiCommand.install({ root: ${JSON.stringify(folder)} });`;
  // In a process of its own: only so does Node's fetch use the proxy that HTTPS_PROXY names, and end in time.
  const env = { ...process.env, NODE_USE_ENV_PROXY: "1" };
  await collect(process.execPath, ["--input-type=module", "--eval", script], { env, timeoutSeconds: 600 });
}

const moduleFolder = (name: string) => join(root, "tools", "engine", name);

/** -mod and -buildvcs whatever GOFLAGS says; -trimpath, so that the command holds no folder of this machine. */
function goArguments(version: string): string[] {
  const variable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
  return ["-mod=readonly", "-buildvcs=false", "-trimpath", "-ldflags", `-s -w -X ${variable}=v${version}`];
}

/** Changes with the recipe, so that a changed one is built anew. */
function buildName(): string {
  const hash = createHash("sha256");
  for (const part of [engine, languageHost]) {
    hash.update(JSON.stringify([part.package, part.version, goArguments(part.version)]));
    for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(join(moduleFolder(part.module), file)));
  }
  return `${engine.version}-${hash.digest("hex").slice(0, 8)}`;
}

/** With Go, in three minutes or so. */
async function build(folder: string, detail: (text: string) => void): Promise<void> {
  const bin = join(folder, "bin");
  const scratch = join(folder, "go-build");
  mkdirSync(scratch);
  // As in the official release, without a C compiler; temporary files go where they are removed.
  const env = { ...process.env, CGO_ENABLED: "0", GOWORK: "off", GOOS: "", GOARCH: "", GOTMPDIR: scratch };
  for (const { module, package: name, version } of [engine, languageHost]) {
    const args = ["build", "-v", ...goArguments(version), "-o", `${bin}/`, name];
    await collect("go", args, { cwd: moduleFolder(module), env, onLine: detail });
  }
  // The launcher of dynamic providers is a script in the sdk's module, read-only in the module cache.
  const launcher = `pulumi-resource-pulumi-nodejs${isWindows ? ".cmd" : ""}`;
  const list = ["list", "-mod=readonly", "-m", "-f", "{{.Dir}}", "github.com/pulumi/pulumi/sdk/v3"];
  const sources = (await collect("go", list, { cwd: moduleFolder(engine.module), env })).trim();
  copyFileSync(join(sources, "nodejs", "dist", launcher), join(bin, launcher));
  chmodSync(join(bin, launcher), 0o755);
  rmSync(scratch, { recursive: true });
}

function complaint(tried: readonly string[]): string {
  const [, go] = /^go (\S+)$/m.exec(readFileSync(join(moduleFolder(engine.module), "go.mod"), "utf8")) ?? [];
  return [
    "No Pulumi engine could be found, downloaded or built. This was tried:",
    ...tried.map((attempt) => `  - ${attempt.replaceAll("\n", "\n    ")}`),
    "Install one of these, then run the command again:",
    `  - Pulumi ${oldest} or a later 3.x (https://www.pulumi.com/docs/install)`,
    `  - Go ${go} or newer (https://go.dev/dl), with a network that serves Go modules`,
  ].join("\n");
}
