import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { emulatorOfEachTest } from "../support/emulator";
import { EngineStack } from "../support/engine";
import { groupId } from "../support/hooks";
import { processesWith, type RunProcess, signal } from "../support/processes";
import { declare } from "../support/trial";

/** What becomes of a hook when a run ends in the middle of its creation, change or deletion: what the state says of it. */

const emulator = emulatorOfEachTest();
let stack: EngineStack;
let mark: string;

beforeEach(async () => {
  mark = randomUUID();
  stack = await EngineStack.create(declare(), { env: { ...emulator.env, INTERRUPTED_TEST: mark } });
});
afterEach(async () => {
  // What was started here and outlived its engine.
  for (const process of await processesWith(mark)) signal(process, "SIGKILL");
  await stack[Symbol.asyncDispose]();
});

const isPlugin = ({ command }: RunProcess) => command.includes("cmd/dynamic-provider");
const isEngine = ({ command }: RunProcess) => /^\S*pulumi (up|destroy) /.test(command);

/** Does something as soon as the first request of a kind is there, which takes effect only afterwards. */
function atFirst(kind: "POST" | "PUT" | "DELETE", interrupt: () => Promise<void>): void {
  let arrived = 0;
  emulator.intercept(async ({ method }) => {
    if (method === kind && arrived++ === 0) await interrupt();
    return undefined;
  });
}

const atCreation = (interrupt: () => Promise<void>) => atFirst("POST", interrupt);
const killBoth = () => end((process) => isPlugin(process) || isEngine(process), "SIGKILL");

async function end(which: (process: RunProcess) => boolean, name: NodeJS.Signals): Promise<void> {
  const processes = (await processesWith(mark)).filter(which);
  expect(processes.length).toBeGreaterThan(0);
  for (const process of processes) signal(process, name);
}

/** The request takes effect, though its sender is gone. */
const expectMade = () => expect.poll(() => emulator.hooks(groupId).length).toBe(1);

async function expectConverged(): Promise<void> {
  const up = await stack.up();
  expect(up.failed, up.text).toBe(false);
  expect(emulator.hooks(groupId)).toHaveLength(1);
  const [hook] = emulator.hooks(groupId);
  const kept = (await stack.state()).filter(({ type }) => type.includes("LifecycleHook"));
  expect(kept.map(({ id }) => id)).toEqual([`${groupId}/${hook?.lifecycle_hook_name}`]);
}

const onLinux = process.platform === "linux";

describe.runIf(onLinux)("a creation", () => {
  test("during which the engine and the plugin are killed is found again by up", async () => {
    atCreation(killBoth);
    expect((await stack.up()).failed).toBe(true);
    await expectMade();
    await stack.cancel();
    await expectConverged();
    expect((await stack.up()).steps).toEqual([]);
  });

  test("of a named hook during which both are killed is explained by up, and taken over as it says", async () => {
    stack.program = declare({ lifecycleHookName: "drain" });
    atCreation(killBoth);
    expect((await stack.up()).failed).toBe(true);
    await expectMade();
    await stack.cancel();
    const refused = await stack.up();
    expect(refused.failed).toBe(true);
    const advice = `import: ${JSON.stringify(`${groupId}/drain`)}`;
    expect(refused.diagnostics.join("\n")).toContain(advice);
    stack.program = declare({ lifecycleHookName: "drain" }, { import: `${groupId}/drain` });
    await expectConverged();
  });

  test("during which the plugin alone is killed is found again by up", async () => {
    atCreation(() => end(isPlugin, "SIGKILL"));
    expect((await stack.up()).failed).toBe(true);
    await expectMade();
    await expectConverged();
  });

  test("that is interrupted once comes to its end, and is in the state", async () => {
    atCreation(async () => {
      const told = new Promise<void>((resolve) => {
        stack.onPrint = (text) => void (text.includes("^C") && resolve());
      });
      await end(isEngine, "SIGINT");
      await told;
    });
    await stack.up();
    await expectMade();
    const kept = (await stack.state()).filter(({ type }) => type.includes("LifecycleHook"));
    expect(kept).toHaveLength(1);
    emulator.clearRequests();
    await expectConverged();
    expect(emulator.requests).toEqual([]);
  });

  test("that is interrupted twice is found again by up", async () => {
    let ended = () => {};
    const isOver = new Promise<void>((resolve) => {
      ended = resolve;
    });
    atCreation(async () => {
      const told = new Promise<void>((resolve) => {
        stack.onPrint = (text) => void (text.includes("^C") && resolve());
      });
      await end(isEngine, "SIGINT");
      await told;
      await end(isEngine, "SIGINT");
      await isOver;
    });
    expect((await stack.up()).failed).toBe(true);
    ended();
    await expectMade();
    await expectConverged();
  });
});

describe.runIf(onLinux)("a replacement", () => {
  test("that is killed between the deletion and the end of the creation is found again by up", async () => {
    await stack.up();
    const [hook] = (await stack.state()).filter(({ type }) => type.includes("LifecycleHook"));
    atCreation(killBoth);
    expect((await stack.up({ replace: [hook?.urn ?? ""] })).failed).toBe(true);
    await expectMade();
    await stack.cancel();
    await expectConverged();
  });
});

describe.runIf(onLinux)("of a hook that is there", () => {
  test("an update during which both are killed is done again by up, to the same hook", async () => {
    await stack.up();
    stack.program = declare({ defaultTimeout: 600 });
    atFirst("PUT", killBoth);
    expect((await stack.up()).failed).toBe(true);
    await expect.poll(() => emulator.hooks(groupId)[0]?.default_timeout).toBe(600);
    await stack.cancel();
    await expectConverged();
    expect(emulator.requests.filter(({ method }) => method === "POST")).toHaveLength(1);
  });

  test("a deletion during which both are killed is a success in the next destroy", async () => {
    await stack.up();
    atFirst("DELETE", killBoth);
    expect((await stack.destroy()).failed).toBe(true);
    await expect.poll(() => emulator.hooks(groupId)).toEqual([]);
    await stack.cancel();
    const destroyed = await stack.destroy();
    expect(destroyed.failed, destroyed.text).toBe(false);
    expect((await stack.state()).filter(({ type }) => type.includes("LifecycleHook"))).toEqual([]);
  });
});
