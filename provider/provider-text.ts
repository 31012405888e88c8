import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { version } from "../sdk/version";
import { isMocked } from "./pulumi-runtime";

/**
 * What Pulumi keeps as the code of the provider, twice in the state of every resource. It only says where the code
 * is: so it is short, holds no secret, and a new version of this package serves old states. Frozen: states load
 * it for as long as they live.
 *
 * The package is looked up from the program's folder, where a plain `require` would not find it while the
 * program belongs to the package itself.
 */
export const providerText =
  "exports.handler=()=>require('module').createRequire(process.cwd()+'/')('pulumi-huaweicloud-as/runtime')";

/** The same for the activations of scaling groups. */
export const activationProviderText =
  "exports.handler=()=>require('module').createRequire(process.cwd()+'/')('pulumi-huaweicloud-as/activation-runtime')";

/** The folders from which the package is reachable, as far as they have been asked about. */
const reachable = new Set<string>();

/**
 * Refuses a program from whose folder the provider's text can't load this package: a library's own dependencies are out
 * of reach there. Programs under mocks load nothing, and a program within the Automation API may have its plugins run in
 * another folder than its own, so it is warned.
 */
export function requireReachablePackage(): void {
  const folder = process.cwd();
  if (reachable.has(folder)) return;
  reachable.add(folder);
  if (isMocked()) return;
  try {
    createRequire(join(folder, "/")).resolve("pulumi-huaweicloud-as/runtime");
    return;
  } catch {
    const text = `the package pulumi-huaweicloud-as can't be loaded from the program's folder ${folder}, where Pulumi runs its provider: add "pulumi-huaweicloud-as": "^${version}" to the dependencies in ${packageFileOf(folder)} and install (the dependencies of a library that the program uses are not enough)`;
    if (!isRunByCli()) return void pulumi.log.warn(text);
    reachable.delete(folder);
    throw new pulumi.RunError(text);
  }
}

function isRunByCli(): boolean {
  return require.main?.filename.replaceAll("\\", "/").includes("@pulumi/pulumi/cmd/run") === true;
}

/** The `package.json` to which a folder belongs; one of its own where there is none yet. */
function packageFileOf(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    const file = join(at, "package.json");
    if (existsSync(file)) return file;
    if (dirname(at) === at) return join(folder, "package.json");
  }
}
