import type { IncomingMessage, ServerResponse } from "node:http";
import { type GroupHost, WatchedGroup } from "./group";
import { HttpInterface } from "./http";
import { Metrics } from "./metrics";
import { type LifecycleHandlerOptions, settingsOf } from "./options";

/** What a function of FunctionGraph is told about its own run, as far as a handler needs it. */
export interface FunctionGraphContext {
  /** How much of its time is left. */
  getRemainingTimeInMilliSeconds?(): number;
}

/** A handler at work. */
export interface LifecycleHandler extends AsyncDisposable {
  /** Answers a message of SMN, and `GET /healthz` and `/metrics` where `monitoring` says so, within a second; work goes on after. */
  fetch(request: Request): Promise<Response>;
  /** The same for a server of `node:http`: `createServer(handler.listener)`. */
  readonly listener: (request: IncomingMessage, response: ServerResponse) => void;
  /**
   * Serves a function of FunctionGraph, whose event may be of an SMN or of a timer trigger: works off what hangs, as far as
   * the function's time goes. Trust rests on the trigger: such events carry no signature.
   *
   * @returns how many instances were completed, and whether any is left for the next run
   */
  functionGraph(
    event: unknown,
    context?: FunctionGraphContext,
  ): Promise<{ readonly completed: number; readonly isDone: boolean }>;
  /** Looks at all groups now; resolves once they have been looked at. */
  sweep(): Promise<void>;
  /**
   * Ends: no new work begins, what runs gets its signal, and what it then finishes is completed. Resolves once all has
   * ended. Can be called again.
   */
  close(): Promise<void>;
}

/** Milliseconds of a function's time that are kept for its end. */
const timeToEnd = 2_000;

/**
 * Works on the instances that hang on lifecycle hooks, and completes them. The API's list of them is the truth, and a
 * message only wakes it up: lost, late, doubled and forged messages, restarts, and two of it side by side do no harm. It
 * begins at once, and goes on until it is closed.
 *
 * @throws RangeError that names the option that can't be used
 * @example
 * const handler = createLifecycleHandler({
 *   client: new AutoScalingClient({ region: "cn-north-4" }),
 *   groups: ["e5d27f5c-dd76-4a61-b4bc-a67c5686719a"],
 *   onTerminating: async ({ instanceId, signal }) => drain(instanceId, signal),
 * });
 */
export function createLifecycleHandler(options: LifecycleHandlerOptions): LifecycleHandler {
  const settings = settingsOf(options);
  const { clock, sweepInterval, concurrency } = settings;
  const metrics = new Metrics();
  let isClosed = false;
  let isPaused = false;
  let working = 0;
  let closing: Promise<void> | undefined;
  /** Told whenever work has ended. */
  let onRelease = () => {};
  const host: GroupHost = {
    settings,
    metrics,
    get isEnding() {
      return isClosed || isPaused;
    },
    acquire: () => working < concurrency && ++working > 0,
    release() {
      working--;
      for (const group of groups) group.act();
      onRelease();
    },
  };
  const groups = [...new Set(settings.groups)].map((id) => new WatchedGroup(id, host));
  const sweep = async () => void (await Promise.all(groups.map((group) => group.sweep())));
  const isIdle = () => groups.every((group) => group.isIdle);
  const drain = async () => void (await Promise.all(groups.map((group) => group.drain())));
  const close = () => {
    isClosed = true;
    options.signal?.removeEventListener("abort", onAbort);
    closing ??= drain();
    return closing;
  };
  const onAbort = () => void close();
  const http = new HttpInterface({ options, settings, groups, metrics, isEnding: () => host.isEnding });

  if (options.signal?.aborted) void close();
  else options.signal?.addEventListener("abort", onAbort);
  if (!isClosed && sweepInterval > 0) void sweep();

  return {
    fetch: (request) => http.fetch(request),
    listener: (request, response) => void http.listen(request, response),
    async functionGraph(_event, context = {}) {
      const { CONTINUE, ABANDON } = metrics.completed;
      isPaused = false;
      const time = (context.getRemainingTimeInMilliSeconds?.() ?? 3_000 + timeToEnd) - timeToEnd;
      let cancel = () => {};
      const timeIsOver = new Promise<void>((resolve) => {
        cancel = clock.after(Math.max(0, time), resolve);
      });
      const workIsDone = sweep().then(
        () =>
          new Promise<void>((resolve) => {
            onRelease = () => isIdle() && resolve();
            onRelease();
          }),
      );
      await Promise.race([workIsDone, timeIsOver]);
      cancel();
      const isDone = isIdle();
      isPaused = true;
      await drain();
      const completed = metrics.completed.CONTINUE + metrics.completed.ABANDON - CONTINUE - ABANDON;
      return { completed, isDone };
    },
    sweep,
    close,
    [Symbol.asyncDispose]: close,
  };
}
