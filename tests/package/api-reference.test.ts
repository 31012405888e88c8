import { join } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";

/** What editors show of the package: every export, and every method of an exported class, says what it does. */

const entryPoints = ["provider/index.ts", "sdk/index.ts", "sdk/emulator/index.ts", "sdk/handler/index.ts"];
const configuration = ts.readConfigFile("tsconfig.json", ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(configuration.config, ts.sys, process.cwd());
const program = ts.createProgram(entryPoints, options);
const checker = program.getTypeChecker();

describe.each(entryPoints)("of %s", (entryPoint) => {
  const source = program.getSourceFile(join(process.cwd(), entryPoint));
  const module = source && checker.getSymbolAtLocation(source);
  const exported = (module ? checker.getExportsOfModule(module) : []).map(original);

  test("every export is documented", () => {
    expect(exported.length).toBeGreaterThan(0);
    expect(exported.filter((symbol) => !isDocumented(symbol)).map(({ name }) => name)).toEqual([]);
  });

  test("every public method of a class or an interface is documented", () => {
    expect(exported.flatMap(undocumentedMethods)).toEqual([]);
  });
});

function original(symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function isDocumented(symbol: ts.Symbol): boolean {
  return symbol.getDocumentationComment(checker).length > 0;
}

function undocumentedMethods(symbol: ts.Symbol): string[] {
  const methods = [...(symbol.members?.values() ?? [])].filter(
    (member) => member.flags & ts.SymbolFlags.Method && isOurs(member) && !member.name.startsWith("__"),
  );
  return methods.filter((method) => !isDocumented(method)).map((method) => `${symbol.name}.${method.name}`);
}

/** `#private` methods have no name that a user could call; a symbol says what it is for. */
function isOurs({ name, declarations }: ts.Symbol): boolean {
  return !name.startsWith("#") && declarations?.[0]?.getSourceFile().isDeclarationFile === false;
}
