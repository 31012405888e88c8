import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { groupId } from "../support/hooks";
import { boot, drain, type Ended, Pipeline, secrets, stateText } from "../support/pipeline";

/** Plans, approvals and drift of examples/deploy-pipeline, by the commands that a CI job runs. */

const timeout = 120_000;
/** Both hooks are planned and applied; the others go on from there. */
let first: Pipeline;
let planned: Ended;
let applied: Ended;
beforeAll(async () => {
  first = await Pipeline.make();
  await first.write({ boot, drain });
  planned = await first.preview();
  applied = await first.apply();
}, timeout);
afterAll(() => first[Symbol.asyncDispose]());

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await Pipeline.make();
});
afterEach(() => pipeline[Symbol.asyncDispose]());

test(
  "applies what was previewed, finds nothing to do then, and has no secret in anything that is printed or written",
  async () => {
    expect(planned).toMatchObject({ code: 0, output: expect.stringContaining("2 to create, 0 unchanged.") });
    expect(applied).toMatchObject({ code: 0, output: expect.stringContaining("✓ created web-drain") });
    // The preview, the look of the apply and the update each asked for the group once, by the preflight.
    expect(first.sent()).toEqual(["GET", "GET", "GET", "POST", "POST"]);
    const markdown = await first.report("plan", "summary.md");
    expect(markdown).toContain("| + create | <code>web-boot</code> |");
    expect(first.emulator.hooks(groupId)).toContainEqual(
      expect.objectContaining({ default_timeout: 900, notification_metadata: secrets.DRAIN_TOKEN }),
    );

    await pipeline.continueFrom(first);
    await pipeline.write({ boot, drain });
    const again = await pipeline.preview();
    expect(again.output).toContain("no change, 2 unchanged.");
    const drift = await pipeline.drift();
    expect(drift).toMatchObject({ code: 0, output: expect.stringContaining("2 as they were left") });

    const written = await Promise.all([
      first.report("plan", "summary.json"),
      first.report("plan", "plan.json"),
      pipeline.report("drift", "summary.json"),
      stateText(first.folder),
    ]);
    const printed = [planned, applied, again, drift].map(({ output }) => output);
    for (const secret of [...Object.values(secrets), first.emulator.secretKey]) {
      expect([markdown, ...written, ...printed].filter((text) => text.includes(secret))).toEqual([]);
    }
    expect([...(await first.remains()), ...(await pipeline.remains())]).toEqual([]);
  },
  timeout,
);

test(
  "refuses replacements and deletions until exactly these are approved",
  async () => {
    await pipeline.continueFrom(first);
    const before = pipeline.hookNames();
    await pipeline.write({ boot: { ...boot, lifecycleHookName: "start" } });
    await pipeline.preview();
    const approval = await pipeline.approval();
    expect(await pipeline.report("plan", "summary.md")).toContain(`--approve ${approval}`);
    pipeline.sent();

    const gated = await pipeline.gate();
    expect(gated).toMatchObject({ code: 3, output: expect.stringContaining("- delete web-drain") });
    expect(gated.output).toMatch(/± replace web-boot\n {4}lifecycleHookName: "web-boot-\w+" → "start"/);
    expect(await pipeline.apply()).toMatchObject({ code: 3 });
    // Somebody adds a deletion to what was approved.
    await pipeline.write({});
    const other = await pipeline.apply("--approve", approval);
    expect(other).toMatchObject({ code: 3, output: expect.stringContaining("is for something else") });
    expect(pipeline.hookNames()).toEqual(before);
    expect(pipeline.sent().filter((method) => method !== "GET")).toEqual([]);

    await pipeline.write({ boot: { ...boot, lifecycleHookName: "start" } });
    expect(await pipeline.gate("--approve", approval)).toMatchObject({ code: 0 });
    expect(await pipeline.apply("--approve", approval)).toMatchObject({ code: 0 });
    expect(pipeline.hookNames()).toEqual(["start"]);
  },
  timeout,
);

test(
  "refuses a plan as a whole that is out of date, and one that the engine finds violated",
  async () => {
    await pipeline.write({ boot });
    await pipeline.preview();
    await pipeline.write({ boot: { ...boot, defaultTimeout: 1200 }, drain });
    const outdated = await pipeline.apply();
    expect(outdated).toMatchObject({ code: 6, output: expect.stringContaining("out of date") });

    // As when something changes between the look and the update: the plan has other values than the program.
    await pipeline.write({ boot: { ...boot, defaultTimeout: 1200 } });
    await pipeline.preview();
    const file = join(pipeline.folder, "plan/plan.json");
    await writeFile(file, (await readFile(file, "utf8")).replaceAll("1200", "1800"));
    const violated = await pipeline.apply();
    expect(violated.code).toBe(1);
    expect(violated.output).toMatch(/web-boot: .*violates plan: .*defaultTimeout/);
    expect(pipeline.hookNames()).toEqual([]);
    expect(pipeline.sent()).not.toContain("POST");
  },
  timeout,
);

test(
  "finds drift, tells what has changed, and changes nothing",
  async () => {
    await pipeline.continueFrom(first);
    await pipeline.write({ boot, drain });
    const [bootName = "", drainName = ""] = pipeline.hookNames().sort();
    pipeline.emulator.putHook(groupId, { lifecycle_hook_name: drainName, default_timeout: 1000 });
    pipeline.emulator.removeHook(groupId, bootName);
    const before = await stateText(pipeline.folder);

    const found = await pipeline.drift();
    expect(found.code).toBe(4);
    expect(found.output).toContain("∅ gone web-boot\n≠ drift web-drain\n    defaultTimeout: 900 → 1000\n");
    expect(await pipeline.report("drift", "summary.md")).toContain(
      "| <code>900</code> | <code>1000</code> |",
    );
    expect(new Set(pipeline.sent())).toEqual(new Set(["GET"]));
    expect(await stateText(pipeline.folder)).toBe(before);
    expect(pipeline.hookNames()).toEqual([drainName]);
  },
  timeout,
);

test(
  "previews without credentials, without a request, and says what it could not check; writes no plan then",
  async () => {
    await pipeline.continueFrom(first);
    await pipeline.write({ boot: { ...boot, defaultTimeout: 1200 }, drain });

    const { HW_ACCESS_KEY, HW_SECRET_KEY, ...withoutKeys } = pipeline.env;
    const reading = await pipeline.preview(withoutKeys);
    expect(reading).toMatchObject({ code: 0, output: expect.stringContaining("1 to update, 1 unchanged.") });
    expect(reading.output).toContain("? not checked: The live groups: ");
    expect(await pipeline.report("plan", "summary.md")).toContain("it can't be applied");
    const refused = await pipeline.apply();
    expect(refused).toMatchObject({ code: 2, output: expect.stringContaining("wrote no plan") });

    // A fork: its runs have no secrets at all. CI systems set them to nothing.
    const fork = { ...withoutKeys, PULUMI_CONFIG_PASSPHRASE: "", DRAIN_TOKEN: "" };
    const forked = await pipeline.preview(fork);
    expect(forked).toMatchObject({ code: 0, output: expect.stringContaining("2 to create, 0 unchanged.") });
    expect(forked.output).toContain("? not checked: The state: PULUMI_CONFIG_PASSPHRASE not set");
    expect(forked.output).toContain("? not checked: Secret values: DRAIN_TOKEN not set");
    // What is wrong with the program is found all the same.
    await pipeline.write({ boot: { ...boot, defaultTimeout: 60 } });
    const wrong = await pipeline.preview(fork);
    expect(wrong).toMatchObject({
      code: 1,
      output: expect.stringContaining("✗ web-boot: defaultTimeout 60"),
    });
    expect(pipeline.emulator.requests).toEqual([]);
    expect(await pipeline.remains()).toEqual([]);
  },
  timeout,
);

test(
  "warns at preview of what an apply would meet in the live group, where it has credentials",
  async () => {
    for (const name of ["a", "b", "c", "d"])
      pipeline.emulator.putHook(groupId, { lifecycle_hook_name: name });
    pipeline.emulator.putHook(groupId, { lifecycle_hook_name: "drain", default_timeout: 7200 });
    await pipeline.write({ boot, drain: { ...drain, lifecycleHookName: "drain" } });
    const { code, output } = await pipeline.preview();
    expect(code).toBe(0);
    expect(output).toMatch(/! web-boot: preflight: the group already has 5 hooks/);
    expect(output).toMatch(/! web-drain: preflight: the group already has a hook "drain" that differs/);
  },
  timeout,
);
