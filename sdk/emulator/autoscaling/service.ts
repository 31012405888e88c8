import type { Clock } from "../clock";
import { Refusal, refusal } from "../http/refusals";
import {
  type Behaviour,
  type Effect,
  type Group,
  type GroupEvent,
  newGroup,
  nextMoment,
  type Sizes,
} from "./group";
import { type WireHangingInstance, wireTime } from "./hooks";
import { happen } from "./scaling";

/** What has happened to the groups, so that it can be written down: with it, the same groups can be made again. */
export type GroupRecord =
  | {
      readonly at: number;
      readonly group: string;
      readonly made: { readonly sizes: Sizes; readonly fields: Group["fields"] };
    }
  | { readonly at: number; readonly group: string; readonly event: GroupEvent }
  | { readonly at: number; readonly group: string; readonly removed: true };

/** All scaling groups, with the clock that lets them go on. */
export class Groups {
  readonly #groups = new Map<string, Group>();
  readonly #writesToRefuse = new Map<string, number>();
  readonly #appointments = new Map<string, () => void>();
  readonly #clock: Clock;
  readonly #behaviour: Behaviour;
  readonly #record: (record: GroupRecord) => void;
  readonly #follow: (effect: Effect, group: Group) => void;

  /** `record` is called before a change is there for others to see, `follow` with each effect after it. */
  constructor(
    clock: Clock,
    behaviour: Behaviour,
    record: (record: GroupRecord) => void,
    follow: (effect: Effect, group: Group) => void,
  ) {
    this.#clock = clock;
    this.#behaviour = behaviour;
    this.#record = record;
    this.#follow = follow;
  }

  /** All of them as they are now, in the order in which they were made. */
  get all(): Group[] {
    return [...this.#groups.keys()].map((id) => this.#now(id)).filter((group) => group !== undefined);
  }

  /** All of them as they were when something happened last. */
  get stored(): Group[] {
    return [...this.#groups.values()];
  }

  /** @throws Refusal when there is none: a 400, unlike for a missing hook */
  get(id: string): Group {
    const group = this.#now(id);
    if (group === undefined) throw refusal("AS.2007");
    return group;
  }

  /** A group that the caller takes for granted. @throws Error when there is none */
  expect(id: string): Group {
    const group = this.#now(id);
    if (group === undefined) throw new Error(`the emulator has no scaling group ${id}`);
    return group;
  }

  has(id: string): boolean {
    return this.#groups.has(id);
  }

  /** Makes a group, disabled. */
  make(id: string, sizes: Sizes, fields: Group["fields"]): void {
    this.#write({ at: this.#clock.now(), group: id, made: { sizes, fields } });
  }

  /** Lets something happen to a group. @throws Refusal, and then nothing has happened */
  happen(id: string, event: GroupEvent): Group {
    this.get(id);
    return this.#write({ at: this.#clock.now(), group: id, event });
  }

  /** Removes a group with all that is in it. @throws Error when there is none */
  remove(id: string): void {
    this.expect(id);
    this.#write({ at: this.#clock.now(), group: id, removed: true });
  }

  /** Suspends an instance at a hook, for tests. @throws Error when there is no such hook, or the instance hangs there */
  suspend(id: string, instanceId: string, hookName: string): WireHangingInstance {
    this.expect(id);
    const { hangs } = this.happen(id, { kind: "suspend", instanceId, hookName });
    const [last] = wireHangs({ id, hangs: hangs.slice(-1) });
    if (last === undefined) throw new Error("a suspension is always the last");
    return last;
  }

  /** `true`: busy until told otherwise; `false`: not busy; a number: busy for so many writes more. */
  setBusy(id: string, busy: boolean | number): void {
    this.expect(id);
    const count = typeof busy === "number" ? busy : busy ? Number.POSITIVE_INFINITY : 0;
    this.#writesToRefuse.set(id, count);
  }

  isBusy(id: string): boolean {
    return (this.#writesToRefuse.get(id) ?? 0) > 0;
  }

  /** Does again what was written down, without telling of its effects: they had their time. */
  repeat(record: GroupRecord, behaviour: Behaviour): void {
    this.#apply(record, behaviour);
  }

  /** Takes a group as it was. */
  restore(group: Group): void {
    this.#set(group);
  }

  /** Ends all waiting. */
  close(): void {
    for (const cancel of this.#appointments.values()) cancel();
    this.#appointments.clear();
  }

  /** A group after all that was due by now. */
  #now(id: string): Group | undefined {
    const group = this.#groups.get(id);
    const moment = group === undefined ? undefined : nextMoment(group);
    // Nothing is written down: what time brings follows from the events.
    if (moment !== undefined && moment <= this.#clock.now()) {
      this.#tell(this.#apply({ at: this.#clock.now(), group: id, event: { kind: "tick" } }));
    }
    return this.#groups.get(id);
  }

  #write(record: GroupRecord): Group {
    const before = this.#groups.get(record.group);
    const { effects, group } = this.#apply(record);
    try {
      this.#record(record);
    } catch (error) {
      if (before === undefined) this.#groups.delete(record.group);
      else this.#groups.set(record.group, before);
      throw error;
    }
    this.#tell({ effects, group });
    return group;
  }

  #apply(
    record: GroupRecord,
    behaviour = this.#behaviour,
  ): { readonly effects: readonly Effect[]; readonly group: Group } {
    const { at, group: id } = record;
    if ("made" in record) {
      const { sizes, fields } = record.made;
      return { effects: [], group: this.#set(newGroup(id, at, sizes, fields)) };
    }
    const before = this.#groups.get(id);
    if (before === undefined) throw new Error(`the emulator has no scaling group ${id}`);
    if ("removed" in record) {
      this.#forget(id);
      return { effects: [{ kind: "group-gone", at }], group: before };
    }
    const { group, effects } = this.#happen(before, record.event, at, behaviour);
    this.#set(group);
    if (effects.some(({ kind }) => kind === "group-gone")) this.#forget(id);
    return { effects, group };
  }

  #happen(group: Group, event: GroupEvent, at: number, behaviour: Behaviour) {
    const isBusy = this.isBusy(group.id);
    try {
      return happen(group, event, at, { ...behaviour, isBusy });
    } catch (error) {
      const isRefusedForThat = isBusy && error instanceof Refusal && error.code === behaviour.busyCode;
      if (isRefusedForThat) this.setBusy(group.id, (this.#writesToRefuse.get(group.id) ?? 1) - 1);
      throw error;
    }
  }

  #tell({ effects, group }: { readonly effects: readonly Effect[]; readonly group: Group }): void {
    for (const effect of effects) this.#follow(effect, group);
  }

  #set(group: Group): Group {
    this.#groups.set(group.id, group);
    this.#appointments.get(group.id)?.();
    this.#appointments.delete(group.id);
    const moment = nextMoment(group);
    if (moment !== undefined) {
      const wait = Math.max(0, moment - this.#clock.now());
      this.#appointments.set(
        group.id,
        this.#clock.after(wait, () => void this.#now(group.id)),
      );
    }
    return group;
  }

  #forget(id: string): void {
    this.#appointments.get(id)?.();
    this.#appointments.delete(id);
    this.#groups.delete(id);
    this.#writesToRefuse.delete(id);
  }
}

/** A group's instances that hang, as the list answers them. */
export function wireHangs(
  { id, hangs }: Pick<Group, "id" | "hangs">,
  instanceId?: string,
): WireHangingInstance[] {
  return hangs
    .filter((hang) => instanceId === undefined || hang.instanceId === instanceId)
    .map((hang) => ({
      instance_id: hang.instanceId,
      scaling_group_id: id,
      lifecycle_hook_name: hang.hookName,
      lifecycle_action_key: hang.key,
      default_result: hang.defaultResult,
      timeout: wireTime(hang.deadline),
      lifecycle_hook_status: hang.status,
    }));
}
