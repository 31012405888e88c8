import type { Effect, Group } from "./autoscaling/group";
import { shownStates } from "./autoscaling/group";
import { wireTime } from "./autoscaling/hooks";
import type { PublishedMessage } from "./smn/topics";

/** Something that happened to a group by itself or by a request, for people who watch. */
export interface LifecycleEvent {
  readonly time: Date;
  readonly groupId: string;
  readonly groupName: string;
  /** A sentence, such as `instance web_AB12CD34 hangs on boot until 2026-01-02T03:04:05Z`. */
  readonly text: string;
}

/** Tells those who watch what has happened. */
export class Feed {
  readonly #watchers = new Set<() => void>();
  readonly #onEvent: (event: LifecycleEvent) => void;

  constructor(onEvent: (event: LifecycleEvent) => void) {
    this.#onEvent = onEvent;
  }

  /** Calls back whenever anything has changed. @returns a function that ends it */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** Something has changed that a page may show. */
  changed(): void {
    for (const watcher of this.#watchers) watcher();
  }

  effect(effect: Effect, group: Group): void {
    const text = textOf(effect);
    const groupName = String(group.fields.scaling_group_name);
    if (text !== undefined) this.#onEvent({ time: new Date(effect.at), groupId: group.id, groupName, text });
    this.changed();
  }

  message({ time, topicUrn, deliveries }: PublishedMessage): void {
    const told = deliveries.map(
      ({ endpoint, outcome, tries, reason }) => `${endpoint} ${outcome} (${tries}, ${reason})`,
    );
    const text = `message to ${topicUrn}: ${told.length === 0 ? "no subscribers" : told.join(", ")}`;
    if (deliveries.every(({ outcome }) => outcome !== "sending"))
      this.#onEvent({ time, groupId: "", groupName: "smn", text });
    this.changed();
  }
}

function textOf(effect: Effect): string | undefined {
  switch (effect.kind) {
    case "hang":
      return `instance ${effect.instance.name} hangs on ${effect.hang.hookName} until ${wireTime(effect.hang.deadline)}`;
    case "step":
      return `instance ${effect.instance.name} is ${effect.step === undefined ? "gone" : shownStates[effect.step]}`;
    case "activity": {
      const { type, count, end, failed } = effect.activity;
      return `activity ${type} of ${count} ${end === undefined ? "begins" : failed ? "failed" : "succeeded"}`;
    }
    case "group-gone":
      return "the group is gone";
  }
}
