import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineEvent, Stack } from "@pulumi/pulumi/automation/index.js";
import { type Emulator, type LifecycleEvent, startEmulator } from "pulumi-huaweicloud-as/emulator";
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
  const events: LifecycleEvent[] = [];
  const onEvent = (event: LifecycleEvent) => void events.push(event);
  const emulator = await startEmulator({ launchTime: 400, removalTime: 400, onEvent });
  try {
    const stack = await createStack(folder, emulator.env);
    const scalingGroupId = emulator.groups[0] ?? "";
    await configure(stack, { scalingGroupId });
    console.log(opening(steps.length, stack.workspace.pulumiVersion, emulator.url, scalingGroupId));
    const results: Result[] = [];
    for (const step of steps) {
      console.log(heading(step, results.length + 1));
      const result = await take(step, stack, emulator, events, stop);
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

async function take(
  step: Step,
  stack: Stack,
  emulator: Emulator,
  life: readonly LifecycleEvent[],
  signal: AbortSignal,
): Promise<Result> {
  const groupId = emulator.groups[0] ?? "";
  if (step.elsewhere !== undefined) emulator.putHook(groupId, step.elsewhere);
  if (step.config !== undefined) await configure(stack, step.config);
  emulator.clearRequests();
  const start = performance.now();
  const changes =
    step.operation === "scale"
      ? await scaleOutAndIn(emulator, life, signal, () => emulator.clearRequests())
      : await operate(stack, step.operation, signal);
  const seconds = (performance.now() - start) / 1000;
  const seen = { changes, requests: [...emulator.requests], hooks: emulator.hooks(groupId) };
  return { step, seen, faults: faults(step, seen), seconds };
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
