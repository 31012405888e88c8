import { randomUUID } from "node:crypto";
import type { Callback } from "./callback-request";
import { refusal } from "./refusals";
import { type WireHangingInstance, type WireLifecycleHook, wireTime } from "./wire";

/** What EXTEND adds to the deadline, in milliseconds. */
const extension = 60 * 60 * 1000;

/**
 * The instances of one group that hooks have suspended. A suspension that has ended stays in the list with what
 * was decided, as the service's status CONTINUE and ABANDON suggest; there is no scaling activity that would go on.
 */
export class HangingInstances {
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
