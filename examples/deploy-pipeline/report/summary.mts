import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import { exitCodes, PipelineFailure } from "../exit-codes.mts";
import type { Redactor } from "../settings/secrets.mts";
import { markdownOf } from "./markdown.mts";

const change = z.object({
  urn: z.string(),
  resource: z.string(),
  kind: z.enum(["create", "update", "replace", "delete", "import", "drift", "gone"]),
  properties: z
    .array(z.object({ name: z.string(), before: z.string().optional(), after: z.string().optional() }))
    .readonly(),
});

const summarySchema = z.object({
  /** What it is of: a preview's says what would be done, a drift's what was found. */
  of: z.enum(["preview", "drift"]),
  environment: z.string(),
  /** Of the sources, where the CI system tells it. */
  commit: z.string().optional(),
  changes: z.array(change).readonly(),
  unchanged: z.number(),
  /** Why the preview failed. */
  problems: z.array(z.string()),
  warnings: z.array(z.string()),
  notChecked: z.array(z.string()),
  /** Approves exactly the planned replacements and deletions. Absent where there are none. */
  approval: z.string().optional(),
  /** Whether `plan.json` lies beside it, to be applied. */
  hasPlan: z.boolean(),
});

/** What a preview or a look for drift came to: for people as Markdown, for programs as JSON. */
export type Summary = z.infer<typeof summarySchema>;

/** Absolute, since the engine runs in another folder. */
export function planIn(folder: string): string {
  return resolve(folder, "plan.json");
}

/** Makes the folder ready for a new report: an old one must not be taken for it. */
export async function clear(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const names = ["plan.json", "summary.json", "summary.md"];
  await Promise.all(names.map((name) => rm(join(folder, name), { force: true })));
}

/** Writes `summary.json` and `summary.md`, without secrets. @returns what was written */
export async function writeSummary(folder: string, summary: Summary, redactor: Redactor): Promise<Summary> {
  const clean = redactor.value(summary);
  await Promise.all([
    writeFile(join(folder, "summary.json"), `${JSON.stringify(clean, null, 2)}\n`),
    writeFile(join(folder, "summary.md"), markdownOf(clean)),
  ]);
  return clean;
}

/** @throws PipelineFailure when there is none, or none of a preview */
export async function readSummary(folder: string): Promise<Summary> {
  const file = join(folder, "summary.json");
  try {
    const summary = summarySchema.parse(JSON.parse(await readFile(file, "utf8")));
    if (summary.of === "preview") return summary;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
  throw new PipelineFailure(exitCodes.unusable, `${file} is not the summary of a preview: run preview first`);
}
