import {
  hangingInstancesResponse,
  lifecycleHooksResponse,
  scalingActivitiesResponse,
} from "../../sdk/api/schemas";
import {
  type Effect,
  type Group,
  type GroupEvent,
  newGroup,
  nextMoment,
} from "../../sdk/emulator/autoscaling/group";
import { wireActivity } from "../../sdk/emulator/autoscaling/group-wire";
import type { HookPatch } from "../../sdk/emulator/autoscaling/hooks";
import { happen } from "../../sdk/emulator/autoscaling/scaling";
import { wireHangs } from "../../sdk/emulator/autoscaling/service";
import { Refusal } from "../../sdk/emulator/http/refusals";
import { settingsOf } from "../../sdk/emulator/options";
import { AmbiguousError, ConnectionError, ServiceError } from "../../sdk/errors/errors";
import type { HandlerClient, HandlerClock } from "../../sdk/handler";
import { topicUrn } from "./hooks";
import { VirtualTime } from "./virtual-time";

/** What goes wrong with a call. */
export type CallFault = "before" | "after" | "throttled" | "unavailable";

type Hang = Extract<Effect, { kind: "hang" }>;

const start = Date.parse("2026-01-02T03:04:05Z");
const { behaviour } = settingsOf({ launchTime: 1_000, removalTime: 1_000 });

/** What a caller gets of a call that did not take effect. */
const failures = {
  before: (operation: string) => new ConnectionError("the connection failed", { operation, retryable: true }),
  throttled: (operation: string) =>
    new ServiceError("throttled", { operation, status: 429, code: "APIGW.0308" }),
  unavailable: (operation: string) => new ServiceError("unavailable", { operation, status: 503 }),
};

/** The emulator's scaling group without its sockets, in virtual time: its clients are called as the real one is. */
export class HangingCloud {
  readonly time = new VirtualTime();
  readonly clock: HandlerClock = {
    now: () => start + this.time.now(),
    after: (milliseconds, callback) => this.time.after(milliseconds, callback),
  };
  readonly groupId = "group-1";
  /** The calls that arrived, such as `list` and `CONTINUE i-1`. */
  readonly calls: string[] = [];
  group: Group = newGroup(this.groupId, start, { min: 0, desire: 0, max: 2_000 });
  /** What a call that arrives now comes to; nothing goes wrong as it is. */
  faults: (call: string) => CallFault | undefined = () => undefined;
  /** Whether the list is as it was so many milliseconds ago. */
  lag = 0;
  /** Milliseconds on the way to the service, and back. */
  latency = 10;
  onHang: (hang: Hang["hang"], type: string) => void = () => {};
  /** Called with an answer that took effect. */
  onAnswer: (key: string, result: string, before: Group) => void = () => {};
  readonly #history: { readonly at: number; readonly hangs: ReturnType<typeof wireHangs> }[] = [];
  #cancelTick = () => {};

  constructor(...hooks: readonly HookPatch[]) {
    for (const patch of hooks) this.happen({ kind: "put-hook", patch });
    this.happen({ kind: "resume" });
  }

  /** How many suspensions there are that nothing has answered. */
  get hanging(): number {
    return this.group.hangs.filter(({ status }) => status === "HANGING").length;
  }

  scale(desire: number): void {
    this.happen({ kind: "configure", sizes: { desire }, fields: {} });
  }

  happen(event: GroupEvent): void {
    const next = happen(this.group, event, this.clock.now(), behaviour);
    this.group = next.group;
    this.#history.push({ at: this.time.now(), hangs: wireHangs(this.group) });
    this.#cancelTick();
    const moment = nextMoment(this.group);
    if (moment !== undefined) {
      this.#cancelTick = this.time.after(Math.max(0, moment - this.clock.now()), () =>
        this.happen({ kind: "tick" }),
      );
    }
    for (const effect of next.effects) {
      if (effect.kind === "hang") this.onHang(effect.hang, effect.hook.lifecycle_hook_type);
    }
  }

  /** A client of a process, which ends with it: what it asks then is never answered. */
  client(isAlive = () => true): HandlerClient {
    const call = async <T>(operation: string, perform: () => T): Promise<T> => {
      await this.time.sleep(this.latency);
      if (!isAlive()) return new Promise(() => {});
      this.calls.push(operation);
      const fault = this.faults(operation);
      if (fault !== undefined && fault !== "after") throw failures[fault](operation);
      try {
        const result = perform();
        if (fault === "after") throw new AmbiguousError("the response was lost", { operation });
        return result;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        throw new ServiceError(error.message, { operation, status: error.status, code: error.code });
      } finally {
        await this.time.sleep(this.latency);
        if (!isAlive()) await new Promise(() => {});
      }
    };
    return {
      hangingInstances: {
        list: () =>
          call("list", () => {
            const past = this.#history.findLast(({ at }) => at <= this.time.now() - this.lag)?.hangs ?? [];
            const info = this.lag === 0 ? wireHangs(this.group) : past;
            return hangingInstancesResponse.parse({ instance_hanging_info: info });
          }),
        complete: (_, { lifecycleActionKey: key = "", lifecycleActionResult: result }) => {
          const instance = this.group.hangs.find((hang) => hang.key === key)?.instanceId ?? "gone";
          return call(`${result} ${instance}`, () => {
            const before = this.group;
            const callback = { result, actionKey: key, instanceId: undefined, hookName: undefined };
            this.happen({ kind: "complete", callback });
            this.onAnswer(key, result, before);
          });
        },
      },
      lifecycleHooks: {
        list: () => call("hooks", () => lifecycleHooksResponse.parse({ lifecycle_hooks: this.group.hooks })),
      },
      scalingGroups: {
        activities: () =>
          call("activities", () => {
            const { activity, ended } = this.group;
            const all = activity === undefined ? ended : [activity, ...ended];
            const log = all.map((one) => wireActivity(one, 1));
            return scalingActivitiesResponse.parse({ scaling_activity_log: log });
          }),
      },
    };
  }
}

/** A hook of a cloud. */
export const hookNamed = (
  lifecycle_hook_name: string,
  lifecycle_hook_type: "INSTANCE_LAUNCHING" | "INSTANCE_TERMINATING",
  more: Partial<HookPatch> = {},
) => ({
  default_timeout: 600,
  notification_topic_urn: topicUrn,
  ...more,
  lifecycle_hook_name,
  lifecycle_hook_type,
});
