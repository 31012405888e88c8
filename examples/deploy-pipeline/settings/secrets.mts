import type { Settings } from "./settings.mts";

/** Variables whose values must be in no output, besides those that the settings name. */
const secretVariables = [
  "HW_SECRET_KEY",
  "HW_SECURITY_TOKEN",
  "HW_AUTH_TOKEN",
  "HUAWEICLOUD_SDK_SK",
  "HUAWEICLOUD_SDK_SECURITY_TOKEN",
  "PULUMI_CONFIG_PASSPHRASE",
  "PULUMI_ACCESS_TOKEN",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "VAULT_SERVER_TOKEN",
] as const;

/** The variables that hold the secrets of the settings. */
export function secretsOf({ groups }: Settings): string[] {
  const hooks = Object.values(groups).flatMap((group) => Object.values(group.hooks));
  const names = hooks.flatMap(({ notificationMetadata: metadata }) =>
    typeof metadata === "object" ? [metadata.secretFrom] : [],
  );
  return [...new Set(names)];
}

/**
 * Takes secrets out of texts. Pulumi masks what it knows to be secret; this is for what nobody marked, such as a
 * message that quotes a request.
 */
export class Redactor {
  #values: readonly string[] = [];

  constructor(environment: NodeJS.ProcessEnv) {
    this.conceal(secretVariables.map((name) => environment[name]));
  }

  conceal(values: readonly (string | undefined)[]): void {
    const all = new Set([...this.#values, ...values.filter((value) => value !== undefined && value !== "")]);
    // The longest first: one may be part of another.
    this.#values = [...all].filter((value) => value !== undefined).sort((a, b) => b.length - a.length);
  }

  text(text: string): string {
    return this.#values.reduce((rest, value) => rest.replaceAll(value, "[secret]"), text);
  }

  /** The same in each text of a value, before escape sequences can hide it. */
  value<T>(value: T): T {
    return JSON.parse(JSON.stringify(value), (_, inner: unknown) =>
      typeof inner === "string" ? this.text(inner) : inner,
    );
  }
}
