import { randomUUID } from "node:crypto";
import { defaultTimeoutSeconds, maxHooksPerGroup } from "../../limits";
import { refusal } from "../http/refusals";
import {
  type Callback,
  type HookChanges,
  type NewHook,
  topicName,
  type WireHangingInstance,
  type WireLifecycleHook,
  wireTime,
} from "./hooks";

/** The scaling groups, in memory. */
export class Groups {
  readonly #groups = new Map<string, ScalingGroup>();

  constructor(groupIds: Iterable<string>) {
    for (const id of groupIds) this.add(id);
  }

  /** The groups' ids, in the order in which they were added. */
  get ids(): string[] {
    return [...this.#groups.keys()];
  }

  /** Adds a group without hooks; one that is there already stays as it is. */
  add(id: string): void {
    if (!this.#groups.has(id)) this.#groups.set(id, new ScalingGroup(id));
  }

  /** Removes a group with all that is in it. @throws Error when there is none */
  remove(id: string): void {
    this.expect(id);
    this.#groups.delete(id);
  }

  find(id: string): ScalingGroup | undefined {
    return this.#groups.get(id);
  }

  /** A group that whoever asks takes for granted. @throws Error when there is none */
  expect(id: string): ScalingGroup {
    const group = this.find(id);
    if (group === undefined) throw new Error(`the emulator has no scaling group ${id}`);
    return group;
  }
}

/** A hook as somebody sets it behind everyone's back: its name, and of the rest what is to be so. */
export type HookPatch = Partial<WireLifecycleHook> & Pick<WireLifecycleHook, "lifecycle_hook_name">;

/** A scaling group, as far as lifecycle hooks are concerned. Lives in memory; does no I/O. */
export class ScalingGroup {
  readonly hanging: HangingInstances;
  readonly #hooks = new Map<string, WireLifecycleHook>();
  #writesToRefuse = 0;

  constructor(id: string) {
    this.hanging = new HangingInstances(id);
  }

  /** Copies of the hooks, in the order of their creation. */
  hooks(): WireLifecycleHook[] {
    return [...this.#hooks.values()].map((hook) => ({ ...hook }));
  }

  /** @throws Refusal AS.0007 (404) when there is none */
  hook(name: string): WireLifecycleHook {
    const hook = this.#hooks.get(name);
    // Terraform's provider tells of the 404; that its code is this one is likely, not documented.
    if (hook === undefined) throw refusal("AS.0007", name);
    return { ...hook };
  }

  /** `now`: milliseconds. @throws Refusal when the group is busy or full, or the name taken */
  create(hook: NewHook, now: number): WireLifecycleHook {
    this.#refuseWhileBusy();
    if (this.#hooks.has(hook.lifecycle_hook_name)) throw refusal("AS.7041");
    if (this.#hooks.size >= maxHooksPerGroup) throw refusal("AS.7038");
    return this.#set({ ...hook, notification_topic_name: "", create_time: wireTime(now) });
  }

  /** Changes what is given and leaves the rest. @throws Refusal when there is no such hook, or the group is busy */
  update(name: string, changes: HookChanges): WireLifecycleHook {
    const hook = this.hook(name);
    this.#refuseWhileBusy();
    return this.#set({ ...hook, ...changes });
  }

  /** @throws Refusal when there is no such hook, or the group is busy */
  delete(name: string): void {
    this.hook(name);
    this.#refuseWhileBusy();
    this.#hooks.delete(name);
  }

  /** Sets a hook, whatever the limits and the group's state. What is not given stays, or has the API's defaults. */
  put(patch: HookPatch, now: number): void {
    const name = patch.lifecycle_hook_name;
    const before: WireLifecycleHook = this.#hooks.get(name) ?? {
      lifecycle_hook_name: name,
      lifecycle_hook_type: "INSTANCE_LAUNCHING",
      default_result: "ABANDON",
      default_timeout: defaultTimeoutSeconds,
      notification_topic_urn: "urn:smn:cn-north-4:0123456789abcdef0123456789abcdef:topic",
      notification_topic_name: "",
      notification_metadata: null,
      create_time: wireTime(now),
    };
    this.#set({ ...before, ...patch });
  }

  /** Removes a hook, whatever the group's state. @returns whether there was one */
  remove(name: string): boolean {
    return this.#hooks.delete(name);
  }

  /** `true`: busy until told otherwise; `false`: not busy; a number: busy for so many writes more. */
  setBusy(busy: boolean | number): void {
    this.#writesToRefuse = typeof busy === "number" ? busy : busy ? Number.POSITIVE_INFINITY : 0;
  }

  #set(hook: WireLifecycleHook): WireLifecycleHook {
    const complete = { ...hook, notification_topic_name: topicName(hook.notification_topic_urn) };
    this.#hooks.set(hook.lifecycle_hook_name, complete);
    return { ...complete };
  }

  #refuseWhileBusy(): void {
    if (this.#writesToRefuse <= 0) return;
    this.#writesToRefuse--;
    // Which of the busy codes the service gives for hooks is not documented; a group that scales is in service.
    throw refusal("AS.2033", "INSERVICE");
  }
}

/** What EXTEND adds to the deadline, in milliseconds. */
const extension = 60 * 60 * 1000;

/**
 * The instances of one group that hooks have suspended. A suspension that has ended stays in the list with what
 * was decided, as the service's status CONTINUE and ABANDON suggest; there is no scaling activity that would go on.
 */
class HangingInstances {
  readonly #groupId: string;
  #instances: readonly WireHangingInstance[] = [];

  constructor(groupId: string) {
    this.#groupId = groupId;
  }

  /** All of them, or those of one instance. `now`: milliseconds; at the deadline the default result holds. */
  list(now: number, instanceId?: string): WireHangingInstance[] {
    this.#instances = this.#instances.map((instance) => decided(instance, now));
    return this.#instances
      .filter((instance) => instanceId === undefined || instance.instance_id === instanceId)
      .map((instance) => ({ ...instance }));
  }

  /** Suspends an instance at a hook. `now`: milliseconds. @throws Error when it hangs there already */
  add(hook: WireLifecycleHook, instanceId: string, now: number): WireHangingInstance {
    const name = hook.lifecycle_hook_name;
    if (this.#hanging(now).some((other) => isAt(other, instanceId, name))) {
      throw new Error(`instance ${instanceId} hangs on lifecycle hook "${name}" already`);
    }
    const instance: WireHangingInstance = {
      instance_id: instanceId,
      scaling_group_id: this.#groupId,
      lifecycle_hook_name: name,
      lifecycle_action_key: randomUUID(),
      default_result: hook.default_result,
      timeout: wireTime(now + hook.default_timeout * 1000),
      lifecycle_hook_status: "HANGING",
    };
    this.#instances = [...this.#instances, instance];
    return { ...instance };
  }

  /** Ends or prolongs a suspension. `now`: milliseconds. @throws Refusal AS.7042 when none is meant that still hangs */
  complete({ result, actionKey, instanceId, hookName }: Callback, now: number): void {
    const meant = this.#hanging(now).find((instance) =>
      actionKey === undefined
        ? isAt(instance, instanceId, hookName)
        : instance.lifecycle_action_key === actionKey,
    );
    if (meant === undefined) throw refusal("AS.7042");
    const changed: WireHangingInstance =
      result === "EXTEND"
        ? { ...meant, timeout: wireTime(Date.parse(meant.timeout) + extension) }
        : { ...meant, lifecycle_hook_status: result };
    this.#instances = this.#instances.map((instance) => (isSame(instance, meant) ? changed : instance));
  }

  #hanging(now: number): WireHangingInstance[] {
    return this.list(now).filter((instance) => instance.lifecycle_hook_status === "HANGING");
  }
}

function decided(instance: WireHangingInstance, now: number): WireHangingInstance {
  const isOver = instance.lifecycle_hook_status === "HANGING" && Date.parse(instance.timeout) <= now;
  return isOver ? { ...instance, lifecycle_hook_status: instance.default_result } : instance;
}

function isAt(instance: WireHangingInstance, instanceId: string | undefined, hookName: string | undefined) {
  return instance.instance_id === instanceId && instance.lifecycle_hook_name === hookName;
}

function isSame(a: WireHangingInstance, b: WireHangingInstance): boolean {
  return a.lifecycle_action_key === b.lifecycle_action_key;
}
