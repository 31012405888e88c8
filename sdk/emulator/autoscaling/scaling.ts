import { hash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { type AutoScalingCode, refusal } from "../http/refusals";
import {
  type Activity,
  type Behaviour,
  currentInstances,
  type Effect,
  expectOrder,
  type Group,
  type GroupEvent,
  type Hang,
  hookOf,
  type Instance,
  nextMoment,
  type Sizes,
  type Step,
  shownStates,
} from "./group";
import {
  type Callback,
  defaultHook,
  type Result,
  topicName,
  type WireLifecycleHook,
  wireTime,
} from "./hooks";

/**
 * How a scaling group scales, as a pure function of its state, an event and the time: instances come and go in
 * activities, one at a time, and hang on the hooks of their direction, all at once. It does no I/O and draws no random
 * numbers, so that events that were written down give the same group again. Source: the user guide's figure of the
 * states and its pages on hooks; where they are silent, a comment names the assumption.
 */

/** What EXTEND adds to the deadline. */
const extension = 60 * 60 * 1000;
const keptActivities = 1000;
const moving: readonly Step[] = ["create", "launch-hooks", "bind", "unbind", "removal-hooks", "delete"];

/**
 * What becomes of a group by an event at a moment; before it, all that was due by then happens in its order.
 *
 * @throws Refusal of the service's, or an Error where a test asks for what cannot be; the group is then as before
 */
export function happen(
  group: Group,
  event: GroupEvent,
  now: number,
  behaviour: Behaviour,
): { readonly group: Group; readonly effects: readonly Effect[] } {
  const change = new Change(group, behaviour);
  change.advance(now);
  change.at = now;
  change.take(event);
  change.settle();
  // What takes no time has happened as well.
  change.advance(now);
  return { group: change.group, effects: change.effects };
}

/** A group while something happens to it. The states before and after share what did not change. */
class Change {
  group: { -readonly [Field in keyof Group]: Group[Field] };
  readonly effects: Effect[] = [];
  at = 0;
  readonly #behaviour: Behaviour;

  constructor(group: Group, behaviour: Behaviour) {
    this.group = { ...group };
    this.#behaviour = behaviour;
  }

  advance(now: number): void {
    for (;;) {
      const moment = nextMoment(this.group);
      if (moment === undefined || moment > now) return;
      this.at = moment;
      for (const instance of this.group.instances) {
        if (instance.until !== undefined && instance.until <= moment) this.#goOn(instance);
      }
      for (const hang of this.group.hangs) {
        if (hang.status === "HANGING" && hang.deadline <= moment) this.#decide(hang, hang.defaultResult);
      }
      this.settle();
    }
  }

  take(event: GroupEvent): void {
    switch (event.kind) {
      case "tick":
        return;
      case "resume":
      case "pause":
        this.#refuseDeleting();
        this.group.status = event.kind === "resume" ? "INSERVICE" : "PAUSED";
        return;
      case "configure":
        this.#configure(event.sizes, event.fields);
        return;
      case "delete-group":
        this.#deleteGroup(event.force);
        return;
      case "add":
        this.#add(event.instances);
        return;
      case "remove":
        this.#remove(event.instances, event.deletes);
        return;
      case "protect":
      case "unprotect":
        this.#members(event.instances, "serve", "AS.4036");
        this.#change(event.instances, { protected: event.kind === "protect" });
        return;
      case "enter-standby":
        this.#enterStandby(event.instances, event.append);
        return;
      case "exit-standby":
        this.#refuseWhileBusy();
        this.#members(event.instances, "standby", "AS.4038");
        this.#briefly("EXIT_STANDBY", event.instances, () => this.#enterAll(event.instances, "serve"));
        return;
      case "fail":
        this.#fail(event.instances);
        return;
      case "complete":
        this.#complete(event.callback);
        return;
      case "create-hook":
        this.#refuseWhileBusy();
        if (this.#findHook(event.hook.lifecycle_hook_name) !== undefined) throw refusal("AS.7041");
        if (this.group.hooks.length >= event.room) throw refusal("AS.7038");
        this.#putHook({ ...event.hook, notification_topic_name: "", create_time: wireTime(this.at) });
        return;
      case "update-hook": {
        const hook = this.#hook(event.name);
        this.#refuseWhileBusy();
        this.#putHook({ ...hook, ...event.changes });
        return;
      }
      case "delete-hook":
        this.#hook(event.name);
        this.#refuseWhileBusy();
        this.#removeHook(event.name);
        return;
      case "put-hook": {
        const before = this.#findHook(event.patch.lifecycle_hook_name) ?? {
          ...defaultHook,
          notification_topic_name: "",
          create_time: wireTime(this.at),
        };
        this.#putHook({ ...before, ...event.patch });
        return;
      }
      case "remove-hook":
        if (this.#findHook(event.name) === undefined) {
          throw new Error(`the group has no lifecycle hook "${event.name}"`);
        }
        this.#removeHook(event.name);
        return;
      case "suspend":
        this.#suspend(event.instanceId, this.#hook(event.hookName));
        return;
    }
  }

  /** Ends the activity when nothing moves any more, and begins the next where the numbers ask for one. */
  settle(): void {
    const { activity, status } = this.group;
    if (activity !== undefined) {
      if (this.group.instances.some(({ step }) => moving.includes(step))) return;
      this.#end(activity);
    }
    const members = this.group.instances;
    if (status === "DELETING") {
      if (members.length === 0) this.effects.push({ kind: "group-gone", at: this.at });
      // Whether hooks meet the instances of a group that is deleted by force is not documented; here they do.
      else this.#leave("NORMAL", members);
    } else if (status === "INSERVICE" && members.length < this.group.desire) {
      this.#launch(this.group.desire - members.length);
    } else if (status === "INSERVICE" && members.length > this.group.desire) {
      // The oldest first, those added by hand last; neither protected ones nor those on standby.
      const free = members.filter((one) => one.step === "serve" && !one.protected);
      const ordered = [...free.filter((one) => !one.manual), ...free.filter((one) => one.manual)];
      const leaving = ordered.slice(0, members.length - this.group.desire);
      if (leaving.length > 0) this.#leave(this.#differenceType(), leaving);
    }
  }

  #configure(sizes: Partial<Sizes>, fields: Group["fields"]): void {
    this.#refuseDeleting();
    const { instances, activity } = this.group;
    const { min, desire, max } = { ...this.group, ...sizes };
    // Terraform's provider sends all fields with each update, changed or not.
    const has = (...names: readonly string[]) =>
      names.some((name) => name in fields && !isDeepStrictEqual(fields[name], this.group.fields[name]));
    const isUsed = activity !== undefined || instances.length > 0 || this.group.status === "INSERVICE";
    if (has("networks", "security_groups") && isUsed) throw refusal("AS.2030");
    if (has("available_zones") && activity !== undefined) throw refusal("AS.2054");
    if (has("lbaas_listeners", "lb_listener_id") && activity !== undefined) throw refusal("AS.2047");
    expectOrder({ min, desire, max });
    const onlyDesire = Object.keys({ ...sizes, ...fields }).join() === "desire";
    if (onlyDesire && desire === this.group.desire) throw refusal("AS.2028");
    const counted = (is: (one: Instance) => boolean) => instances.filter(is).length;
    if (sizes.desire !== undefined && desire < this.group.desire) {
      const [spared, standby] = [counted((one) => one.protected), counted((one) => one.step === "standby")];
      if (desire < spared) throw refusal("AS.2010");
      if (desire < standby) throw refusal("AS.2051");
      if (desire < spared + standby) throw refusal("AS.2052");
    }
    if (desire !== this.group.desire) this.group.reason = "MANNUAL";
    Object.assign(this.group, { min, desire, max, fields: { ...this.group.fields, ...fields } });
  }

  #deleteGroup(force: boolean): void {
    this.#refuseDeleting();
    if (!force) {
      this.#refuseWhileBusy();
      if (this.group.instances.length > 0) throw refusal("AS.2021");
    }
    this.group.status = "DELETING";
  }

  #add(ids: readonly string[]): void {
    if (this.group.status !== "INSERVICE") throw refusal("AS.2033", this.group.status);
    this.#refuseWhileBusy();
    if (ids.some((id) => this.#find(id) !== undefined)) throw refusal("AS.4023");
    if (this.group.instances.length + ids.length > this.group.max) throw refusal("AS.2035");
    this.#begin("MANNUAL_ADD", "MANNUAL", ids.length, this.group.desire + ids.length);
    this.group.desire += ids.length;
    // The servers are there already: only the hooks and the binding are left.
    for (const id of ids) this.#join({ id, name: id, manual: true, kept: true }, this.at);
  }

  #remove(ids: readonly string[], deletes: boolean): void {
    this.#refuseDeleting();
    this.#refuseWhileBusy();
    const leaving = this.#members(ids, undefined, "AS.4030");
    // The guide lets an instance on standby be removed, the API's page does not: here it is.
    if (leaving.some(({ step }) => step !== "serve" && step !== "standby")) throw refusal("AS.4015");
    if (currentInstances(this.group).length - ids.length < this.group.min) throw refusal("AS.2036");
    this.group.desire = Math.max(this.group.min, this.group.desire - ids.length);
    this.#change(ids, { kept: !deletes });
    this.#leave(deletes ? "MANNUAL_DELETE" : "MANNUAL_REMOVE", this.#members(ids, undefined, "AS.4030"));
  }

  #enterStandby(ids: readonly string[], append: boolean): void {
    this.#refuseWhileBusy();
    this.#members(ids, "serve", "AS.4037");
    if (append && this.group.desire + ids.length > this.group.max) throw refusal("AS.4039");
    this.#briefly("ENTER_STANDBY", ids, () => this.#enterAll(ids, "standby"));
    if (append) this.group.desire += ids.length;
  }

  /** The health check removes dead servers, with their hooks; the difference makes new ones afterwards. */
  #fail(ids: readonly string[]): void {
    this.#refuseWhileBusy();
    this.#members(ids, "serve", "AS.4015");
    this.#change(ids, { healthy: false });
    this.#leave("AUDIT_CHECK_DELETE", this.#members(ids, "serve", "AS.4015"));
  }

  #complete({ result, actionKey, instanceId, hookName }: Callback): void {
    const hang = this.group.hangs.find(
      (one) =>
        one.status === "HANGING" &&
        (actionKey === undefined
          ? one.instanceId === instanceId && one.hookName === hookName
          : one.key === actionKey),
    );
    if (hang === undefined) throw refusal("AS.7042");
    if (result !== "EXTEND") {
      this.#decide(hang, result);
      return;
    }
    const from = this.#behaviour.extendFrom === "now" ? this.at : hang.deadline;
    this.#changeHang(hang.key, { deadline: from + extension / this.#behaviour.speed });
  }

  /** A suspension for tests, which belongs to no activity; an instance of that id need not be there. */
  #suspend(instanceId: string, hook: WireLifecycleHook): void {
    const name = hook.lifecycle_hook_name;
    const isThere = this.group.hangs.some(
      (one) => one.status === "HANGING" && one.instanceId === instanceId && one.hookName === name,
    );
    if (isThere) throw new Error(`instance ${instanceId} hangs on lifecycle hook "${name}" already`);
    const step = hook.lifecycle_hook_type === "INSTANCE_LAUNCHING" ? "launch-hooks" : "removal-hooks";
    this.#hang({ ...blank, id: instanceId, name: instanceId, joined: this.at, step }, hook);
  }

  /** A step that takes time has ended. */
  #goOn(instance: Instance): void {
    switch (instance.step) {
      case "create":
        this.#meetHooks(instance, "INSTANCE_LAUNCHING", "launch-hooks", "bind");
        return;
      case "bind":
        this.#enter(instance, "serve");
        this.#note("added", instance);
        return;
      case "unbind":
        this.#meetHooks(instance, "INSTANCE_TERMINATING", "removal-hooks", "delete");
        return;
      case "delete":
        this.#go(instance);
        return;
      case "launch-hooks":
      case "serve":
      case "standby":
      case "removal-hooks":
        return;
    }
  }

  #meetHooks(
    instance: Instance,
    type: WireLifecycleHook["lifecycle_hook_type"],
    wait: Step,
    next: Step,
  ): void {
    const hooks = this.group.hooks.filter((hook) => hook.lifecycle_hook_type === type);
    const waiting = this.#enter(instance, hooks.length === 0 ? next : wait);
    for (const hook of hooks) this.#hang(waiting, hook);
  }

  #hang(instance: Instance, hook: WireLifecycleHook): void {
    const hang: Hang = {
      key: this.#newId(),
      instanceId: instance.id,
      hookName: hook.lifecycle_hook_name,
      defaultResult: hook.default_result,
      // At least a moment, so that an instance that is abandoned at once cannot hold up time.
      deadline: this.at + Math.max(1, (hook.default_timeout * 1000) / this.#behaviour.speed),
      status: "HANGING",
    };
    this.group.hangs = [...this.group.hangs, hang];
    this.effects.push({ kind: "hang", at: this.at, hang, hook, instance });
  }

  /** A hook has its result, by a callback or at the deadline. */
  #decide(hang: Hang, result: Result): void {
    this.#changeHang(hang.key, { status: result });
    const instance = this.#find(hang.instanceId);
    if (instance === undefined || !["launch-hooks", "removal-hooks"].includes(instance.step)) return;
    const isLaunch = instance.step === "launch-hooks";
    const own = this.group.hangs.filter(({ instanceId }) => instanceId === instance.id);
    if (result === "CONTINUE" && own.some(({ status }) => status === "HANGING")) {
      if (this.#behaviour.answered === "dropped") this.#drop((one) => one.key === hang.key);
      return;
    }
    this.#drop((one) => one.instanceId === instance.id);
    if (result === "ABANDON" && isLaunch) this.#abandon(instance);
    else this.#enter(instance, isLaunch ? "bind" : "delete");
  }

  /** The activity fails and the instance goes, without its terminating hooks; one added by hand lives on elsewhere. */
  #abandon(instance: Instance): void {
    this.#note("abandoned", instance);
    if (this.group.activity !== undefined) this.group.activity = { ...this.group.activity, failed: true };
    this.#change([instance.id], { failed: true });
    if (instance.manual) {
      // Or the group would launch one in its place.
      this.group.desire = Math.max(this.group.min, this.group.desire - 1);
      this.#go({ ...instance, failed: true });
    } else {
      this.#enter({ ...instance, failed: true }, "delete");
    }
  }

  #go(instance: Instance): void {
    this.group.instances = this.group.instances.filter(({ id }) => id !== instance.id);
    if (!instance.failed) this.#note("removed", instance);
    if (!instance.kept && !instance.manual) this.#note("deleted", instance);
    this.effects.push({ kind: "step", at: this.at, instance, step: undefined });
  }

  #launch(count: number): void {
    this.#begin(this.#differenceType(), this.group.reason, count, this.group.desire);
    for (let index = 0; index < count; index++) {
      const id = this.#newId();
      const suffix = id.replaceAll("-", "").slice(-8).toUpperCase();
      const name = `${this.group.fields.scaling_configuration_name ?? "instance"}_${suffix}`;
      this.#join({ id, name, manual: false, kept: false }, this.at + (this.#duration("create") ?? 0));
    }
  }

  #join(instance: Pick<Instance, "id" | "name" | "manual" | "kept">, until: number): void {
    const joined: Instance = { ...blank, ...instance, joined: this.at, step: "create", until };
    this.group.instances = [...this.group.instances, joined];
    this.effects.push({ kind: "step", at: this.at, instance: joined, step: "create" });
  }

  #leave(type: string, leaving: readonly Instance[]): void {
    const reason = type.startsWith("MANNUAL") ? "MANNUAL" : this.group.reason;
    this.#begin(type, reason, leaving.length, this.group.desire);
    for (const instance of leaving) this.#enter(instance, "unbind");
  }

  /** An activity that is over as soon as it began. */
  #briefly(type: string, ids: readonly string[], act: () => void): void {
    this.#begin(type, "MANNUAL", ids.length, this.group.desire);
    act();
  }

  #begin(type: string, reason: string, count: number, desire: number): void {
    const activity: Activity = {
      id: this.#newId(),
      type,
      reason,
      start: this.at,
      end: undefined,
      failed: false,
      before: currentInstances(this.group).length,
      desire,
      count,
      added: [],
      removed: [],
      deleted: [],
      abandoned: [],
    };
    this.group.activity = activity;
    this.effects.push({ kind: "activity", at: this.at, activity });
  }

  #end(activity: Activity): void {
    const ended = { ...activity, end: this.at };
    this.group.activity = undefined;
    this.group.ended = [ended, ...this.group.ended.slice(0, keptActivities - 1)];
    this.group.reason = "DIFF";
    this.effects.push({ kind: "activity", at: this.at, activity: ended });
  }

  #note(list: "added" | "removed" | "deleted" | "abandoned", { id, name }: Instance): void {
    const { activity } = this.group;
    if (activity !== undefined)
      this.group.activity = { ...activity, [list]: [...activity[list], { id, name }] };
  }

  #enter(instance: Instance, step: Step): Instance {
    const duration = this.#duration(step);
    const entered = { ...instance, step, until: duration === undefined ? undefined : this.at + duration };
    this.group.instances = this.group.instances.map((one) => (one.id === instance.id ? entered : one));
    this.effects.push({ kind: "step", at: this.at, instance: entered, step });
    return entered;
  }

  #enterAll(ids: readonly string[], step: Step): void {
    for (const instance of this.#members(ids, undefined, "AS.4030")) this.#enter(instance, step);
  }

  /** Making a server is most of a launch, and binding it to the load balancer the rest; a removal the other way round. */
  #duration(step: Step): number | undefined {
    const { launchTime, removalTime, speed } = this.#behaviour;
    const times: Partial<Record<Step, number>> = {
      create: launchTime * 0.75,
      bind: launchTime * 0.25,
      unbind: removalTime * 0.25,
      delete: removalTime * 0.75,
    };
    const time = times[step];
    return time === undefined ? undefined : time / speed;
  }

  #change(ids: readonly string[], changes: Partial<Instance>): void {
    this.group.instances = this.group.instances.map((one) =>
      ids.includes(one.id) ? { ...one, ...changes } : one,
    );
  }

  #changeHang(key: string, changes: Partial<Hang>): void {
    this.group.hangs = this.group.hangs.map((one) => (one.key === key ? { ...one, ...changes } : one));
  }

  #drop(isOver: (hang: Hang) => boolean): void {
    this.group.hangs = this.group.hangs.filter((one) => !isOver(one));
  }

  #putHook(hook: WireLifecycleHook): void {
    const complete = { ...hook, notification_topic_name: topicName(hook.notification_topic_urn) };
    const name = hook.lifecycle_hook_name;
    this.group.hooks =
      this.#findHook(name) === undefined
        ? [...this.group.hooks, complete]
        : this.group.hooks.map((one) => (one.lifecycle_hook_name === name ? complete : one));
  }

  #removeHook(name: string): void {
    this.group.hooks = this.group.hooks.filter((one) => one.lifecycle_hook_name !== name);
  }

  #findHook(name: string): WireLifecycleHook | undefined {
    return this.group.hooks.find((one) => one.lifecycle_hook_name === name);
  }

  #hook(name: string): WireLifecycleHook {
    return hookOf(this.group, name);
  }

  #find(id: string): Instance | undefined {
    return this.group.instances.find((one) => one.id === id);
  }

  /** The members of these ids. @throws Refusal when one is none, or at another step than it must be */
  #members(ids: readonly string[], step: Step | undefined, code: AutoScalingCode): Instance[] {
    return ids.map((id) => {
      const instance = this.#find(id);
      if (instance === undefined) throw refusal(code, `${id}: not in the group`);
      if (step === undefined || instance.step === step) return instance;
      throw refusal(code, `${id}: ${shownStates[instance.step]}`);
    });
  }

  #differenceType(): string {
    return this.group.reason === "MANNUAL" ? "NORMAL" : "DIFF";
  }

  #refuseWhileBusy(): void {
    this.#refuseDeleting();
    const isBusy = this.group.activity !== undefined || this.#behaviour.isBusy === true;
    if (isBusy) throw refusal(this.#behaviour.busyCode, this.group.status);
  }

  #refuseDeleting(): void {
    if (this.group.status === "DELETING") throw refusal("AS.2033", "DELETING");
  }

  /** Looks random and is not, so that the same events give the same ids. */
  #newId(): string {
    const digits = hash("sha256", `${this.group.id} ${this.group.created} ${++this.group.ids}`);
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
  }
}

const blank: Omit<Instance, "id" | "name" | "joined" | "step"> = {
  until: undefined,
  manual: false,
  protected: false,
  healthy: true,
  kept: false,
  failed: false,
};
