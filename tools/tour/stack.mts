import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import {
  CommandError,
  type EngineEvent,
  LocalWorkspace,
  PulumiCommand,
  type Stack,
} from "@pulumi/pulumi/automation/index.js";
import { failureText } from "./failure-text.mts";
import type { Operation, Step } from "./step.mts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const stackName = "tour";

/** What an operation of Pulumi came to. */
export interface Run {
  readonly events: readonly EngineEvent[];
  /** What the engine printed in the end, where it failed. */
  readonly failure?: string;
}

/** The program of Pulumi.yaml as a stack that lives in a folder, run by the real engine. */
export class TourStack {
  readonly #stack: Stack;
  readonly #project: string;
  #config: Step["config"] = {};
  /** Where the program is, in the repository. */
  readonly program: string;
  /** The version of the engine. */
  readonly engine: string;

  private constructor(stack: Stack, project: string, program: string) {
    this.#stack = stack;
    this.#project = project;
    this.program = program;
    this.engine = stack.workspace.pulumiVersion;
  }

  /** `environment`: how the program reaches the API. */
  static async create(folder: string, environment: Readonly<Record<string, string>>): Promise<TourStack> {
    forgetOtherSettings();
    const subfolder = async (name: string) => {
      await mkdir(join(folder, name));
      return join(folder, name);
    };
    const temporary = await subfolder("tmp");
    const pulumiCommand = await PulumiCommand.get();
    const repository = await LocalWorkspace.create({ workDir: root, pulumiCommand });
    const { main = "", ...project } = await repository.projectSettings();
    const stack = await LocalWorkspace.createStack(
      { stackName, workDir: await subfolder("project") },
      {
        pulumiCommand,
        pulumiHome: await subfolder("home"),
        // Pulumi keeps a stack's configuration beside Pulumi.yaml: so a copy of that, which points to the program.
        projectSettings: { ...project, main: join(root, main) },
        envVars: {
          ...environment,
          PULUMI_BACKEND_URL: `file://${await subfolder("state")}`,
          PULUMI_CONFIG_PASSPHRASE: "",
          PULUMI_SKIP_UPDATE_CHECK: "true",
          // Plugins that are killed leave files behind.
          TMPDIR: temporary,
          TEMP: temporary,
          TMP: temporary,
        },
      },
    );
    // An `up` ends with three more commands, for the outputs and the history; the events have told all that.
    stack.outputs = async () => ({});
    stack.info = async () => undefined;
    return new TourStack(stack, project.name, main);
  }

  /** Sets some of the program's configuration; the rest stays. */
  async configure(values: NonNullable<Step["config"]>): Promise<void> {
    this.#config = { ...this.#config, ...values };
    const config = Object.entries(this.#config).map(([key, value]) => [
      `${this.#project}:${key}`,
      String(value),
    ]);
    // As `pulumi config set` would write it, without a command for each key.
    const { workspace } = this.#stack;
    const settings = await workspace.stackSettings(stackName);
    await workspace.saveStackSettings(stackName, { ...settings, config: Object.fromEntries(config) });
  }

  /** `signal` ends the operation early, which is one way to fail. @throws what is no failure of the operation */
  async run(operation: Operation, signal: AbortSignal): Promise<Run> {
    const events: EngineEvent[] = [];
    const options = { signal, onEvent: (event: EngineEvent) => void events.push(event) };
    try {
      await this.#stack[operation](options);
      return { events };
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      return { events, failure: failureText(error.message) };
    }
  }
}

/** The user's own settings of Pulumi and of the cloud are not for the tour. */
function forgetOtherSettings(): void {
  for (const name of Object.keys(process.env)) {
    if (/^(PULUMI|HW|HUAWEICLOUD)_/i.test(name)) delete process.env[name];
  }
}
