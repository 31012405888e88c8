import { ScalingGroup } from "./scaling-group";

/** The scaling groups, in memory. */
export class Store {
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
