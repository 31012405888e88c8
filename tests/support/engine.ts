import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type EngineEvent,
  type ImportOptions,
  LocalWorkspace,
  type OutputMap,
  PulumiCommand,
  type PulumiFn,
  Stack,
} from "@pulumi/pulumi/automation";

/** What an operation of the engine did to each resource, and what it said. */
export interface Run {
  /** `create drain`, `update drain`, `delete-replaced boot`: in the order in which they happened, without `same`. */
  readonly steps: readonly string[];
  /** The properties that the engine shows as changed, by resource. */
  readonly changed: Readonly<Record<string, readonly string[]>>;
  /** Everything that was printed, and every event, as text: where no secret may be. */
  readonly text: string;
  /** Diagnostics of severity error or warning, without decoration. */
  readonly diagnostics: readonly string[];
  readonly failed: boolean;
}

/** Where a new stack is, of which each test has a copy: `pulumi stack init` takes a quarter of an update's time. */
const newStackVariable = "TEST_NEW_STACK";

function backendIn(folder: string): Record<string, string> {
  return {
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_CONFIG_PASSPHRASE: "",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
}

/** Makes the stack that tests copy. */
export async function makeNewStack(folder: string): Promise<void> {
  await mkdir(folder);
  // Pulumi looks for the dynamic provider's host from where the program is.
  const projectSettings = { name: "shop", runtime: "nodejs", main: process.cwd() };
  const options = { workDir: folder, projectSettings, envVars: backendIn(folder) };
  await LocalWorkspace.createStack(
    { projectName: "shop", stackName: "dev", program: async () => undefined },
    options,
  );
  process.env[newStackVariable] = folder;
}

/** Found once: each look starts `pulumi version`. */
let pulumiCommand: Promise<PulumiCommand> | undefined;

/** A stack on a file backend of its own, with a program that can be changed, run by the real engine. */
export class EngineStack implements AsyncDisposable {
  readonly #stack: Stack;
  readonly #folder: string;
  readonly #stateFile: string;
  /** The stack's outputs, by a command of its own. */
  readonly outputs: () => Promise<OutputMap>;
  program: PulumiFn;
  /** Called with what is printed, as it comes. */
  onPrint: (text: string) => void = () => undefined;

  private constructor(stack: Stack, folder: string, program: PulumiFn) {
    this.#stack = stack;
    this.#folder = folder;
    this.#stateFile = join(folder, ".pulumi", "stacks", "shop", "dev.json");
    this.program = program;
    this.outputs = stack.outputs.bind(stack);
    // Each operation ends with commands for the outputs and the history, which take longer than the operation itself.
    stack.outputs = async () => ({});
    stack.info = async () => undefined;
  }

  static async create(
    program: PulumiFn,
    options: {
      readonly env?: Readonly<Record<string, string>>;
      readonly config?: Record<string, string | { secret: string }>;
    } = {},
  ): Promise<EngineStack> {
    const folder = await mkdtemp(join(tmpdir(), "huaweicloud-as-test-"));
    await cp(process.env[newStackVariable] ?? "", folder, { recursive: true });
    pulumiCommand ??= PulumiCommand.get();
    const workspace = await LocalWorkspace.create({
      workDir: folder,
      envVars: { ...backendIn(folder), ...options.env },
      pulumiCommand: await pulumiCommand,
    });
    // It is there.
    workspace.createStack = async () => undefined;
    const stack = await Stack.create("dev", workspace);
    const made = new EngineStack(stack, folder, program);
    for (const [key, value] of Object.entries(options.config ?? {})) {
      if (typeof value === "string") await made.setConfig(key, value);
      else await stack.setConfig(key, { value: value.secret, secret: true });
    }
    return made;
  }

  preview(): Promise<Run> {
    return this.#run((callbacks) => this.#stack.preview({ ...callbacks, program: this.program }));
  }

  up(options: UpOptions = {}): Promise<Run> {
    return this.#run((callbacks) => this.#stack.up({ ...callbacks, ...options, program: this.program }));
  }

  refresh(): Promise<Run> {
    return this.#run((callbacks) => this.#stack.refresh(callbacks));
  }

  destroy(): Promise<Run> {
    return this.#run((callbacks) => this.#stack.destroy(callbacks));
  }

  /** `pulumi import --file`, with the entries of that file. */
  async importFile(resources: readonly object[]): Promise<void> {
    const entries = resources as NonNullable<ImportOptions["resources"]>;
    await this.#stack.import({ resources: entries, generateCode: false, protect: false });
  }

  /** Takes away the lock that an update has left which was killed. */
  cancel(): Promise<void> {
    return this.#stack.cancel();
  }

  /** In the stack's file, where `pulumi config set` would put it. */
  async setConfig(key: string, value: string): Promise<void> {
    const { workspace } = this.#stack;
    const settings = await workspace.stackSettings("dev");
    await workspace.saveStackSettings("dev", { ...settings, config: { ...settings.config, [key]: value } });
  }

  /** The state as it is written, secrets encrypted. */
  stateText(): Promise<string> {
    return readFile(this.#stateFile, "utf8");
  }

  async state(): Promise<StateResource[]> {
    const { checkpoint } = JSON.parse(await this.stateText());
    return checkpoint.latest?.resources ?? [];
  }

  async importState(resources: readonly StateResource[]): Promise<void> {
    const { checkpoint, ...rest } = JSON.parse(await this.stateText());
    const latest = { ...checkpoint.latest, resources };
    await writeFile(this.#stateFile, JSON.stringify({ ...rest, checkpoint: { ...checkpoint, latest } }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #run(operation: (callbacks: Callbacks) => Promise<unknown>): Promise<Run> {
    const events: EngineEvent[] = [];
    let printed = "";
    const print = (text: string) => {
      printed += text;
      this.onPrint(text);
    };
    let failed = false;
    try {
      await operation({
        onEvent: (event) => void (isDebug(event) || events.push(event)),
        onOutput: print,
        onError: print,
        color: "never",
      });
    } catch (error) {
      failed = true;
      print(String(error));
    }
    return { ...summarize(events), text: printed + JSON.stringify(events), failed };
  }
}

interface UpOptions {
  readonly replace?: string[];
  readonly target?: string[];
  readonly policyPacks?: string[];
  readonly refresh?: boolean;
  readonly parallel?: number;
  readonly continueOnError?: boolean;
}

export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

interface Callbacks {
  onEvent(event: EngineEvent): void;
  onOutput(text: string): void;
  onError(text: string): void;
  color: "never";
}

function summarize(events: readonly EngineEvent[]): Pick<Run, "steps" | "changed" | "diagnostics"> {
  const steps: string[] = [];
  const changed: Record<string, string[]> = {};
  const diagnostics: string[] = [];
  for (const { resourcePreEvent, resOutputsEvent, diagnosticEvent } of events) {
    const metadata = resourcePreEvent?.metadata ?? resOutputsEvent?.metadata;
    if (metadata !== undefined && /LifecycleHook|ScalingGroupActivation/.test(metadata.type)) {
      const name = metadata.urn.split("::").at(-1) ?? "";
      if (resourcePreEvent !== undefined && metadata.op !== "same" && metadata.op !== "refresh") {
        steps.push(`${metadata.op} ${name}`);
      }
      const keys = differingKeys(metadata.old?.inputs, metadata.new?.inputs);
      if (metadata.op === "update" && keys.length > 0) changed[name] = keys;
      // A refresh tells what it found only when it has found it.
      if (resOutputsEvent !== undefined && metadata.op !== "same" && resourcePreEvent === undefined) {
        const found = `${metadata.op} ${name}`;
        if (!steps.includes(found) && metadata.op !== "refresh") steps.push(found);
      }
    }
    if (diagnosticEvent !== undefined) diagnostics.push(diagnosticEvent.message.trim());
  }
  return { steps, changed, diagnostics };
}

/** The engine does not print debug messages, which hold property values; the declared severities leave them out. */
function isDebug({ diagnosticEvent }: EngineEvent): boolean {
  return (diagnosticEvent?.severity as string | undefined) === "debug";
}

/** The properties in which two records differ, but for those that the engine hides. */
function differingKeys(old: Record<string, unknown> = {}, current: Record<string, unknown> = {}): string[] {
  return [...new Set([...Object.keys(old), ...Object.keys(current)])].filter(
    (key) => !key.startsWith("__") && JSON.stringify(old[key]) !== JSON.stringify(current[key]),
  );
}
