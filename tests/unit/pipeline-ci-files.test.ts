import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { z } from "zod";
import { readArguments } from "../../examples/deploy-pipeline/arguments.mts";
import { accessOf } from "../../examples/deploy-pipeline/settings/access.mts";
import { secretsOf } from "../../examples/deploy-pipeline/settings/secrets.mts";
import { readSettings } from "../../examples/deploy-pipeline/settings/settings.mts";

/** The files that run examples/deploy-pipeline elsewhere: they can't be run here, but can be held to what it takes. */

const folder = join(__dirname, "../../examples/deploy-pipeline");
const read = (file: string) => readFileSync(join(folder, file), "utf8");

/** All texts in a value. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** The pipeline's arguments in the commands of a CI file, with values for its variables. */
function commandsIn(file: string): string[][] {
  return textsIn(parse(read(file)))
    .filter((text) => text.includes("node pipeline.mts"))
    .map((text) => {
      const [, args = ""] = text.split("node pipeline.mts ");
      const values = args.replaceAll(/\$\{\{ matrix\.environment \}\}|\$ENVIRONMENT/g, "production");
      return values
        .replaceAll(/"\$\{?APPROVE(:-)?\}?"/g, "c0de")
        .replaceAll('"', "")
        .split(" ");
    });
}

describe.each([
  ["github-actions.yml", ["preview", "preview", "gate", "apply", "drift"]],
  ["gitlab-ci.yml", ["preview", "preview", "apply", "drift"]],
])("%s", (file, names) => {
  test("gives the pipeline arguments that it takes", () => {
    expect(commandsIn(file).map((args) => readArguments(args).command.name)).toEqual(names);
  });

  test("lets a signal for the job reach the pipeline", () => {
    const commands = textsIn(parse(read(file))).filter((text) => text.includes("node pipeline.mts"));
    expect(commands.filter((text) => !text.startsWith("exec node "))).toEqual([]);
  });

  test("names the variables that the environments need", async () => {
    const settings = await readSettings(join(folder, "environments/production.json"));
    const { missingForState } = accessOf(settings, {});
    for (const name of [...missingForState, ...secretsOf(settings), "HW_ACCESS_KEY", "HW_SECRET_KEY"]) {
      expect(read(file)).toContain(name);
    }
  });

  test("previews and applies one environment after the other's file", () => {
    const files = commandsIn(file).flatMap((args) => args.filter((arg) => arg.startsWith("environments/")));
    expect(new Set(files)).toEqual(new Set(["environments/production.json"]));
    expect(read(file)).toContain(
      "environment: [staging, production]".replace(
        "environment",
        file.startsWith("gitlab") ? "ENVIRONMENT" : "environment",
      ),
    );
  });
});

/**
 * A Stack of the Pulumi Kubernetes Operator: names, types and what is required, as its published schema has them, for
 * the fields that are used. Source: pulumi.com/v1 in the operator's custom resource definitions, 2.9.0.
 */
const variable = z.strictObject({
  type: z.literal("Secret"),
  secret: z.strictObject({ name: z.string(), key: z.string(), namespace: z.string().optional() }),
});
const quantities = z.record(z.string(), z.union([z.string(), z.number()]));
const stackSchema = z.strictObject({
  apiVersion: z.literal("pulumi.com/v1"),
  kind: z.literal("Stack"),
  // The operator takes no longer one.
  metadata: z.strictObject({ name: z.string().max(42), namespace: z.string() }),
  spec: z.strictObject({
    stack: z.string(),
    projectRepo: z.string(),
    branch: z.string(),
    repoDir: z.string(),
    shallow: z.boolean(),
    backend: z.string(),
    config: z.record(z.string(), z.string()),
    envRefs: z.record(z.string(), variable),
    refresh: z.boolean(),
    continueResyncOnCommitMatch: z.boolean(),
    resyncFrequencySeconds: z.int(),
    retryMaxBackoffDurationSeconds: z.int(),
    destroyOnFinalize: z.boolean(),
    serviceAccountName: z.string(),
    workspaceTemplate: z.strictObject({
      spec: z.strictObject({
        image: z.string(),
        resources: z.strictObject({ requests: quantities, limits: quantities }),
      }),
    }),
  }),
});

test("operator-stack.yaml is what the operator takes, for a program that is there", () => {
  const [account, binding, manifest] = parseAllDocuments(read("operator-stack.yaml")).map((one) =>
    one.toJS(),
  );
  const { metadata, spec } = stackSchema.parse(manifest);
  expect(account).toMatchObject({ kind: "ServiceAccount", metadata: { name: spec.serviceAccountName } });
  expect(binding.subjects).toEqual([
    { kind: "ServiceAccount", name: spec.serviceAccountName, namespace: metadata.namespace },
  ]);

  const project = parse(readFileSync(join(__dirname, "../../Pulumi.yaml"), "utf8"));
  expect(spec.stack.split("/")).toEqual(["organization", project.name, "production"]);
  const own = Object.keys(spec.config).filter((key) => key.startsWith(`${project.name}:`));
  const names = own.map((key) => key.split(":")[1]);
  expect(Object.keys(project.config)).toEqual(expect.arrayContaining(names));
  const required = Object.entries<{ default?: unknown }>(project.config).filter(
    ([, { default: value }]) => value === undefined,
  );
  expect(names).toEqual(expect.arrayContaining(required.map(([name]) => name)));
});
