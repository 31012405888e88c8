import { environmentCredentials } from "pulumi-huaweicloud-as/sdk";
import { exitCodes, PipelineFailure } from "../exit-codes.mts";
import { secretsOf } from "./secrets.mts";
import type { Settings } from "./settings.mts";

/** What the environment lets a run see and do. A fork's merge request has none of it. */
export interface Access {
  /** Where the state is; `undefined` when it can't be reached. */
  readonly state: string | undefined;
  /** The variables that are missing for that. */
  readonly missingForState: readonly string[];
  /** Without them nothing can be asked of the cloud. */
  readonly hasCredentials: boolean;
  /** The variables of secret values that are not set. */
  readonly missingSecrets: readonly string[];
}

/** @throws PipelineFailure when there is half a pair of keys, which is a mistake rather than a fork */
export function accessOf(settings: Settings, environment: NodeJS.ProcessEnv): Access {
  const state = settings.state ?? (environment.PULUMI_BACKEND_URL || undefined);
  const missing = missingForState(state, settings, environment);
  return {
    state: missing.length === 0 ? state : undefined,
    missingForState: missing,
    hasCredentials: hasCredentials(environment),
    missingSecrets: secretsOf(settings).filter((name) => !environment[name]),
  };
}

/** What a run can't check without, in sentences. */
export function notChecked({ missingForState, hasCredentials, missingSecrets }: Access): string[] {
  const all: string[] = [];
  if (missingForState.length > 0) {
    all.push(
      `The state: ${missingForState.join(" and ")} not set. Everything is shown as if nothing were there yet.`,
    );
  }
  if (!hasCredentials) {
    all.push(
      "The live groups: HW_ACCESS_KEY and HW_SECRET_KEY are not set. Whether a group exists, has room and has no hook of that name is unknown.",
    );
  }
  if (missingSecrets.length > 0) {
    all.push(`Secret values: ${missingSecrets.join(", ")} not set. A made-up text stands for them.`);
  }
  return all;
}

/** @throws PipelineFailure unless everything is there */
export function requireAccess(access: Access, what: string): void {
  const missing = [
    ...access.missingForState,
    ...(access.hasCredentials ? [] : ["HW_ACCESS_KEY and HW_SECRET_KEY"]),
    ...access.missingSecrets,
  ];
  if (missing.length === 0) return;
  throw new PipelineFailure(exitCodes.unusable, `${what} needs ${missing.join(", ")}: not set, or empty`);
}

/** An empty variable is not set: so CI systems give secrets to those who may not have them. */
function missingForState(
  state: string | undefined,
  { secretsProvider }: Settings,
  environment: NodeJS.ProcessEnv,
): string[] {
  if (state === undefined) return ["PULUMI_BACKEND_URL"];
  const has = (...names: readonly string[]) => names.some((name) => environment[name]);
  const missing: string[] = [];
  if (state.startsWith("s3://") && !has("AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE")) {
    missing.push(...["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].filter((name) => !has(name)));
  }
  if (state.startsWith("https://") && !has("PULUMI_ACCESS_TOKEN")) missing.push("PULUMI_ACCESS_TOKEN");
  const isByPassphrase = !state.startsWith("https://") && secretsProvider === undefined;
  if (isByPassphrase && !has("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")) {
    missing.push("PULUMI_CONFIG_PASSPHRASE");
  }
  return missing;
}

function hasCredentials(environment: NodeJS.ProcessEnv): boolean {
  try {
    return environmentCredentials(environment) !== undefined;
  } catch (error) {
    throw new PipelineFailure(exitCodes.unusable, error instanceof Error ? error.message : String(error));
  }
}
