import { EnvironmentStack } from "../engine/stack.mts";
import type { Stop } from "../engine/stop.mts";
import { type Access, accessOf } from "../settings/access.mts";
import { type Redactor, secretsOf } from "../settings/secrets.mts";
import { readSettings, type Settings } from "../settings/settings.mts";

/** What the commands have from outside. */
export interface Host {
  readonly environment: NodeJS.ProcessEnv;
  readonly stop: Stop;
  /** Prints a line, or several, without secrets. */
  readonly say: (text: string) => void;
  readonly redactor: Redactor;
}

/** An environment as one run sees it. */
export interface Job {
  readonly settings: Settings;
  readonly access: Access;
  /** Opens the environment's stack for as long as it is used. */
  withStack<T>(use: (stack: EnvironmentStack) => Promise<T>): Promise<T>;
}

/** Reads an environment's file. From here on the values of its secrets are in no output. */
export async function startJob(file: string, { environment, stop, redactor }: Host): Promise<Job> {
  const settings = await readSettings(file);
  redactor.conceal(secretsOf(settings).map((name) => environment[name]));
  const access = accessOf(settings, environment);
  return {
    settings,
    access,
    async withStack(use) {
      const stack = await EnvironmentStack.open({ settings, access, environment, stop });
      try {
        return await use(stack);
      } finally {
        await stack.close();
      }
    },
  };
}

/** The commit that a CI system runs for. */
export function commitOf(environment: NodeJS.ProcessEnv): { readonly commit?: string } {
  const commit = environment.GITHUB_SHA || environment.CI_COMMIT_SHA;
  return commit ? { commit } : {};
}
