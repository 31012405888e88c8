import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineEvent, Stack } from "@pulumi/pulumi/automation/index.js";
import { startEmulator } from "pulumi-huaweicloud-as/emulator";
import { account, closing, heading, opening, type Result } from "./report.mts";
import { scaleOutAndIn } from "./scaling.mts";
import { type Change, changesIn, faults } from "./seen.mts";
import { createStack } from "./stack.mts";
import type { Step } from "./steps.mts";

/**
 * Takes the steps with the real engine against a local API, and shows each. Nothing is left of it afterwards.
 *
 * @param stop ends it early
 * @returns whether every step was as it should be
 */
export async function tour(steps: readonly Step[], stop: AbortSignal): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), "pulumi-huaweicloud-as-tour-"));
  const story: string[] = [];
  const emulator = await startEmulator({
    launchTime: 400,
    removalTime: 400,
    onEvent: ({ groupName, text }) => groupName !== "smn" && story.push(`group: ${text}`),
  });
  try {
    const stack = await createStack(folder, emulator.env);
    const scalingGroupId = emulator.groups[0] ?? "";
    await configure(stack, { scalingGroupId });
    console.log(opening(steps.length, stack.workspace.pulumiVersion, emulator.url, scalingGroupId));
    const take = async (step: Step): Promise<Result> => {
      if (step.elsewhere !== undefined) emulator.putHook(scalingGroupId, step.elsewhere);
      if (step.config !== undefined) await configure(stack, step.config);
      emulator.clearRequests();
      const start = performance.now();
      const changes =
        step.operation === "scale"
          ? await scaleOutAndIn(emulator, story, stop, () => emulator.clearRequests())
          : await operate(stack, step.operation, stop);
      const seconds = (performance.now() - start) / 1000;
      const seen = { changes, requests: [...emulator.requests], hooks: emulator.hooks(scalingGroupId) };
      return { step, seen, faults: faults(step, seen), seconds };
    };
    const results: Result[] = [];
    for (const step of steps) {
      console.log(heading(step, results.length + 1));
      const result = await take(step);
      console.log(account(result));
      results.push(result);
      // The next steps build on what this one should have done.
      if (result.faults.length > 0) break;
    }
    console.log(closing(steps, results));
    return results.length === steps.length && results.every((result) => result.faults.length === 0);
  } finally {
    await emulator.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function operate(
  stack: Stack,
  operation: Exclude<Step["operation"], "scale">,
  signal: AbortSignal,
): Promise<Change[]> {
  const events: EngineEvent[] = [];
  const failure = await stack[operation]({ signal, onEvent: (event) => void events.push(event) }).then(
    () => undefined,
    (error: unknown) => error,
  );
  // What goes wrong after a signal does so because of it.
  signal.throwIfAborted();
  const changes = changesIn(events, operation);
  if (failure !== undefined && !changes.some(({ kind }) => kind === "error")) throw failure;
  return changes;
}

async function configure(stack: Stack, values: Readonly<Record<string, string | number>>): Promise<void> {
  const entries = Object.entries(values).map(([key, value]) => [key, { value: String(value) }]);
  await stack.setAllConfig(Object.fromEntries(entries));
}
