/**
 * What a CI job runs.
 *
 *   node deploy.mts preview STACK                    shows what an apply would do, and writes that to plan-STACK.json
 *   node deploy.mts apply STACK [--allow-replace]    does what the plan says, and nothing else
 *   node deploy.mts drift STACK                      fails when the cloud is not as the last apply left it
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { CommandError, LocalWorkspace } from "@pulumi/pulumi/automation/index.js";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { "allow-replace": { type: "boolean", default: false } },
});
const [command, stackName = ""] = positionals;
const plan = join(import.meta.dirname, `plan-${stackName}.json`);

const stop = new AbortController();
process.on("SIGTERM", () => stop.abort());
process.on("SIGINT", () => {
  // A terminal's ^C reaches Pulumi without our help, and a second one would not let it end what is under way.
  if (!process.stdin.isTTY) stop.abort();
});

try {
  if (!/^(staging|production)$/.test(stackName)) throw new Error(`no environment "${stackName}"`);
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName, workDir: import.meta.dirname },
    // A fresh checkout has no Pulumi.STACK.yaml. What encrypts the secrets stands in the state as well.
    { envVars: { PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true" } },
  );
  const options = {
    signal: stop.signal,
    color: "never",
    onOutput: (text: string) => void process.stdout.write(text),
    onError: (text: string) => void process.stderr.write(text),
  } as const;
  if (command === "preview") await stack.preview({ ...options, plan, diff: true });
  else if (command === "drift") await stack.previewRefresh({ ...options, expectNoChanges: true });
  else if (command === "apply") {
    const doomed = await replacedOrDeleted();
    if (doomed.length > 0 && !values["allow-replace"])
      throw new Error(`--allow-replace is needed, since the plan replaces or deletes ${doomed.join(", ")}`);
    await stack.up({ ...options, plan });
  } else throw new Error(`no command "${command}"`);
} catch (error) {
  // Pulumi has printed its own errors.
  if (!(error instanceof CommandError)) console.error(String(error));
  process.exitCode = 1;
}

/** The names of resources that the plan does not leave alive. */
async function replacedOrDeleted(): Promise<string[]> {
  const { resourcePlans } = JSON.parse(await readFile(plan, "utf8"));
  return Object.entries<{ steps: string[] }>(resourcePlans)
    .filter(([, { steps }]) => steps.some((step) => /replace|delete/.test(step)))
    .map(([urn]) => urn.split("::").at(-1) ?? urn);
}
