import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { z } from "zod";
import { exitCodes, PipelineFailure } from "../exit-codes.mts";

const secret = z.strictObject({
  secretFrom: z.string().regex(/^[A-Z][A-Z0-9_]*$/, "give a variable's name"),
});

const hook = z.strictObject({
  lifecycleHookName: z.string().optional(),
  lifecycleHookType: z.enum(["INSTANCE_LAUNCHING", "INSTANCE_TERMINATING"]),
  defaultResult: z.enum(["ABANDON", "CONTINUE"]).optional(),
  defaultTimeout: z.int("give whole seconds").optional(),
  notificationMetadata: z
    .union([z.string(), secret], {
      error: 'give a text, or { "secretFrom": "VARIABLE" } for one that is secret',
    })
    .optional(),
});

const group = z.strictObject({
  scalingGroupId: z.string().min(1),
  notificationTopicUrn: z.string().min(1),
  /** By a name of yours; it makes the resource's name, `<group>-<hook>`. */
  hooks: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), hook),
});

const settingsSchema = z.strictObject({
  region: z.string().min(1),
  /** Where the state is, as for `pulumi login`. @default the variable PULUMI_BACKEND_URL */
  state: z
    .string()
    .regex(/^(s3|azblob|gs|file|https):\/\//, "give a URL as for pulumi login, such as s3://…")
    .optional(),
  /** The key that encrypts secrets in the state. @default a passphrase; in Pulumi Cloud, its own */
  secretsProvider: z
    .string()
    .regex(/^(awskms|azurekeyvault|gcpkms|hashivault):\/\//, "give a key's URL, such as hashivault://…")
    .optional(),
  /** How long an operation waits for a group in which a scaling activity runs. */
  patience: z
    .string()
    .regex(/^\d+[sm]$/, 'give a duration such as "90s" or "5m"')
    .default("5m"),
  groups: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), group),
});

/** One environment, as its file has it. What the values may be, the provider checks at preview. */
export type Settings = z.output<typeof settingsSchema> & {
  /** The file's name; the stack's as well. */
  readonly environment: string;
};
export type HookSettings = z.output<typeof hook>;

/** @throws PipelineFailure with every problem, each with where it is */
export async function readSettings(file: string): Promise<Settings> {
  const environment = basename(file, ".json");
  if (!/^[a-z][a-z0-9-]*\.json$/.test(basename(file))) {
    throw unusable(file, ["the name is the stack's: small letters, digits and -, and .json at the end"]);
  }
  const result = settingsSchema.safeParse(await readJson(file));
  if (!result.success) throw unusable(file, problemsIn(result.error));
  return { environment, ...result.data };
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    throw unusable(file, [error instanceof Error ? error.message : String(error)]);
  }
}

function problemsIn({ issues }: z.ZodError): string[] {
  return issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`));
}

function unusable(file: string, problems: readonly string[]): PipelineFailure {
  return new PipelineFailure(exitCodes.unusable, `${file} is not usable:\n  - ${problems.join("\n  - ")}`);
}
