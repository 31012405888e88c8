import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startKeyService } from "../support/key-service";
import { boot, drain, Pipeline, secrets } from "../support/pipeline";
import { type S3Server, startS3Server } from "../support/s3-server";

/** The state of examples/deploy-pipeline in an S3-compatible bucket, as teams share it. */

const timeout = 120_000;
const stateKey = ".pulumi/stacks/lifecycle-hooks/shop.json";
let pipeline: Pipeline;
let bucket: S3Server;
beforeEach(async () => {
  [pipeline, bucket] = await Promise.all([Pipeline.make(), startS3Server()]);
  Object.assign(pipeline.env, bucket.env);
});
afterEach(async () => {
  await pipeline[Symbol.asyncDispose]();
  await bucket[Symbol.asyncDispose]();
});

const locks = () => bucket.keys(".pulumi/locks/");
/** Holds back requests that make hooks. */
function holdBack() {
  const arrived = Promise.withResolvers<void>();
  const released = Promise.withResolvers<undefined>();
  const carryOn = pipeline.emulator.intercept(({ method }) => {
    if (method !== "POST") return undefined;
    arrived.resolve();
    return released.promise;
  });
  return {
    arrived: arrived.promise,
    release() {
      carryOn();
      released.resolve(undefined);
    },
  };
}

test(
  "keeps two pipelines from each other: the second says who holds the stack, and changes nothing",
  async () => {
    await pipeline.write({ boot }, { state: bucket.state });
    await pipeline.preview();
    const held = holdBack();
    const first = pipeline.startApply();
    await Promise.race([held.arrived, first.ended]);

    // A preview needs no lock.
    expect(await pipeline.preview()).toMatchObject({ code: 0 });
    const second = await pipeline.apply();
    expect(second.code).toBe(5);
    expect(second.output).toContain("Another run has the stack; nothing was done.");
    expect(second.output).toMatch(
      /\.pulumi\/locks\/organization\/lifecycle-hooks\/shop\/.*: created by \S+@\S+ \(pid \d+\) at /,
    );
    expect(pipeline.sent().filter((method) => method === "POST")).toEqual(["POST"]);

    held.release();
    expect(await first.ended).toMatchObject({ code: 0 });
    expect(await locks()).toEqual([]);
    expect(await bucket.object(stateKey)).toContain("web-boot");
  },
  timeout,
);

test.runIf(process.platform !== "win32")(
  "recovers from a run that was killed, by the command that the next one prints",
  async () => {
    await pipeline.write({ boot, drain }, { state: bucket.state });
    await pipeline.preview();
    const held = holdBack();
    const killed = pipeline.startApply();
    await Promise.race([held.arrived, killed.ended]);
    const [lock = ""] = await locks();
    const engine: { pid: number } = JSON.parse(await bucket.object(lock));
    process.kill(engine.pid, "SIGKILL");
    killed.child.kill("SIGKILL");
    await killed.ended;
    held.release();

    const next = await pipeline.apply();
    expect(next).toMatchObject({ code: 5 });
    const [unlock = ""] = /PULUMI_BACKEND_URL='s3:.* pulumi cancel .*/.exec(next.output) ?? [];
    const cancel = spawn("sh", ["-ec", unlock], { env: pipeline.env, cwd: pipeline.folder, stdio: "ignore" });
    expect(await once(cancel, "close")).toEqual([0, null]);
    expect(await locks()).toEqual([]);

    const applied = await pipeline.apply();
    expect(applied).toMatchObject({ code: 0, output: expect.stringContaining("ended what a killed run") });
    expect(pipeline.hookNames()).toHaveLength(2);
    expect(JSON.parse(await bucket.object(stateKey)).checkpoint.latest).not.toHaveProperty(
      "pending_operations",
    );
  },
  timeout,
);

test(
  "has a key instead of a passphrase encrypt the secrets, in the state and in the plan",
  async () => {
    await using keys = await startKeyService();
    const secretsProvider = `awskms:///alias/pulumi?region=cn-north-4&endpoint=${keys.url}`;
    await pipeline.write({ drain }, { state: bucket.state, secretsProvider });
    delete pipeline.env.PULUMI_CONFIG_PASSPHRASE;
    expect(await pipeline.preview()).toMatchObject({
      code: 0,
      output: expect.stringContaining("The plan is in"),
    });
    expect(await pipeline.apply()).toMatchObject({ code: 0 });
    const state = await bucket.object(stateKey);
    expect(JSON.parse(state).checkpoint.latest.secrets_providers).toMatchObject({ type: "cloud" });
    const plan = await pipeline.report("plan", "plan.json");
    expect([state, plan].filter((text) => text.includes(secrets.DRAIN_TOKEN))).toEqual([]);
    expect(keys.requests.length).toBeGreaterThan(0);
  },
  timeout,
);
