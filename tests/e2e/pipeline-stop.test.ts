import process from "node:process";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { boot, drain, locksIn, Pipeline, pendingIn, type Running } from "../support/pipeline";

/** Runs of examples/deploy-pipeline that are stopped in the middle of an apply. */

const timeout = 120_000;
/** Has planned two hooks; the tests go on from there. */
let planned: Pipeline;
beforeAll(async () => {
  planned = await Pipeline.make();
  await planned.write({ boot, drain });
  await planned.preview();
}, timeout);
afterAll(() => planned[Symbol.asyncDispose]());

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await Pipeline.make();
});
afterEach(() => pipeline[Symbol.asyncDispose]());

/** Applies the plan, and holds back the requests that make the hooks: both of them, as only what has begun comes to an end. */
async function applyHeldBack(
  options: readonly string[] = [],
  spawning = {},
): Promise<{ run: Running; release: () => void }> {
  await pipeline.continueFrom(planned);
  await pipeline.write({ boot, drain });
  let creations = 0;
  const arrived = Promise.withResolvers<void>();
  const released = Promise.withResolvers<undefined>();
  const carryOn = pipeline.emulator.intercept(({ method }) => {
    if (method !== "POST") return undefined;
    if (++creations === 2) arrived.resolve();
    return released.promise;
  });
  const run = pipeline.startApply(options, spawning);
  await Promise.race([arrived.promise, run.ended]);
  const release = () => {
    carryOn();
    released.resolve(undefined);
  };
  return { run, release };
}

describe.runIf(process.platform !== "win32")("an apply that is stopped", () => {
  test.each([
    ["SIGINT, as by a CI system", "SIGINT", false, 130],
    ["SIGTERM to all its processes, as ^C by a terminal", "SIGTERM", true, 143],
  ] as const)(
    "by %s ends what is under way, and leaves the stack clean and unlocked",
    async (_, signal, toGroup, code) => {
      const { run, release } = await applyHeldBack([], { detached: toGroup });
      process.kill(toGroup ? -run.pid : run.pid, signal);
      await run.printed("Pulumi ends what is under way.");
      release();
      const { code: ended, output } = await run.ended;
      expect(ended, output).toBe(code);
      expect(output).toContain("the state is saved, and the stack is unlocked.");
      expect(await locksIn(pipeline.folder)).toEqual([]);
      expect(await pendingIn(pipeline.folder)).toEqual([]);
      expect(pipeline.hookNames()).toHaveLength(2);
      expect(await pipeline.remains()).toEqual([]);
    },
    timeout,
  );

  test(
    "by its time-out says so, and is clean and unlocked as well",
    async () => {
      const { run, release } = await applyHeldBack(["--timeout", "0.1"]);
      await run.printed("Timed out after 0.1 min.");
      // On a machine that is slow enough it has not come to that.
      await run.printed("Pulumi ends what is under way.").catch(() => undefined);
      release();
      expect(await run.ended).toMatchObject({ code: 124 });
      expect(await locksIn(pipeline.folder)).toEqual([]);
      expect(await pipeline.remains()).toEqual([]);
    },
    timeout,
  );

  test(
    "by two signals does not wait; the next one takes over what was made, and nothing is left of it in the state",
    async () => {
      const { run, release } = await applyHeldBack();
      run.child.kill("SIGINT");
      await run.printed("Pulumi ends what is under way.");
      run.child.kill("SIGTERM");
      expect(await run.ended).toMatchObject({ code: 130 });
      expect(await locksIn(pipeline.folder)).toEqual([]);
      expect((await pendingIn(pipeline.folder)).sort()).toEqual(["creating web-boot", "creating web-drain"]);
      // The requests are there all the same, and take effect after the run has gone.
      release();

      await pipeline.preview();
      const applied = await pipeline.apply();
      expect(applied).toMatchObject({ code: 0, output: expect.stringContaining("Done, exactly as planned") });
      expect(applied.output).toMatch(/ended what a killed run had begun: web-(boot|drain), web-(boot|drain)/);
      expect(await pendingIn(pipeline.folder)).toEqual([]);
      expect(pipeline.hookNames()).toHaveLength(2);
    },
    timeout,
  );
});
