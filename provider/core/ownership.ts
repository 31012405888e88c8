import { addressIn, formatHookId, type HookAddress, type Properties } from "./properties";

import { nameInUrn } from "./urn";

/**
 * Which resource has which hook, as far as one run of the engine knows: one hook belongs to one resource. A group is
 * in one region and one project, so `<group>/<name>` names a hook.
 *
 * A resource keeps a hook when its state says so (`check` gets its old inputs), or when the hook was made or taken
 * over for it in this run, unless a replacement takes it away. A kept hook is not taken over, imported or deleted for
 * another resource. Nothing is remembered from run to run: the checks of the program's resources tell it all again.
 */
export class Ownership {
  /** The most hooks that a group can have. */
  readonly room: number;
  /** The resources that keep a hook to the end of the run, by the hook's id. */
  readonly #kept = new Map<string, string>();
  /** The resources that the program wants to have a hook, by the hook's id. */
  readonly #wanted = new Map<string, string>();
  /** What the state has for a resource, by its URN. */
  readonly #before = new Map<string, string>();
  /** The hooks that were deleted in this run. */
  readonly #gone = new Set<string>();

  constructor(room: number) {
    this.room = room;
  }

  /** The id of the hook that the state has for a resource; `undefined` for a new one. */
  before(urn: string | undefined): string | undefined {
    return urn === undefined ? undefined : this.#before.get(urn);
  }

  /** The resource whose state has a hook, as far as it has been checked. */
  ownerBefore(id: string): string | undefined {
    return [...this.#before].find(([, hook]) => hook === id)?.[0];
  }

  /** A resource has been checked whose state has this hook. */
  has(urn: string, address: HookAddress): void {
    const id = formatHookId(address);
    this.#before.set(urn, id);
    this.#kept.set(id, urn);
  }

  /** A hook was made or taken over for a resource. */
  keeps(urn: string | undefined, address: HookAddress): void {
    const id = formatHookId(address);
    this.#gone.delete(id);
    if (urn !== undefined) this.#kept.set(id, urn);
  }

  /** A replacement takes the hook of the state away from its resource. */
  leaves(urn: string | undefined): void {
    const id = this.before(urn);
    if (id !== undefined && this.#kept.get(id) === urn) this.#kept.delete(id);
  }

  /** The replacement was refused. */
  stays(urn: string): void {
    const id = this.#before.get(urn);
    if (id !== undefined) this.#kept.set(id, urn);
  }

  /** The resource that keeps a hook; `undefined` when none is known to. */
  keeperOf(id: string): string | undefined {
    return this.#kept.get(id);
  }

  /** The resource, another than this, that has a hook: it keeps it, or has it until it is replaced. */
  otherHolder(urn: string | undefined, id: string): string | undefined {
    const keeper = this.#kept.get(id);
    if (keeper !== undefined && keeper !== urn) return keeper;
    return [...this.#before].find(([other, hook]) => hook === id && other !== urn)?.[0];
  }

  /** Whether a replacement takes the hook away, or has done so. */
  isLeaving(id: string): boolean {
    if (this.#gone.has(id)) return true;
    const keeper = this.#kept.get(id);
    if (keeper === undefined) return [...this.#before.values()].includes(id);
    // The engine may check several resources before it compares the first.
    return this.#wanted.get(id) !== keeper && [...this.#wanted.values()].includes(keeper);
  }

  /** The hook is gone. */
  deleted(id: string): void {
    this.#gone.add(id);
    this.#kept.delete(id);
    this.#wanted.delete(id);
    for (const [urn, hook] of this.#before) if (hook === id) this.#before.delete(urn);
  }

  /** The problems with the hook that the program wants a resource to have; remembers it for the next resource. */
  declare(urn: string, inputs: Properties): string[] {
    const address = addressIn(inputs);
    if (address === undefined) return [];
    const id = formatHookId(address);
    const rival = this.#wanted.get(id) ?? urn;
    const holder = this.otherHolder(urn, id);
    if (rival !== urn) return [twoResources(id, rival)];
    if (holder !== undefined) return [heldBy(id, holder)];
    const before = this.before(urn);
    const successor = before === undefined ? undefined : this.#wanted.get(before);
    if (successor !== undefined && successor !== urn) return [heldBy(before ?? "", urn)];
    this.#withdraw(urn);
    this.#wanted.set(id, urn);
    const count = [...this.wantedIn(address.scalingGroupId)].length;
    if (count <= this.room) return [];
    return [
      `the program has ${count} hooks in scaling group ${address.scalingGroupId}, which can have ${this.room} (AS.7038): remove some`,
    ];
  }

  /** The names of the hooks that the program wants in a group, as far as they have been checked. */
  *wantedIn(scalingGroupId: string): Iterable<string> {
    const prefix = `${scalingGroupId}/`;
    for (const id of this.#wanted.keys()) if (id.startsWith(prefix)) yield id.slice(prefix.length);
  }

  /** A resource that is checked again may want another hook. */
  #withdraw(urn: string): void {
    for (const [id, other] of this.#wanted) if (other === urn) this.#wanted.delete(id);
  }
}

/** What to do about a hook that another resource has. */
export function heldBy(id: string, holder: string): string {
  const name = JSON.stringify(nameInUrn(holder));
  return `the hook ${JSON.stringify(id)} is managed by the resource ${name} of this program: if this resource is ${name} renamed, remove ${name} and give this one the option aliases: [{ name: ${name} }]; if it is another hook, choose another lifecycleHookName (a name that ${name} gives up is free in the next up)`;
}

/** Why a hook is not deleted. */
export function keptBy(id: string, keeper: string): string {
  return `the hook ${JSON.stringify(id)} belongs to the resource ${JSON.stringify(nameInUrn(keeper))} of this program; only this resource is forgotten`;
}

function twoResources(id: string, rival: string): string {
  const name = JSON.stringify(nameInUrn(rival));
  return `the hook ${JSON.stringify(id)} is that of the resource ${name} of this program, too: one hook belongs to one resource; give one of the two another lifecycleHookName, or remove it from the program`;
}
