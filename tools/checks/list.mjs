// @ts-check
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../setup/child.mjs";
import { ensureBuilt } from "../setup/dist.mjs";
import { childEnvironment } from "../setup/environment.mjs";
import { Interrupted, SetupError } from "../setup/failure.mjs";
import { npm } from "../setup/npm.mjs";
import { projectNode } from "../setup/paths.mjs";
import { toolFile } from "../setup/tool.mjs";

/**
 * What `npm run check` runs, in this order.
 * @param {string} scratch an empty folder for the packed package
 * @returns {import("./run.mjs").Check[]}
 */
export function checks(scratch) {
  return [
    { name: "build", finds: "what cannot be compiled", work: build },
    { name: "biome", finds: "format and lint", work: () => tool("@biomejs/biome", "biome", "check", ".") },
    {
      name: "eslint",
      finds: "promises left alone, cases left out",
      work: () => tool("eslint", "eslint", "."),
    },
    {
      name: "tsc",
      finds: "types of program, tests, examples and tools",
      // tsconfig.json is also the one that Pulumi reads, which may have checks turned off for speed.
      work: () => tool("typescript", "tsc", "--noEmit", "--noCheck", "false", "-p", "tsconfig.json"),
    },
    {
      name: "depcruise",
      finds: "imports against the layers",
      work: () => tool("dependency-cruiser", "depcruise", "sdk", "provider", "examples", "tests", "tools"),
    },
    { name: "knip", finds: "what nobody uses", work: () => tool("knip", "knip", "--no-progress") },
    // Packed once, and outside of the clone: publint and attw would each pack on their own, attw into the root folder.
    { name: "pack", finds: "a package that cannot be packed", work: () => pack(scratch) },
    {
      name: "publint",
      finds: "the package's manifest",
      work: async () => tool("publint", "publint", "--strict", await tarballIn(scratch)),
    },
    {
      name: "attw",
      finds: "the package's types, as each kind of user resolves them",
      work: async () => tool("@arethetypeswrong/cli", "attw", await tarballIn(scratch)),
    },
  ];
}

async function build() {
  await ensureBuilt();
  return 0;
}

/**
 * @param {string} name the package's
 * @param {string} command
 * @param {string[]} args
 */
async function tool(name, command, ...args) {
  const env = childEnvironment();
  const { code, signal } = await run(projectNode(), [toolFile(name, command), ...args], { env });
  if (signal !== undefined) throw new Interrupted(signal);
  return code;
}

/** @param {string} folder */
async function pack(folder) {
  // Without scripts: dist/ is built by now.
  const { code, output } = await npm(["pack", "--ignore-scripts", "--pack-destination", folder]);
  if (code !== 0) throw new SetupError(output);
  return code;
}

/** @param {string} folder */
async function tarballIn(folder) {
  const tarball = (await readdir(folder)).find((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new SetupError("There is no package to check.");
  return join(folder, tarball);
}
