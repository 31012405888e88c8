import type { CallOptions } from "../calls/caller";
import { retryDelay } from "../calls/retry";
import { isNotFound } from "../errors/codes";
import { isAmbiguousError, isServiceError } from "../errors/errors";
import { readHookMetadata } from "./metadata";
import type { Metrics } from "./metrics";
import type { HandlerEvent, Settings } from "./options";
import {
  type Abandoned,
  type Action,
  afterFailure,
  hasRoom,
  isBraked,
  lag,
  next,
  reconcile,
  type State,
} from "./schedule";

/** The least milliseconds between two looks, however many messages come. */
const leastInterval = 200;
/** How long a message's suspension may be missing from the list, which may lag; and how often it is looked for. */
const timeToAppear = 15_000;
const lookAgain = 1_000;
const mostExpected = 1_000;
/** Milliseconds for a call: its retries are the handler's own. */
const call: CallOptions = { maxRetries: 0, timeout: 30_000 };

/** What a group needs of its handler. */
export interface GroupHost {
  readonly settings: Settings;
  readonly metrics: Metrics;
  /** Whether nothing new is begun. */
  readonly isEnding: boolean;
  /** Takes a place for work. @returns whether one was free */
  acquire(): boolean;
  release(): void;
}

/** The instances of one scaling group that hang, and the work on them. */
export class WatchedGroup {
  readonly id: string;
  readonly #host: GroupHost;
  #actions = new Map<string, Action>();
  readonly #runs = new Map<string, { readonly controller: AbortController; readonly ended: Promise<void> }>();
  /** The keys that a call is under way for. */
  readonly #calls = new Set<string>();
  /** The keys of messages that no list had yet, with when they came. */
  readonly #expected = new Map<string, number>();
  #look: Promise<void> | undefined;
  #lastLook = Number.NEGATIVE_INFINITY;
  #isWanted = false;
  #failures = 0;
  #lastSuccess: number;
  /** What the service's clock is ahead of this machine's. */
  #ahead = 0;
  #abandoned: Abandoned = { count: 0, last: 0 };
  #cancelTimer = () => {};

  constructor(id: string, host: GroupHost) {
    this.id = id;
    this.#host = host;
    this.#lastSuccess = host.settings.clock.now();
  }

  /** Whether there is nothing to do, as far as it is known. */
  get isIdle(): boolean {
    const isBusy = ({ kind }: State) => kind === "waiting" || kind === "working" || kind === "decided";
    return this.#runs.size === 0 && ![...this.#actions.values()].some(({ state }) => isBusy(state));
  }

  /** Milliseconds since the group was looked at with success. */
  get age(): number {
    return this.#host.settings.clock.now() - this.#lastSuccess;
  }

  get counts(): { readonly hanging: number; readonly working: number } {
    return { hanging: this.#actions.size, working: this.#runs.size };
  }

  /** A message says that there is something: it is believed once the API lists it. */
  expect(key: string): void {
    if (this.#actions.has(key) || this.#expected.size >= mostExpected) return;
    this.#expected.set(key, this.#now());
    this.#isWanted = true;
    this.#plan();
  }

  /** Looks at the group now; resolves once that has been done. */
  sweep(): Promise<void> {
    this.#look ??= this.#sweep().finally(() => {
      this.#look = undefined;
      this.act();
    });
    return this.#look;
  }

  /** Does what is due, and sets the time of the next look. */
  act(): void {
    const { isEnding } = this.#host;
    if (isEnding) return;
    const now = this.#now();
    const toExtend: Action[] = [];
    for (const action of [...this.#actions.values()].sort((a, b) => a.deadline - b.deadline)) {
      if (this.#calls.has(action.key)) continue;
      const step = next(action, now);
      if (step.do === "start") this.#start(action);
      else if (step.do === "extend") toExtend.push(action);
      else if (step.do === "complete") void this.#complete(action, step.result);
      else if (step.do === "stop") {
        this.#set(action, { kind: "working", isStopped: true });
        this.#runs.get(action.key)?.controller.abort(new DOMException("its time is over", "TimeoutError"));
      }
    }
    if (toExtend.length > 0) void this.#extend(toExtend);
    this.#plan();
  }

  /** Begins nothing more, and tells what runs. Resolves once it has ended. */
  async drain(): Promise<void> {
    this.#cancelTimer();
    for (const { controller } of this.#runs.values()) {
      controller.abort(new DOMException("the handler is to end", "AbortError"));
    }
    await Promise.all([...this.#runs.values()].map(({ ended }) => ended));
  }

  async #sweep(): Promise<void> {
    const { client, work, hooks: names, clock, random } = this.#host.settings;
    this.#cancelTimer();
    this.#isWanted = false;
    this.#lastLook = clock.now();
    let date: Date | undefined;
    try {
      const onResponse: CallOptions["onResponse"] = (response) => {
        date = response.date;
      };
      const listed = await client.hangingInstances.list(this.id, { ...call, onResponse });
      const ahead = (date?.getTime() ?? clock.now()) - clock.now();
      this.#ahead = Math.abs(ahead) > 5_000 ? ahead : 0;
      const hanging = listed.filter(({ lifecycleHookStatus }) => lifecycleHookStatus === "HANGING");
      const isNew = hanging.some(({ lifecycleActionKey }) => !this.#actions.has(lifecycleActionKey));
      const hooks = isNew ? await client.lifecycleHooks.list(this.id, call) : [];
      const isOurs: Parameters<typeof reconcile>[4] = ({ lifecycleHookName, lifecycleHookType }) =>
        work[lifecycleHookType as keyof typeof work] !== undefined &&
        (names?.includes(lifecycleHookName) ?? true);
      const { actions, seen, gone } = reconcile(this.#actions, hanging, hooks, this.#now(), isOurs, random);
      this.#actions = actions;
      this.#failures = 0;
      this.#lastSuccess = clock.now();
      for (const [key, since] of this.#expected) {
        if (actions.has(key) || this.#now() > since + timeToAppear) this.#expected.delete(key);
      }
      for (const action of seen) this.#tell("seen", action, `hangs until ${shown(action.deadline)}`);
      for (const action of gone) this.#end(action);
    } catch (error) {
      this.#failures++;
      this.#trouble(error);
    }
  }

  /** When to look next, however it is to be known. */
  #plan(): void {
    const { clock, sweepInterval, random } = this.#host.settings;
    if (this.#host.isEnding || this.#look !== undefined) return;
    const now = this.#now();
    const steps = [...this.#actions.values()].map((action) => next(action, now));
    const due = Math.min(...steps.map((step) => (step.do === "wait" ? step.until : Infinity))) - this.#ahead;
    const periodic = sweepInterval === 0 ? Infinity : this.#lastLook + sweepInterval;
    const wanted = this.#isWanted ? 0 : this.#expected.size > 0 ? this.#lastLook + lookAgain : Infinity;
    const regular = Math.max(Math.min(due, periodic, wanted), this.#lastLook + leastInterval);
    const delay = retryDelay(this.#failures - 1, random());
    const at = this.#failures > 0 ? this.#lastLook + Math.max(leastInterval, delay) : regular;
    this.#cancelTimer();
    if (at === Infinity) return;
    if (at <= clock.now()) void this.sweep();
    else this.#cancelTimer = clock.after(at - clock.now(), () => void this.sweep());
  }

  #start(action: Action): void {
    const { settings, metrics } = this.#host;
    if (this.#failures > 0 || this.#runs.has(action.key)) return;
    if (settings.dryRun) {
      this.#set(action, { kind: "left" });
      this.#tell("left", action, "would be worked on, if this were no dry run");
    } else if (this.#host.acquire()) {
      const controller = new AbortController();
      metrics.started++;
      const begun = this.#set(
        { ...action, attempts: action.attempts + 1 },
        { kind: "working", isStopped: false },
      );
      this.#tell("started", begun, `attempt ${begun.attempts} begins`);
      const ended = this.#run(begun, controller.signal).finally(() => {
        this.#runs.delete(action.key);
        this.#host.release();
      });
      this.#runs.set(action.key, { controller, ended });
    }
  }

  /** Does the work, and what follows from it. Never rejects. */
  async #run(action: Action, signal: AbortSignal): Promise<void> {
    const { key, instanceId, hookName, attempts: attempt } = action;
    const { settings, metrics } = this.#host;
    const deadline = () => new Date(this.#actions.get(key)?.deadline ?? action.deadline);
    try {
      const said = await settings.work[action.type]?.({
        instanceId,
        groupId: this.id,
        hookName,
        metadata: readHookMetadata(action.metadata),
        attempt,
        get deadline() {
          return deadline();
        },
        signal,
      });
      const current = this.#actions.get(key);
      if (current !== undefined) await this.#complete(current, said === "ABANDON" ? "ABANDON" : "CONTINUE");
    } catch (error) {
      metrics.failed++;
      const current = this.#actions.get(key);
      if (current === undefined) return;
      if (this.#host.isEnding) {
        // Nothing is said of what was not done: the next process, or the function's next run, does it.
        this.#set(current, { kind: "waiting", until: 0 });
        return;
      }
      const state = afterFailure(current, this.#now(), settings.random(), settings.verdicts[action.type]);
      this.#set(current, state);
      this.#tell("failed", current, `attempt ${attempt} failed: ${messageOf(error)}`, error);
      if (state.kind === "left") this.#leave(current, "its work has failed");
    }
  }

  async #complete(action: Action, result: "CONTINUE" | "ABANDON"): Promise<void> {
    const { settings, metrics, isEnding } = this.#host;
    const { key, state, type } = action;
    const isLaunch = type === "INSTANCE_LAUNCHING";
    if (isLaunch && result === "ABANDON" && isBraked(this.#abandoned, this.#now())) {
      this.#set(action, { kind: "left" });
      this.#leave(action, `${this.#abandoned.count} launches in a row were abandoned: find out why`);
      return;
    }
    const tries = state.kind === "decided" ? state.tries : 0;
    this.#set(action, { kind: "decided", result, tries, until: this.#now() });
    this.#calls.add(key);
    try {
      // Only at the end are the retries the client's: there is no later.
      const options = isEnding ? { timeout: 10_000 } : call;
      await settings.client.hangingInstances.complete(
        this.id,
        { lifecycleActionKey: key, lifecycleActionResult: result },
        options,
      );
      if (state.kind !== "done") {
        metrics.complete(result, action.deadline - this.#now());
        this.#tell("completed", action, `is completed with ${result}`);
        if (isLaunch) {
          const count = result === "ABANDON" ? this.#abandoned.count + 1 : 0;
          this.#abandoned = { count, last: this.#now() };
        }
      }
      this.#set(action, { kind: "done", result, at: this.#now() });
    } catch (error) {
      if (hasEnded(error)) {
        this.#actions.delete(key);
        this.#end(action);
      } else {
        const until = this.#now() + Math.max(leastInterval, retryDelay(tries, settings.random()));
        this.#set(action, { kind: "decided", result, tries: tries + 1, until });
        this.#trouble(error, action);
      }
    } finally {
      this.#calls.delete(key);
      this.act();
    }
  }

  /** Asks for another hour for those that have room for it: the service's log tells when their wait began at the earliest. */
  async #extend(actions: readonly Action[]): Promise<void> {
    const { client, maxWait, random } = this.#host.settings;
    for (const { key } of actions) this.#calls.add(key);
    const later = (action: Action, extendFrom: number) => {
      const current = this.#actions.get(action.key);
      if (current !== undefined) this.#set({ ...current, extendFrom }, current.state);
    };
    try {
      const log = maxWait === 0 ? [] : await client.scalingGroups.activities(this.id, call);
      const starts = log
        .filter(({ activityStatus }) => activityStatus === "DOING")
        .map((one) => Date.parse(one.startTime));
      const start = Math.min(...(starts.length === 0 ? [Number.NEGATIVE_INFINITY] : starts));
      await Promise.all(
        actions.map(async (action) => {
          if (!hasRoom(action.deadline, start, maxWait)) return later(action, Infinity);
          try {
            const input = { lifecycleActionKey: action.key, lifecycleActionResult: "EXTEND" } as const;
            await client.hangingInstances.complete(this.id, input, call);
            later(action, Infinity);
            this.#host.metrics.extended++;
            this.#tell("extended", action, "is given another hour");
          } catch (error) {
            later(action, this.#now() + (isAmbiguousError(error) ? lag : random() * lookAgain));
            if (!hasEnded(error)) this.#trouble(error, action);
          }
        }),
      );
    } catch (error) {
      for (const action of actions) later(action, this.#now() + random() * lookAgain);
      this.#trouble(error);
    } finally {
      for (const { key } of actions) this.#calls.delete(key);
      // Reads the new deadlines.
      this.#isWanted = true;
      this.act();
    }
  }

  #set(action: Action, state: State): Action {
    const changed = { ...action, state };
    // A suspension that the API does not list any more stays forgotten.
    if (this.#actions.has(action.key)) {
      const { deadline } = this.#actions.get(action.key) ?? action;
      this.#actions.set(action.key, { ...changed, deadline });
    }
    return changed;
  }

  #end(action: Action): void {
    const { kind } = action.state;
    this.#runs.get(action.key)?.controller.abort(new DOMException("it hangs no longer", "AbortError"));
    if (kind === "done" || kind === "left") return;
    this.#host.metrics.ended++;
    this.#tell("ended", action, "hangs no longer, by no doing of this handler");
  }

  #leave(action: Action, why: string): void {
    this.#host.metrics.left++;
    this.#tell("left", action, `is left to a person or its time-out: ${why}`);
  }

  #trouble(error: unknown, action?: Action): void {
    if (this.#host.isEnding && action === undefined) return;
    this.#host.metrics.trouble++;
    this.#tell("trouble", action, messageOf(error), error);
  }

  #tell(kind: HandlerEvent["kind"], action: Action | undefined, what: string, error?: unknown): void {
    const about =
      action === undefined ? `group ${this.id}` : `instance ${action.instanceId} on ${action.hookName}`;
    const { instanceId, hookName } = action ?? {};
    this.#host.settings.log({
      kind,
      text: `${about}: ${what}`,
      groupId: this.id,
      instanceId,
      hookName,
      error,
    });
  }

  #now(): number {
    return this.#host.settings.clock.now() + this.#ahead;
  }
}

/** Whether the error of a callback says that there is nothing left to complete. */
function hasEnded(error: unknown): boolean {
  return isNotFound(error) || (isServiceError(error) && error.code === "AS.7042");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function shown(moment: number): string {
  return new Date(moment).toISOString();
}
