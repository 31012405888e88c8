import { type Emulator, startEmulator } from "pulumi-huaweicloud-as/emulator";
import { changesIn, exportedHooksIn, problemsIn } from "./changes.mts";
import { failureText } from "./failure-text.mts";
import { Interruption, Interruptions } from "./interruption.mts";
import { account, closing, heading, opening, type Result } from "./report.mts";
import { paint, print, withProgress } from "./screen.mts";
import { TourStack } from "./stack.mts";
import type { Step } from "./step.mts";
import { inTemporaryFolder } from "./temporary-folder.mts";
import { differences, type Seen } from "./verdict.mts";

/**
 * Takes the steps with the real engine against a local API, and shows each. Nothing is left of it afterwards.
 *
 * @returns the exit code: 0 when every step was as it should be, 1 otherwise, 128 + n after signal n
 */
export async function tour(steps: readonly Step[]): Promise<number> {
  const interruptions = new Interruptions();
  const { signal, hurry } = interruptions;
  signal.addEventListener("abort", () => print("Stopping Pulumi (once more is quicker) ..."));
  try {
    const results = await inTemporaryFolder(hurry, async (folder) => {
      const emulator = await startEmulator();
      try {
        return await takeSteps(steps, folder, emulator, signal);
      } catch (error) {
        // What goes wrong after a signal does so because of it.
        signal.throwIfAborted();
        throw error;
      } finally {
        await emulator.close();
      }
    });
    return results.length === steps.length && results.every(isGood) ? 0 : 1;
  } catch (error) {
    if (error instanceof Interruption) {
      print("Stopped. Nothing is left behind.");
      return error.exitCode;
    }
    print(paint("red", `✗ ${messageOf(error)}`));
    return 1;
  } finally {
    interruptions.stopListening();
  }
}

/** What the steps are taken on. */
interface Stage {
  readonly stack: TourStack;
  readonly emulator: Emulator;
  readonly groupId: string;
  /** Ends the step that is under way. */
  readonly signal: AbortSignal;
}

async function takeSteps(
  steps: readonly Step[],
  folder: string,
  emulator: Emulator,
  signal: AbortSignal,
): Promise<Result[]> {
  const [groupId = ""] = emulator.groups;
  const stack = await TourStack.create(folder, emulator.env);
  await stack.configure({ scalingGroupId: groupId });
  const { program, engine } = stack;
  print(opening({ program, engine, api: emulator.url, groupId }, steps.length, paint));

  const stage = { stack, emulator, groupId, signal };
  const results: Result[] = [];
  for (const [index, step] of steps.entries()) {
    signal.throwIfAborted();
    print(heading(step, index + 1, paint));
    const result = await withProgress(`pulumi ${step.operation}`, () => takeStep(step, stage));
    signal.throwIfAborted();
    print(account(result, paint));
    results.push(result);
    // The next steps build on what this one should have done.
    if (wentTheOtherWay(result)) break;
  }
  print(closing(steps, results, paint));
  return results;
}

async function takeStep(step: Step, { stack, emulator, groupId, signal }: Stage): Promise<Result> {
  if (step.elsewhere !== undefined) emulator.putHook(groupId, step.elsewhere);
  if (step.config !== undefined) await stack.configure(step.config);
  const requestsBefore = emulator.requests.length;
  const start = performance.now();
  const { events, failure } = await stack.run(step.operation, signal);
  const seconds = (performance.now() - start) / 1000;

  const problems = problemsIn(events);
  const seen: Seen = {
    changes: changesIn(events, step.operation),
    problems: problems.length > 0 || failure === undefined ? problems : [{ message: failure }],
    requests: emulator.requests.slice(requestsBefore),
    hooks: emulator.hooks(groupId),
    outputs: step.operation === "up" ? exportedHooksIn(events) : undefined,
  };
  return { step, seen, differences: differences(step.expected, seen, emulator), seconds };
}

const isGood = ({ differences }: Result) => differences.length === 0;

/** Pulumi failed where it should have succeeded, or succeeded where it should have refused. */
function wentTheOtherWay({ step, seen }: Result): boolean {
  const shouldFail = step.expected.refused !== undefined;
  return shouldFail !== seen.problems.length > 0;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message.includes("spawn pulumi ENOENT")) {
    return "there is no pulumi on the PATH: run npm start, which sets everything up";
  }
  return failureText(error.message);
}
