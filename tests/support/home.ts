import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A home folder of the test's own with these files; leaving the scope removes it. */
export async function makeHome(files: Readonly<Record<string, unknown>> = {}) {
  const path = await mkdtemp(join(tmpdir(), "home-"));
  const home = {
    path,
    /** Writes a file in it, with the folders above; anything but a string as JSON. */
    async write(name: string, content: unknown): Promise<string> {
      const file = join(path, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
      return file;
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  };
  for (const [name, content] of Object.entries(files)) await home.write(name, content);
  return home;
}
