import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";

const sdk = resolve("sdk");

/** The files that are loaded together with one: what it imports, but for types and for what it imports late. */
function loadedWith(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  const source = readFileSync(file, "utf8");
  for (const [, path = ""] of source.matchAll(/^(?:import|export)(?! type)[^;]*? from "(\.[^"]+)";/gms)) {
    loadedWith(`${join(dirname(file), path)}.ts`, found);
  }
  return found;
}

const late = ["agency", "files", "ini", "metadata", "profile-file", "search", "shared-config"];

test("the sources of credentials that most never need are not loaded with the client", () => {
  const names = [...loadedWith(join(sdk, "index.ts"))].map((file) => file.slice(sdk.length + 1));
  expect(names).toContain("credentials/sources.ts");
  expect(
    names.filter((name) => late.includes(name.replace(/^credentials\/(assume-)?(.*)\.ts$/, "$2"))),
  ).toEqual(["credentials/agency.ts"]);
});
