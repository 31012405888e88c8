import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { LocalWorkspace, type PulumiFn, type Stack } from "@pulumi/pulumi/automation/index.js";

export type Operation = "preview" | "up" | "refresh" | "destroy";

/** A stack with a state of its own in a folder, run by the real engine with a program inside this process. */
export class BenchStack {
  readonly folder: string;
  readonly #stack: Stack;

  private constructor(stack: Stack, folder: string) {
    this.folder = folder;
    this.#stack = stack;
  }

  static async create(folder: string, env: Readonly<Record<string, string>>): Promise<BenchStack> {
    const envVars = {
      ...env,
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_CONFIG_PASSPHRASE: "",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // Each command reads through the logs that earlier ones have left.
      PULUMI_HOME: join(folder, "home"),
    };
    const stack = await LocalWorkspace.createStack(
      { projectName: "shop", stackName: "dev", program: async () => undefined },
      // Pulumi looks for the dynamic provider's host from where the program is.
      {
        envVars,
        workDir: folder,
        projectSettings: { name: "shop", runtime: "nodejs", main: process.cwd() },
      },
    );
    // Three more commands follow each operation, for the outputs and the history: not what is measured.
    stack.outputs = async () => ({});
    stack.info = async () => undefined;
    return new BenchStack(stack, folder);
  }

  /** Runs an operation, and tells how many seconds it took. */
  async run(operation: Operation, program: PulumiFn): Promise<number> {
    const start = performance.now();
    if (operation === "up" || operation === "preview") await this.#stack[operation]({ program });
    else await this.#stack[operation]();
    return (performance.now() - start) / 1000;
  }

  /** How many resources the state has, but for the stack and the providers. */
  async countResources(): Promise<number> {
    const { checkpoint } = JSON.parse(await readFile(this.#stateFile, "utf8"));
    const resources: readonly { readonly type: string }[] = checkpoint.latest?.resources ?? [];
    return resources.filter(({ type }) => !type.startsWith("pulumi:")).length;
  }

  async stateBytes(): Promise<number> {
    return (await stat(this.#stateFile)).size;
  }

  get #stateFile(): string {
    return join(this.folder, ".pulumi", "stacks", "shop", "dev.json");
  }
}
