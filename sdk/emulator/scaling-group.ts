import { defaultTimeoutSeconds, maxHooksPerGroup } from "../limits";
import { HangingInstances } from "./hanging-instances";
import type { HookChanges, NewHook } from "./hook-requests";
import { refusal } from "./refusals";
import { topicName, type WireLifecycleHook, wireTime } from "./wire";

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
