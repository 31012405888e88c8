import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";

const sdk = resolve("sdk");

/** What is loaded together with a file: its imports and theirs, but not types or what is imported late. */
function loadedWith(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  const source = readFileSync(file, "utf8");
  for (const [, path = ""] of source.matchAll(/^(?:import|export)(?! type)[^;]*? from "([^"]+)";/gms)) {
    if (path.startsWith(".")) loadedWith(`${join(dirname(file), path)}.ts`, found);
    else found.add(path);
  }
  return found;
}

function namesLoadedWith(name: string): string[] {
  return [...loadedWith(join(sdk, name))].map((file) => file.replace(`${sdk}/`, ""));
}

const sources = ["files", "local-services", "profile-file", "search", "shared-config", "temporary-keys"];

test("the client is loaded without the sources of credentials that most programs never need", () => {
  const names = namesLoadedWith("index.ts");
  expect(names).toContain("credentials/sources.ts");
  expect(names.filter((name) => sources.some((source) => name === `credentials/${source}.ts`))).toEqual([]);
});

test("credentials of the environment and of files are found without undici and zod", () => {
  const names = ["sources", "search", "session"].flatMap((name) => namesLoadedWith(`credentials/${name}.ts`));
  expect(names).toContain("credentials/shared-config.ts");
  expect(names).toContain("credentials/profile-file.ts");
  expect(names.filter((name) => /^(undici|zod|transport\.ts|schemas\.ts)/.test(name))).toEqual([]);
});
