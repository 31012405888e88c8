import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation/index.js";

const program = fileURLToPath(new URL("../../examples/quickstart", import.meta.url));

/**
 * Makes a stack of examples/quickstart, which keeps all that it writes in a folder, run by the real engine.
 * `environment` leads the program to the API.
 */
export async function createStack(
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<Stack> {
  // The user's own settings of Pulumi and of the cloud are not for the tour.
  for (const name of Object.keys(process.env))
    if (/^(PULUMI|HW|HUAWEICLOUD)_/i.test(name)) delete process.env[name];
  for (const name of ["project", "state", "tmp"]) await mkdir(join(folder, name));
  const example = await LocalWorkspace.create({ workDir: program });
  const { main = "", ...settings } = await example.projectSettings();
  const stack = await LocalWorkspace.createStack(
    // Pulumi keeps a stack's configuration beside Pulumi.yaml: so a copy of that, which points to the program.
    { stackName: "tour", workDir: join(folder, "project") },
    {
      projectSettings: { ...settings, main: join(program, main) },
      pulumiHome: join(folder, "home"),
      envVars: {
        ...environment,
        PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
        PULUMI_CONFIG_PASSPHRASE: "",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        // Plugins leave files behind when they are killed.
        TMPDIR: join(folder, "tmp"),
      },
    },
  );
  // An operation ends with commands for the outputs and the history; the events have told all that.
  stack.outputs = async () => ({});
  stack.info = async () => undefined;
  return stack;
}
