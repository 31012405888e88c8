import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type EngineEvent, LocalWorkspace, type Stack } from "@pulumi/pulumi/automation/index.js";
import { programOf, projectName } from "../program.mts";
import type { Access } from "../settings/access.mts";
import type { Settings } from "../settings/settings.mts";
import { type Run, runOperation } from "./operation.mts";
import { type Pending, pendingIn } from "./pending.mts";
import type { Stop } from "./stop.mts";

interface Options {
  readonly settings: Settings;
  readonly access: Access;
  readonly environment: NodeJS.ProcessEnv;
  readonly stop: Stop;
}

/** An environment's stack. Leaving its scope removes what it has put on this machine. */
export class EnvironmentStack {
  readonly #stack: Stack;
  readonly #folder: string;
  readonly #stop: Stop;
  readonly #unlock: string;
  /** Is shown each event of an operation. */
  listen: (event: EngineEvent) => void = () => {};

  private constructor(stack: Stack, folder: string, { settings, access, stop }: Options) {
    this.#stack = stack;
    this.#folder = folder;
    this.#stop = stop;
    this.#unlock = unlockCommand(settings.environment, access.state);
  }

  /** Makes the stack if there is none. Where the state can't be reached, it is one that lives as long as this. */
  static async open(options: Options): Promise<EnvironmentStack> {
    const { settings, access, environment, stop } = options;
    stop.asked.throwIfAborted();
    const folder = await mkdtemp(join(tmpdir(), "deploy-pipeline-"));
    try {
      const { secretsProvider } = settings;
      const stack = await LocalWorkspace.createOrSelectStack(
        { projectName, stackName: settings.environment, program: programOf(settings, environment) },
        {
          workDir: folder,
          // Dynamic providers run in the folder `main`, and must find this package and Pulumi's there.
          projectSettings: { name: projectName, runtime: "nodejs", main: join(import.meta.dirname, "..") },
          stackSettings: { [settings.environment]: { config: configurationOf(settings, access) } },
          ...(access.state === undefined || secretsProvider === undefined ? {} : { secretsProvider }),
          envVars: access.state === undefined ? ownState(folder) : sharedState(access.state),
        },
      );
      return new EnvironmentStack(stack, folder, options);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      stop.asked.throwIfAborted();
      throw error;
    }
  }

  /** @param plan where the plan goes, if one is wanted */
  preview(plan?: string): Promise<Run> {
    return this.#run((options) =>
      this.#stack.preview({ ...options, ...(plan === undefined ? {} : { plan }) }),
    );
  }

  /** Does what the plan allows; whatever else would have to be done makes it fail. */
  up(plan: string): Promise<Run> {
    return this.#run((options) => this.#stack.up({ ...options, plan }));
  }

  /** Compares the state with the cloud, and changes neither. */
  compare(): Promise<Run> {
    return this.#run((options) => this.#stack.previewRefresh(options));
  }

  /** What killed runs have left. */
  async pending(): Promise<Pending> {
    // It has the secrets in clear, and goes nowhere from here.
    const { deployment } = await this.#stack.exportStack();
    return pendingIn(deployment);
  }

  /** Forgets what killed runs have left as under way: the engine warns of it until then. */
  forgetPending(): Promise<Run> {
    return this.#run((options) => this.#stack.refresh({ ...options, clearPendingCreates: true }));
  }

  /** Removes what it has kept on disk for this run. */
  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }

  #run(operation: Parameters<typeof runOperation>[0]): Promise<Run> {
    return runOperation(operation, {
      stop: this.#stop,
      listen: (event) => this.listen(event),
      unlock: this.#unlock,
    });
  }
}

/** What a person runs after a run was killed with the lock in its hand. */
function unlockCommand(environment: string, state = ""): string {
  const organization = state.startsWith("https://") ? "" : "organization/";
  return `PULUMI_BACKEND_URL='${state}' pulumi cancel --yes --stack ${organization}${projectName}/${environment}`;
}

/** It is in the state, so nothing secret may be here; the keys come from the environment. */
function configurationOf({ region }: Settings, { hasCredentials }: Access): Record<string, string> {
  return { "huaweicloud:region": region, "huaweicloud:preflight": String(hasCredentials) };
}

function sharedState(state: string): Record<string, string> {
  return {
    PULUMI_BACKEND_URL: state,
    // This machine has no Pulumi.<stack>.yaml from last time: what encrypts the secrets stands in the state as well.
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
}

function ownState(folder: string): Record<string, string> {
  return {
    PULUMI_BACKEND_URL: pathToFileURL(folder).href,
    PULUMI_CONFIG_PASSPHRASE: "of no use",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
}
