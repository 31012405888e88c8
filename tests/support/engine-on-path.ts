import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureEngine } from "../../tools/setup/engine.mts";
import { makeNewStack } from "./engine";

/** Run before all tests that start the Pulumi engine: it is on the PATH, and all that it writes goes away at the end. */
export async function setup(): Promise<() => Promise<void>> {
  await ensureEngine();
  const folder = await mkdtemp(join(tmpdir(), "huaweicloud-as-tests-"));
  const home = join(folder, "home");
  const temporary = join(folder, "tmp");
  for (const made of [home, temporary]) await mkdir(made);
  // A file where the engine would keep a debug log of each command: it goes on without them, in a tenth less time.
  await writeFile(join(home, "logs"), "");
  process.env.PULUMI_HOME = home;
  // Plugins leave files behind when they are killed.
  process.env.TMPDIR = temporary;
  // An engine lives for a second: collecting its garbage is another tenth of its time.
  process.env.GOGC ??= "400";
  await makeNewStack(join(folder, "new-stack"));
  return () => rm(folder, { recursive: true, force: true });
}
