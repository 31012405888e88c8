import fc from "fast-check";
import { expect, test } from "vitest";
import { readIniSection } from "../../sdk/credentials/profile-file";
import vectors from "../fixtures/profile-files.json";

test.each(vectors.files)("reads a profile file as the vendor's SDK does: $name", ({ text, basic }) => {
  const read = () => {
    const section = readIniSection(text, "basic");
    return section === undefined ? null : Object.fromEntries(section);
  };
  if (basic === "refused") expect(read).toThrow(/^line \d+ /);
  else expect(read()).toEqual(basic);
});

test("a byte order mark at the beginning is no part of the first line", () => {
  expect(readIniSection("\uFEFF[basic]\nak = a", "basic")).toEqual(new Map([["ak", "a"]]));
});

test.each([
  ["[basic]\nsecret-without-key", "line 2 is not of the form key = value"],
  ["[basic]\n= secret", "line 2 is not of the form key = value"],
  ["[basic\nak = 1", "line 1 stands before the first [section]"],
  ["sk = secret", "line 1 stands before the first [section]"],
  ["[basic]\nsk = 1\nSK = secret", "line 3 sets a key for the second time"],
  ["[basic]\n[basic]\nsk = secret", "line 2 begins a section for the second time"],
  ["[basic]\nsk = secret%", "line 2 has a % that belongs to no %(key)s: write %% for a percent sign"],
  ["[basic]\nsk = %(secret)s", "line 2 has a % that belongs to no %(key)s: write %% for a percent sign"],
  ["[basic]\nsk = %(sk)s secret", "line 2 refers to too many keys in a row, or to itself"],
])("%j is refused by the line's number, not by its text", (text, message) => {
  expect(() => readIniSection(text, "basic")).toThrow(new Error(message));
});

test("values that refer to each other do not grow without bound", () => {
  const doubled = Array.from({ length: 9 }, (_, level) => `k${level + 1} = ${`%(k${level})s`.repeat(100)}`);
  const text = `[basic]\nk0 = ${"x".repeat(100)}\n${doubled.join("\n")}`;
  expect(() => readIniSection(text, "basic")).toThrow("line 4 has a value that is too long");
});

test("any text is read or refused by a line's number", () => {
  const pieces = [
    "[basic]",
    "[DEFAULT]",
    "\n",
    "\n  ",
    "ak",
    "=",
    ":",
    "%",
    "%%",
    "%(ak)s",
    "#",
    "]",
    "(",
    " ",
  ];
  const anyPieces = fc.array(fc.constantFrom(...pieces), { maxLength: 40 });
  fc.assert(
    fc.property(anyPieces, (some) => {
      try {
        readIniSection(some.join(""), "basic");
      } catch (error) {
        expect((error as Error).message).toMatch(/^line \d+ /);
      }
    }),
    { numRuns: 1_000 },
  );
});
