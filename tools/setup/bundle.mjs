// @ts-check
import { readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { rolldown } from "rolldown";
import { root } from "./paths.mjs";

/** What users install beside the package; all else that it imports becomes part of it. */
const installed = [/^@pulumi\//, /^@grpc\//, /^undici(\/|$)/];

/**
 * Makes few files of many (docs/adr/0013): each costs the engine's new process some time, and zod as it comes more than
 * all else. What several entries need, and what is imported late, goes into `chunks/`.
 * @param {Record<string, string>} entries source files by the name that they get, without its ending
 * @returns {Promise<Map<string, string>>} the text of each file by its path
 */
export async function bundle(entries) {
  const bundled = await rolldown({
    cwd: root,
    input: entries,
    external: installed,
    platform: "node",
    transform: { target: "es2024" },
  });
  const { output } = await bundled.generate({
    format: "cjs",
    strict: true,
    esModule: true,
    chunkFileNames: "chunks/[name].js",
    comments: { jsdoc: false },
  });
  await bundled.close();
  /** @type {Map<string, string>} */
  const files = new Map();
  for (const file of output)
    files.set(file.fileName, file.type === "chunk" ? file.code : String(file.source));
  const modules = output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
  files.set("THIRD-PARTY-LICENSES", licences(modules));
  return files;
}

/**
 * The licences of the packages that have become part of this one, as they demand.
 * @param {readonly string[]} modules
 */
function licences(modules) {
  const names = modules.flatMap((module) => {
    const [, inside] = module.split(`${sep}node_modules${sep}`);
    const parts = inside?.split(sep) ?? [];
    return parts.slice(0, parts[0]?.startsWith("@") ? 2 : 1).join("/") || [];
  });
  return [...new Set(names)]
    .sort()
    .map((name) => `${name}\n\n${readFileSync(join(root, "node_modules", name, "LICENSE"), "utf8")}`)
    .join("\n\n");
}
