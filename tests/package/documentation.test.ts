import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  type CompilerOptions,
  createCompilerHost,
  createProgram,
  createSourceFile,
  type Diagnostic,
  flattenDiagnosticMessageText,
  getParsedCommandLineOfConfigFile,
  getPreEmitDiagnostics,
  type Program,
  sys,
} from "typescript";
import { beforeAll, describe, expect, test } from "vitest";
import { configurationKeys } from "../../provider/core/settings";
import { version } from "../../sdk/version";

/** The documents, held to the code and to each other. */

const root = process.cwd();
const read = (file: string) => readFileSync(join(root, file), "utf8");
const readme = read("README.md");
const manifest: { version: string } = JSON.parse(read("package.json"));

describe("a block of TypeScript in the documents", () => {
  const texts = ["README.md", "docs/handler.md", "docs/first-and-last-instances.md"].map(read);
  const blocks = texts
    .flatMap((text) => fencedBlocks(text, "ts"))
    .map((text, index) => ({
      number: index + 1,
      // Nowhere on disk, but in the repository: there the package's own name leads to what it exports.
      file: join(root, ".tmp", "readme", `block-${index + 1}.ts`),
      text,
    }));
  let program: Program;
  beforeAll(() => {
    program = programOf(new Map(blocks.map(({ file, text }) => [file, text])));
  }, 60_000);

  test("is there at all", () => {
    expect(blocks.length).toBeGreaterThanOrEqual(2);
  });

  test("finds the package as it was built", () => {
    const files = program.getSourceFiles().map(({ fileName }) => fileName);
    expect(files).toContain(join(root, "dist", "provider", "index.d.ts"));
    expect(files).not.toContain(join(root, "provider", "index.ts"));
  });

  test.each(blocks)("type-checks as it stands: number $number", ({ file }) => {
    const source = program.getSourceFile(file);
    const problems = getPreEmitDiagnostics(program, source).map(({ messageText, start }) => {
      const line = (source?.getLineAndCharacterOfPosition(start ?? 0).line ?? 0) + 1;
      return `line ${line}: ${flattenDiagnosticMessageText(messageText, "\n")}`;
    });
    expect(problems).toEqual([]);
  });

  test("shows a program of ten lines first, in the README", () => {
    expect(blocks[0]?.text.trimEnd().split("\n")).toHaveLength(10);
  });
});

test.each(documents())(
  "a relative link in %s leads to a file, and to a heading where it names one",
  (document) => {
    const broken = linksIn(read(document)).filter((link) => {
      const [path = "", heading] = link.split("#");
      const file = path === "" ? document : join(dirname(document), decodeURI(path));
      if (!existsSync(join(root, file))) return true;
      return heading !== undefined && !headingsOf(read(file)).includes(heading);
    });
    expect(broken).toEqual([]);
  },
);

test("the tests that docs/handler.md names are there", () => {
  const named = [...read("docs/handler.md").matchAll(/\[([^\]]+)\]\(\.\.\/(tests\/[^)]+)\)/g)];
  const missing = named.filter(([, title = "", file = ""]) => !read(file).includes(title));
  expect(named.length).toBeGreaterThanOrEqual(12);
  expect(missing.map(([link]) => link)).toEqual([]);
});

describe("the README's table of the configuration", () => {
  const rows = readme.split("\n").filter((line) => line.startsWith("| `huaweicloud:"));

  test("has exactly the keys that the provider reads", () => {
    const keys = rows.map((row) => /^\| `huaweicloud:(\w+)` +\|/.exec(row)?.[1]);
    expect(keys.toSorted()).toEqual([...configurationKeys].sort());
  });

  test("names no variable that nothing reads", () => {
    const sources = ["provider", "sdk"].flatMap((folder) => filesUnder(folder, ".ts")).map(read);
    const variables = rows.join("\n").match(/\b(HW|HUAWEICLOUD)_\w+/g) ?? [];
    const unread = variables.filter((variable) => !sources.some((text) => text.includes(variable)));
    expect(variables.length).toBeGreaterThan(5);
    expect(unread).toEqual([]);
  });
});

test("the version that is newest in the changelog, and that the client sends, is the package's", () => {
  const newest = /^## \[?(\d+\.\d+\.\d+[^\]\s]*)/m.exec(read("CHANGELOG.md"))?.[1];
  expect([newest, version]).toEqual([manifest.version, manifest.version]);
});

/** The documents at the top, and all of docs/. */
function documents(): string[] {
  const top = readdirSync(root).filter((name) => name.endsWith(".md"));
  return [...top, ...filesUnder("docs", ".md")].sort();
}

function filesUnder(folder: string, extension: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(extension))
    .map((name) => join(folder, name));
}

/** The fenced blocks of a language. */
function fencedBlocks(markdown: string, language: string): string[] {
  const blocks = markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms);
  return [...blocks].filter(([, name]) => name === language).map(([, , text = ""]) => text);
}

function withoutBlocks(markdown: string): string {
  return markdown.replaceAll(/^```.*?^```$/gms, "");
}

/** The targets of the links that lead to this repository. */
function linksIn(markdown: string): string[] {
  const text = withoutBlocks(markdown).replaceAll(/`[^`\n]*`/g, "");
  return [...text.matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target ?? "")
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** The headings of a document as GitHub writes them into links. */
function headingsOf(markdown: string): string[] {
  return [...withoutBlocks(markdown).matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** Compiles texts as if they were files, with the project's own options. */
function programOf(texts: ReadonlyMap<string, string>): Program {
  const options = projectOptions();
  const host = createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => texts.has(file) || fileExists(file);
  host.readFile = (file) => texts.get(file) ?? readFile(file);
  host.getSourceFile = (file, target, ...more) => {
    const text = texts.get(file);
    return text === undefined ? getSourceFile(file, target, ...more) : createSourceFile(file, text, target);
  };
  return createProgram({ rootNames: [...texts.keys()], options, host });
}

function projectOptions(): CompilerOptions {
  const fail = ({ messageText }: Diagnostic) => {
    throw new Error(flattenDiagnosticMessageText(messageText, "\n"));
  };
  const configHost = { ...sys, onUnRecoverableConfigFileDiagnostic: fail };
  const parsed = getParsedCommandLineOfConfigFile(join(root, "tsconfig.json"), undefined, configHost);
  // Without the paths, which lead to the sources: users get what was built.
  return { ...parsed?.options, paths: {} };
}
