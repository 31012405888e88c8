// @ts-check
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { collect } from "./child.mjs";
import { childEnvironment } from "./environment.mjs";
import { SetupError } from "./failure.mjs";
import { nodeModules, projectNode } from "./paths.mjs";
import { withProgress } from "./progress.mjs";

const installer = fileURLToPath(new URL("./engine-install.mjs", import.meta.url));

/** An archive of 100 to 200 MB: given up where the network is too slow to bring it in this time. */
const installSeconds = 600;

/** The version that is downloaded: the one released together with the @pulumi/pulumi of this project. */
export function downloadVersion() {
  const { version } = JSON.parse(
    readFileSync(join(nodeModules, "@pulumi", "pulumi", "package.json"), "utf8"),
  );
  return /** @type {string} */ (version);
}

/**
 * Has Pulumi's own installer put the official release into a folder's `bin`.
 * @param {string} folder
 */
export async function downloadEngine(folder) {
  const label = `Downloading the Pulumi engine ${downloadVersion()}`;
  await withProgress(label, async () => {
    // Node's own fetch passes by the proxy that HTTPS_PROXY names, unless told.
    const env = { ...childEnvironment(), NODE_USE_ENV_PROXY: "1" };
    const { code, output, timedOut } = await collect(projectNode(), [installer, folder], {
      env,
      timeoutSeconds: installSeconds,
    });
    if (timedOut) throw new SetupError(`it was not done after ${installSeconds} s`);
    if (code !== 0) throw new SetupError(output.trim());
  });
}
