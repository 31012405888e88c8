import { createHash } from "node:crypto";
import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { collect } from "./child.mjs";
import { withLock } from "./lock.mjs";
import { nodeModules, root } from "./paths.mjs";
import { withProgress } from "./say.mjs";

const dist = join(root, "dist");
const scratch = join(root, ".tmp");
/** A file of dist/ that says which inputs it was built from. */
const stamp = ".built-from";

/** Sees to it that dist/ is what the sources give. Contents are compared, not times: `git checkout` changes both. */
export async function ensureBuilt(): Promise<void> {
  if (isUpToDate()) return;
  await withLock(join(scratch, "dist.lock"), "building dist/", async () => {
    if (!isUpToDate()) await withProgress("Building dist/", build);
  });
}

function isUpToDate(): boolean {
  const file = join(dist, stamp);
  return existsSync(file) && readFileSync(file, "utf8") === inputsHash();
}

/** Sources, settings, the versions of all tools, and this file. */
function inputsHash(): string {
  const settings = readdirSync(root).filter((name) => /^(tsconfig.*|package|package-lock)\.json$/.test(name));
  const sources = ["sdk", "provider"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(ts|html)$/.test(name))
      .map((name) => join(folder, name)),
  );
  const hash = createHash("sha256").update(readFileSync(fileURLToPath(import.meta.url)));
  for (const name of [...settings, ...sources].sort())
    hash.update(`${name}\0`).update(readFileSync(join(root, name)));
  return hash.digest("hex");
}

/** Builds beside dist/, which is then replaced at once: dist/ is whole whenever a build fails or is killed. */
async function build(): Promise<void> {
  const inputs = inputsHash();
  const folder = join(scratch, "dist");
  const old = join(scratch, "old-dist");
  for (const each of [folder, old]) rmSync(each, { recursive: true, force: true });
  // Types are the business of `npm run check`: a test can be run before they are right.
  const tsc = join(nodeModules, "typescript", "bin", "tsc");
  const args = ["-p", "tsconfig.build.json", "--noCheck", "--outDir", folder];
  await Promise.all([collect(process.execPath, [tsc, ...args]), bundle(entries(), folder)]);
  // The commands. npm would set the bit in an installed package, but not in a clone.
  for (const command of ["emulator/cli.js", "cli/main.js"]) chmodSync(join(folder, "sdk", command), 0o755);
  writeFileSync(join(folder, stamp), inputs);
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(folder, dist);
  rmSync(old, { recursive: true, force: true });
}

/** The sources of what the package exports and of its command, by the name of what is made of them, without its ending. */
function entries(): Record<string, string> {
  const { exports, bin } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const targets = [
    ...Object.values<{ default?: string }>(exports).map((target) => target.default ?? ""),
    ...Object.values<string>(bin),
  ];
  const names = targets.flatMap((target) => /^\.\/dist\/(.+)\.js$/.exec(target)?.[1] ?? []);
  return Object.fromEntries(names.map((name) => [name, `${name}.ts`]));
}

/** What users install beside the package; all else that it imports becomes part of it. */
const external = [/^@pulumi\//, /^@grpc\//, /^undici(\/|$)/];

/** Users of the client alone have no Pulumi, so it is an optional peer: the resource has to say that it needs it. */
const requirePulumi = `try { require.resolve("@pulumi/pulumi"); } catch { throw new Error('pulumi-huaweicloud-as: the resources need @pulumi/pulumi, which is not installed: add it to the dependencies of your program (npm install @pulumi/pulumi); the client alone is pulumi-huaweicloud-as/sdk'); }`;

/**
 * Makes few files of many (docs/adr/0013): each costs the engine's new process some time, and zod as it comes more than
 * all else. Shared code and late imports go into `chunks/`.
 */
export async function bundle(input: Record<string, string>, dir: string): Promise<void> {
  const { rolldown } = await import("rolldown");
  const bundled = await rolldown({
    cwd: root,
    input,
    external,
    platform: "node",
    transform: { target: "es2024" },
    // The emulator's page.
    moduleTypes: { ".html": "text" },
  });
  const { output } = await bundled.write({
    dir,
    format: "cjs",
    strict: true,
    esModule: true,
    chunkFileNames: "chunks/[name].js",
    banner: ({ name }) => (name === "provider/index" ? requirePulumi : ""),
    comments: { jsdoc: false },
  });
  await bundled.close();
  // The packages that have become part of this one demand that their licences go with it.
  const modules = output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
  const names = modules.flatMap(
    (module) => /node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(module)?.[1] ?? [],
  );
  const licences = [...new Set(names)]
    .sort()
    .map((name) => `${name}\n\n${readFileSync(join(nodeModules, name, "LICENSE"), "utf8")}`);
  writeFileSync(join(dir, "THIRD-PARTY-LICENSES"), licences.join("\n\n"));
}
