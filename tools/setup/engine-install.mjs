// @ts-check
// Run by the project's Node as: engine-install.mjs FOLDER. It installs the version that was released together with the
// project's @pulumi/pulumi (the installer's default), and asks first whether the host answers at all: the installer
// itself waits for that for minutes.
import process from "node:process";
import { describe } from "./failure.mjs";

const host = "https://get.pulumi.com";
const answerMilliseconds = 3000;

const [root = ""] = process.argv.slice(2);
try {
  await fetch(`${host}/install.sh`, { method: "HEAD", signal: AbortSignal.timeout(answerMilliseconds) });
} catch (error) {
  fail(`${host} does not answer (${describe(error)})`);
}
try {
  const { PulumiCommand } = await import("@pulumi/pulumi/automation/index.js");
  await PulumiCommand.install({ root });
} catch (error) {
  fail(describe(error));
}

/**
 * @param {string} reason
 * @returns {never}
 */
function fail(reason) {
  process.stderr.write(reason);
  process.exit(1);
}
