import type { HangingInstance, ScalingGroup, ScalingInstance } from "../../../sdk/api/schemas";
import type { CallOptions } from "../../../sdk/calls/caller";
import { isAutoScalingError } from "../../../sdk/errors/errors";
import type { OperationContext, ScopedClient } from "../context";
import { seconds } from "../wait";

/** How a group comes to have the instances that it is to have: it is looked at, again and again. */

/** The least milliseconds between two looks; some more, at random, so that many groups are not looked at at once. */
const interval = 5_000;
const jitter = 2_500;
/** Milliseconds after which a row says again what it has said. */
const leastNews = 30_000;
/** How many instances a message names. */
const named = 3;

/** A group as one look finds it. */
interface Look {
  readonly group: ScalingGroup;
  readonly instances: readonly ScalingInstance[];
  /** What hangs on hooks. */
  readonly hanging: readonly HangingInstance[];
}

/** What is waited for. */
export interface Goal {
  /** Which operation waits, by its name in `customTimeouts`. */
  readonly operation: "create" | "update" | "delete";
  /** What is being done, to begin an error with. */
  readonly doing: string;
  /** Of how many instances it is so. */
  readonly progress: (look: Look) => string;
  readonly isReached: (look: Look) => boolean;
}

/** All instances are in service, or on standby, and no more are to come. */
export const serving: Pick<Goal, "progress" | "isReached"> = {
  progress: ({ group, instances }) =>
    `${instances.filter(isReady).length} of ${group.desireInstanceNumber} instances in service`,
  isReached: ({ group, instances }) =>
    group.scalingGroupStatus === "INSERVICE" &&
    !group.isScaling &&
    // Whether the group's own count has those on standby is not documented; the list has them.
    [group.currentInstanceNumber, instances.length].includes(group.desireInstanceNumber) &&
    instances.every(isReady),
};

/** No instance is left; or new ones are wanted. */
export const empty: Pick<Goal, "progress" | "isReached"> = {
  progress: ({ instances }) =>
    instances.length === 1 ? "1 instance left" : `${instances.length} instances left`,
  isReached: ({ group, instances }) =>
    group.desireInstanceNumber > 0 || (instances.length === 0 && !group.isScaling),
};

function isReady({ lifeCycleState }: ScalingInstance): boolean {
  return lifeCycleState === "INSERVICE" || lifeCycleState === "STANDBY";
}

/** Waits until a group is as it is to be, by two looks one after the other: the service's numbers may lag. */
export async function waitFor(
  context: OperationContext,
  { client, serviceTime }: ScopedClient,
  groupId: string,
  goal: Goal,
  deadline: number,
): Promise<ScalingGroup> {
  const { clock } = context;
  const start = clock.now();
  const row = new Row(context, () => serviceTime(clock.now()), deadline);
  let before: string | undefined;
  let last: Look | undefined;
  let fault = "";
  try {
    for (;;) {
      try {
        last = await look(client, groupId, { timeout: Math.max(1_000, deadline - clock.now()) });
        fault = "";
      } catch (error) {
        if (!isAutoScalingError(error) || !error.retryable) throw error;
        fault = `; the last look failed: ${error.message}`;
      }
      if (last !== undefined && fault === "") {
        const verdict = verdictOn(last, goal);
        if (verdict !== undefined && verdict === before) {
          if (verdict === reached) return last.group;
          throw new Error(`${goal.doing}: ${await stopped(client, last.group)}`);
        }
        before = verdict;
        row.tell(goal.progress(last), last);
      }
      const left = deadline - clock.now();
      // What one look has found in time may be confirmed by another one after it.
      if (left <= 0 && before !== reached) {
        const found = last === undefined ? "" : `: ${goal.progress(last)}${advice(last)}`;
        const failure = await newestFailure(client, groupId, serviceTime(start));
        throw new Error(
          `${goal.doing}: not done within ${seconds(clock.now() - start)}${found}${failure}${fault}; to wait longer set the option customTimeouts: { ${goal.operation}: "3h" }; run it again to go on from here`,
        );
      }
      const pause = interval + Math.random() * jitter;
      await clock.sleep(left > 0 ? Math.min(pause, left) : pause);
      if (await context.isAbandoned())
        throw new Error(`${goal.doing}: the engine that asked for it is gone, so nothing more is sent`);
    }
  } finally {
    row.clear();
  }
}

const reached = "reached";

/** What a look says about the wait: it is over, or it comes no further in the status that is given. */
function verdictOn(found: Look, goal: Goal): string | undefined {
  if (goal.isReached(found)) return reached;
  const { scalingGroupStatus: status } = found.group;
  return status === "INSERVICE" ? undefined : status;
}

/** The resource's row: each news at once, and how long it takes now and then, since a log keeps every line. */
class Row {
  readonly #context: OperationContext;
  readonly #time: () => number;
  readonly #start: number;
  readonly #deadline: number;
  #told = "";
  #toldAt = 0;

  /** `time`: the service's time of day. */
  constructor(context: OperationContext, time: () => number, deadline: number) {
    this.#context = context;
    this.#time = time;
    this.#start = context.clock.now();
    this.#deadline = deadline;
  }

  tell(progress: string, { hanging }: Look): void {
    const now = this.#context.clock.now();
    const news = [
      progress,
      ...hanging.map(({ lifecycleActionKey, timeout }) => lifecycleActionKey + timeout),
    ];
    if (news.join() === this.#told && now - this.#toldAt < leastNews) return;
    [this.#told, this.#toldAt] = [news.join(), now];
    const times = `${seconds(now - this.#start)} so far, ${seconds(this.#deadline - now)} left`;
    const text = `${progress}${hangs(hanging, this.#time())} (${times})`;
    void this.#context.log(text, { ephemeral: true });
  }

  /** The row would go on to show the last status. */
  clear(): void {
    void this.#context.log("", { ephemeral: true });
  }
}

async function look(client: ScopedClient["client"], groupId: string, call: CallOptions): Promise<Look> {
  const group = await client.scalingGroups.get(groupId, call);
  const instances = await client.scalingInstances.list(groupId, call);
  const isHeld = instances.some(({ lifeCycleState }) => lifeCycleState.endsWith("_WAIT"));
  const listed = isHeld ? await client.hangingInstances.list(groupId, call) : [];
  const hanging = listed.filter(({ lifecycleHookStatus }) => lifecycleHookStatus === "HANGING");
  return { group, instances, hanging };
}

/** Why a group that is not in service comes no further. */
async function stopped(client: ScopedClient["client"], group: ScalingGroup): Promise<string> {
  const { scalingGroupId, scalingGroupStatus: status, detail } = group;
  if (status === "PAUSED") return "the group was paused meanwhile; the next run resumes it";
  const why = detail === undefined ? "" : ` (${detail})`;
  const failure = await newestFailure(client, scalingGroupId);
  return `the group's status is ${status}${why}${failure}; when the cause is gone run it again to go on from here`;
}

/** The newest activity that failed, since a moment; a courtesy, so it says nothing where that can't be read. */
async function newestFailure(client: ScopedClient["client"], groupId: string, since = 0): Promise<string> {
  try {
    const failed = (await client.scalingGroups.activities(groupId)).find(
      ({ activityStatus, startTime }) => activityStatus === "FAIL" && Date.parse(startTime) >= since - 1000,
    );
    if (failed === undefined) return "";
    const reasons = failed.failures.map(
      ({ instanceId, reason }) => `instance ${instanceId ?? "?"}: ${reason}`,
    );
    return `; the newest failed activity is that of ${failed.startTime}${listed(reasons, ": ")}`;
  } catch (error) {
    if (isAutoScalingError(error)) return "";
    throw error;
  }
}

/** What hangs, on which hook, and for how long yet; `now` by the service's clock. */
function hangs(hanging: Look["hanging"], now: number): string {
  const texts = hanging.map(({ instanceId, lifecycleHookName, timeout }) => {
    const left = Math.max(0, Date.parse(timeout) - now);
    return `${instanceId} hangs on hook ${lifecycleHookName} for ${seconds(left)} yet`;
  });
  return listed(texts, "; ");
}

/** The same with what to do about it. */
function advice({ hanging }: Look): string {
  const [first] = hanging;
  if (first === undefined) return "";
  const texts = hanging.map(
    ({ instanceId, lifecycleHookName, timeout }) =>
      `instance ${instanceId} hangs on hook ${JSON.stringify(lifecycleHookName)} until ${timeout}`,
  );
  return `${listed(texts, ": ")}; complete it with huaweicloud-as complete ${first.scalingGroupId} ${first.instanceId} --continue, or with client.hangingInstances.complete`;
}

function listed(texts: readonly string[], before: string): string {
  if (texts.length === 0) return "";
  const more = texts.length > named ? [`and ${texts.length - named} more`] : [];
  return before + [...texts.slice(0, named), ...more].join(", ");
}
