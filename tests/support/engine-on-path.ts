import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureEngine } from "../../tools/setup/engine.mts";
import { makeNewStack } from "./engine";

/** Run before all tests that start the Pulumi engine: it is on the PATH, and writes into a folder of its own. */
export async function setup(): Promise<() => Promise<void>> {
  await ensureEngine();
  const home = await mkdtemp(join(tmpdir(), "huaweicloud-as-pulumi-home-"));
  // A file where the engine would keep a debug log of each command: it goes on without them, in a tenth less time.
  await writeFile(join(home, "logs"), "");
  process.env.PULUMI_HOME = home;
  // An engine lives for a second: collecting its garbage is another tenth of its time.
  process.env.GOGC ??= "400";
  await makeNewStack(join(home, "new-stack"));
  return () => rm(home, { recursive: true, force: true });
}
