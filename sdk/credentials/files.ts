import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** A file in which credentials are looked for. */
export interface CredentialsFile {
  readonly path: string;
  /** Whether the user has asked for this file, by a variable: then it is an error that it can't be used. */
  readonly named: boolean;
}

/** The file that a variable names (a `~` at its beginning is the home folder), or one in the home folder. */
export function credentialsFile(
  environment: NodeJS.ProcessEnv,
  variable: string,
  ...inHome: readonly string[]
): CredentialsFile {
  // The environment is asked first, so that a program can be given another home than its process has.
  const home = environment.HOME || environment.USERPROFILE || homedir();
  const named = environment[variable];
  if (!named) return { path: join(home, ...inHome), named: false };
  return { path: named.replace(/^~(?=$|[/\\])/, () => home), named: true };
}

/** The file's text; `undefined` when there is no such file. @throws Error that says why it can't be read */
export async function readCredentialsFile(path: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    return await readFile(path, { encoding: "utf8", signal });
  } catch (error) {
    signal.throwIfAborted();
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new Error(`${path} can't be read (${code})`);
  }
}

/** The token in a file. @param namedBy what names the file, for messages */
export async function readTokenFile(path: string, namedBy: string, signal: AbortSignal): Promise<string> {
  const token = (await readCredentialsFile(path, signal))?.trim();
  if (token) return token;
  throw new Error(
    `${path}: ${token === undefined ? "no such file" : "the file is empty"} (${namedBy} names it)`,
  );
}
