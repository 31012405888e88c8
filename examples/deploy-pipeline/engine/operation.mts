import { CommandError, ConcurrentUpdateError, type EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { exitCodes, PipelineFailure } from "../exit-codes.mts";
import { failureText, lockText } from "./failure-text.mts";
import { Interrupter } from "./interrupter.mts";
import type { Stop } from "./stop.mts";

/** What an operation of the engine came to. */
export interface Run {
  readonly events: readonly EngineEvent[];
  /** What the engine said in the end, where it failed. */
  readonly failure?: string;
}

interface Options {
  readonly signal: AbortSignal;
  readonly onEvent: (event: EngineEvent) => void;
}

/**
 * Runs an operation so that it can be stopped.
 *
 * @param unlock the command that frees a stack whose run was killed
 * @throws PipelineFailure when it was stopped, or somebody else has the stack
 */
export async function runOperation(
  operation: (options: Options) => Promise<unknown>,
  { stop, listen, unlock }: { stop: Stop; listen: (event: EngineEvent) => void; unlock: string },
): Promise<Run> {
  stop.asked.throwIfAborted();
  const interrupter = new Interrupter(stop);
  const events: EngineEvent[] = [];
  const onEvent = (event: EngineEvent) => {
    interrupter.see(event);
    // They hold property values, and are shown to nobody.
    if ((event.diagnosticEvent?.severity as string | undefined) === "debug") return;
    events.push(event);
    listen(event);
  };
  try {
    await operation({ signal: interrupter.signal, onEvent });
    return { events };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    if (error instanceof ConcurrentUpdateError) {
      throw new PipelineFailure(exitCodes.locked, locked(lockText(error.message), unlock));
    }
    if (stop.asked.aborted) throw interrupted(stop.asked.reason, events, unlock);
    return { events, failure: failureText(error.message) };
  } finally {
    interrupter.end();
  }
}

function locked(holders: string, unlock: string): string {
  return `Another run has the stack; nothing was done.\n${holders}\nIf that run is still going, try again when it has ended. If it was killed, free the stack:\n  ${unlock}`;
}

/** The engine's last event is this one, unless it was killed. */
function interrupted(reason: PipelineFailure, events: readonly EngineEvent[], unlock: string) {
  const hasEnded = events.some(({ cancelEvent }) => cancelEvent !== undefined);
  const hasBegun = events.some(({ preludeEvent }) => preludeEvent !== undefined);
  const after = hasEnded
    ? "What was under way has ended, the state is saved, and the stack is unlocked."
    : hasBegun
      ? `The engine was killed. If the stack stays locked:\n  ${unlock}`
      : "Nothing had begun.";
  return new PipelineFailure(reason.exitCode, `${reason.message} ${after}`);
}
