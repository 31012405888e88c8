import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../sdk/emulator";
import { groupId, topicUrn } from "./hooks";
import { processesWith, signal } from "./processes";

const script = join(__dirname, "../../examples/deploy-pipeline/pipeline.mts");

export const secrets = {
  DRAIN_TOKEN: "the-token-of-the-drainer",
  PULUMI_CONFIG_PASSPHRASE: "the passphrase",
};

/** The settings of an environment, to be changed. */
export interface Settings {
  region: string;
  state?: string;
  secretsProvider?: string;
  patience?: string;
  groups: Record<string, { scalingGroupId: string; notificationTopicUrn: string; hooks: Hooks }>;
}
type Hooks = Record<string, Record<string, unknown>>;

export const boot = { lifecycleHookType: "INSTANCE_LAUNCHING", defaultResult: "CONTINUE" };
export const drain = {
  lifecycleHookType: "INSTANCE_TERMINATING",
  defaultTimeout: 900,
  notificationMetadata: { secretFrom: "DRAIN_TOKEN" },
};

export interface Ended {
  /** The exit code; the signal's name when it was killed. */
  readonly code: number | string;
  readonly output: string;
}

/** A run of the pipeline that goes on. */
export interface Running {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Resolves when that has been printed; rejects when the run ends without it. */
  printed(text: string): Promise<void>;
  readonly ended: Promise<Ended>;
}

/** The pipeline of examples/deploy-pipeline, as CI jobs run it, against a local API. Each run has only files in common. */
export class Pipeline implements AsyncDisposable {
  readonly emulator: Emulator;
  readonly folder: string;
  /** The environment of its runs. */
  readonly env: Record<string, string>;
  readonly #running = new Set<Running>();

  private constructor(emulator: Emulator, folder: string) {
    this.emulator = emulator;
    this.folder = folder;
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(HW|HUAWEICLOUD|PULUMI|AWS|VAULT|GITHUB|CI)(_|$)/.test(name),
    );
    this.env = {
      ...(Object.fromEntries(inherited) as Record<string, string>),
      ...emulator.env,
      ...secrets,
      PULUMI_HOME: join(folder, "home"),
      TMPDIR: join(folder, "tmp"),
    };
  }

  static async make(): Promise<Pipeline> {
    const folder = await mkdtemp(join(tmpdir(), "huaweicloud-as-pipeline-"));
    await Promise.all(["state", "tmp"].map((name) => mkdir(join(folder, name))));
    return new Pipeline(await startEmulator(), folder);
  }

  /** Goes on from where another one is: its state, its plan and its hooks. */
  async continueFrom({ folder, emulator }: Pipeline): Promise<void> {
    for (const name of ["state", "plan"]) {
      await cp(join(folder, name), join(this.folder, name), { recursive: true });
    }
    for (const hook of emulator.hooks(groupId)) this.emulator.putHook(groupId, hook);
  }

  /** Writes the file of the environment `shop`: one group with these hooks, and a state in a folder. */
  async write(hooks: Hooks, change: Partial<Settings> = {}): Promise<void> {
    const settings: Settings = {
      region: this.emulator.region,
      state: `file://${join(this.folder, "state")}`,
      groups: { web: { scalingGroupId: groupId, notificationTopicUrn: topicUrn, hooks } },
      ...change,
    };
    await writeFile(join(this.folder, "shop.json"), JSON.stringify(settings));
  }

  preview(env = this.env): Promise<Ended> {
    return this.start(["preview", ...this.#files()], env).ended;
  }

  gate(...options: string[]): Promise<Ended> {
    return this.start(["gate", join(this.folder, "plan"), ...options]).ended;
  }

  apply(...options: string[]): Promise<Ended> {
    return this.startApply(options).ended;
  }

  startApply(options: readonly string[] = [], spawning: { readonly detached?: boolean } = {}): Running {
    return this.start(["apply", ...this.#files(), ...options], this.env, spawning);
  }

  drift(): Promise<Ended> {
    return this.start(["drift", join(this.folder, "shop.json"), join(this.folder, "drift")]).ended;
  }

  start(
    args: readonly string[],
    env: NodeJS.ProcessEnv = this.env,
    spawning: { readonly detached?: boolean } = {},
  ): Running {
    const child = spawn(process.execPath, [script, ...args], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
      ...spawning,
    });
    let output = "";
    const waiting = new Map<string, PromiseWithResolvers<void>>();
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        for (const [awaited, { resolve }] of waiting) if (output.includes(awaited)) resolve();
      });
    }
    const ended = once(child, "close").then(([code, signal]) => {
      this.#running.delete(running);
      for (const [text, { reject }] of waiting) reject(new Error(`ended without ${text}:\n${output}`));
      return { code: code ?? signal, output };
    });
    const running: Running = {
      pid: child.pid ?? 0,
      child,
      printed(text) {
        const promise = Promise.withResolvers<void>();
        if (output.includes(text)) promise.resolve();
        waiting.set(text, promise);
        return promise.promise;
      },
      ended,
    };
    this.#running.add(running);
    return running;
  }

  /** What the last preview, or the last look for drift, has written. */
  async report(folder: "plan" | "drift", file: "summary.md" | "summary.json" | "plan.json"): Promise<string> {
    return readFile(join(this.folder, folder, file), "utf8");
  }

  async approval(): Promise<string> {
    return JSON.parse(await this.report("plan", "summary.json")).approval;
  }

  /** The names of the group's hooks, as the API has them. */
  hookNames(): string[] {
    return this.emulator.hooks(groupId).map((hook) => hook.lifecycle_hook_name);
  }

  /** The methods of the requests about hooks since the last time. */
  sent(): string[] {
    const about = this.emulator.requests.filter(({ path }) => path.includes("lifecycle_hook"));
    const methods = about.map(({ method }) => method);
    this.emulator.clearRequests();
    return methods;
  }

  /** What the runs so far have left behind on the machine. */
  remains(): Promise<string[]> {
    return readdir(join(this.folder, "tmp"));
  }

  #files(): string[] {
    return [join(this.folder, "shop.json"), join(this.folder, "plan")];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Still running only where a test has given up.
    for (const { child } of this.#running) child.kill("SIGKILL");
    await Promise.all([...this.#running].map(({ ended }) => ended));
    // A plugin outlives an engine that was killed, and nobody else ends it.
    const left = process.platform === "linux" ? await processesWith(`${this.folder}/`) : [];
    for (const one of left) signal(one, "SIGKILL");
    await this.emulator.close();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The state of the environment `shop` as it is written, in the file backend of a folder. */
export async function stateText(folder: string): Promise<string> {
  return readFile(join(folder, "state/.pulumi/stacks/lifecycle-hooks/shop.json"), "utf8");
}

/** The resources whose operations the state has as under way. */
export async function pendingIn(folder: string): Promise<string[]> {
  const { checkpoint } = JSON.parse(await stateText(folder));
  const pending: { type: string; resource: { urn: string } }[] = checkpoint.latest?.pending_operations ?? [];
  return pending.map(({ type, resource }) => `${type} ${resource.urn.split("::").at(-1)}`);
}

/** The locks there are, by the paths of their files. */
export async function locksIn(folder: string): Promise<string[]> {
  const files = await readdir(join(folder, "state/.pulumi/locks"), { recursive: true }).catch(() => []);
  return files.filter((file) => file.endsWith(".json"));
}
