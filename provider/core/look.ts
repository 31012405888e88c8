import type { LifecycleHook } from "../../sdk/api/hook-fields";
import { isServiceError } from "../../sdk/errors/errors";
import type { Context } from "./context";
import { heldBy } from "./ownership";
import {
  comparable,
  differingProperties,
  formatHookId,
  type HiddenInputs,
  type HookAddress,
  inputProperties,
  type Properties,
  parseHookId,
} from "./properties";

/** What a look at the live group has shown, before anything is changed. */
export interface Findings {
  /** What makes the program wrong. */
  readonly problems: readonly string[];
  /** What `up` may meet. */
  readonly warnings: readonly string[];
}

export const noFindings: Findings = { problems: [], warnings: [] };

/** What a hook is checked for. */
export interface Question {
  readonly context: Context;
  /** The inputs that have passed the check. */
  readonly inputs: Properties;
  /** The names of the inputs that no message may show. */
  readonly concealed: readonly string[];
  /** The hook's name is the automatic one of its resource. */
  readonly isAutoNamed: boolean;
  /** The operation follows at once, so a look that can't be made is a problem; in a preview it is a warning. */
  readonly applies: boolean;
}

/** How long all looks of a preview together may make it wait for the service, in milliseconds. */
const previewTime = 10_000;

/**
 * How long a list counts, in milliseconds: the checks of a run come together and share it, but a long run must not
 * delete a hook for what a group was minutes ago.
 */
const countsFor = 5000;

type Hooks = LifecycleHook[] | undefined;

/** The hooks of a group, and the service's time of day, in milliseconds since 1970. */
interface Listed {
  readonly hooks: Hooks;
  readonly time: number;
}

interface Look {
  /** When the list was asked for, by the run's clock. */
  at: number;
  readonly listed: Promise<Listed>;
}

/** How old a hook may be, in milliseconds, that an interrupted run is believed to have left. */
const maxTakeOverAge = 3_600_000;

/** Whether a hook was made so late that an interrupted run may have left it. */
export function isFresh({ createTime }: LifecycleHook, time: number): boolean {
  return time - Date.parse(createTime) <= maxTakeOverAge;
}

/**
 * Looks at live groups before anything is changed. There is one of these a run, and it asks for each group once
 * in a while, also when that failed: a preview neither fails nor waits long because the service can't be asked.
 */
export class GroupLooks {
  readonly #groups = new Map<string, Look>();
  /** The groups in which replacements are made, so that each of them needs the room that its old hook leaves. */
  readonly #replacing = new Set<string>();
  #left = previewTime;
  /** The refusal of the credentials: a few bad signatures lock the key, so no other look follows one. */
  #refused: Error | undefined;

  /**
   * Looks whether a replacement can be made, before the old hook is deleted: the group is there, the name is free, or is
   * that of a hook to take over, and there is room. `before`: the old hook's id. `createFirst`: it is still there when
   * the new one is made. `retains`: it stays there for good.
   */
  replacement(question: Question, before: string, createFirst: boolean, retains = false): Promise<Findings> {
    const { context, inputs, concealed, isAutoNamed } = question;
    const target = inputs as unknown as HookAddress;
    const id = formatHookId(target);
    const holder = context.ownership.otherHolder((inputs as HiddenInputs).__urn, id);
    const replacing = `replacing ${JSON.stringify(before)}`;
    const untouched = `${replacing}: nothing is deleted`;
    if (createFirst && id === before) return Promise.resolve(problem(`${untouched}: ${sameAddress(before)}`));
    this.#replacing.add(target.scalingGroupId);
    return this.#look(
      question,
      target.scalingGroupId,
      `${untouched}: could not look at the scaling group`,
      ({ hooks, time }) => {
        const wasHere = parseHookId(before).scalingGroupId === target.scalingGroupId;
        // An interrupted replacement may have deleted it.
        const isGone = wasHere && hooks?.some((hook) => idOf(target, hook) === before) !== true;
        const subject = isGone ? `${replacing}, which is not there any more` : untouched;
        if (hooks === undefined) return problem(`${subject}: ${noGroup(target.scalingGroupId)}`);
        const others = hooks.filter((hook) => createFirst || idOf(target, hook) !== before);
        const taken = others.find((hook) => hook.lifecycleHookName === target.lifecycleHookName);
        if (taken !== undefined && inputs.__import === id && holder === undefined) {
          const differing = differences(taken, inputs, concealed);
          return differing.length === 0 ? noFindings : problem(`${subject}: ${mismatch(id, differing)}`);
        }
        if (taken !== undefined && !(isAutoNamed && holder === undefined && isFresh(taken, time)))
          return problem(`${subject}: ${nameTaken(id, holder)}`);
        const stays = createFirst || retains;
        const there = stays ? hooks : others;
        const count = countWith(context, target, there, stays ? before : undefined);
        const full = fullness(context, there.length, count);
        return full === undefined ? noFindings : problem(`${subject}: ${full}; ${makeRoom}`);
      },
    );
  }

  /** Looks whether a hook that is to be made before an old one is deleted would meet it. */
  createFirst(question: Question): Promise<Findings> {
    const target = question.inputs as unknown as HookAddress;
    const otherwise = "deleteBeforeReplace: could not look at the scaling group";
    return this.#look(question, target.scalingGroupId, otherwise, ({ hooks }) =>
      hooks?.some((hook) => hook.lifecycleHookName === target.lifecycleHookName)
        ? problem(sameAddress(formatHookId(target)))
        : noFindings,
    );
  }

  /**
   * Compares a hook that is to be taken over with the program, by a list of its own. Properties that the program
   * ignores take the live values: `live` has them.
   */
  async import(
    question: Question,
    id: string,
    ignored: readonly string[],
  ): Promise<Findings & { readonly live?: Properties }> {
    const { inputs, concealed } = question;
    const { scalingGroupId, lifecycleHookName } = parseHookId(id);
    const otherwise = "could not compare the hook to import with the program";
    let live: Record<string, unknown> | undefined;
    const findings = await this.#look(question, scalingGroupId, otherwise, ({ hooks }) => {
      const found = hooks?.find((hook) => hook.lifecycleHookName === lifecycleHookName);
      if (found === undefined)
        return warning(`import: there is no hook ${JSON.stringify(id)}; up will create it`);
      const names = inputProperties.filter((name) => ignored.includes(name) || ignored.includes("*"));
      live = Object.fromEntries(names.map((name) => [name, comparable({ scalingGroupId, ...found }, name)]));
      const differing = differences(found, { ...inputs, ...live }, concealed);
      return differing.length === 0 ? noFindings : problem(mismatch(id, differing));
    });
    return live === undefined ? findings : { ...findings, live };
  }

  /** Refuses a new hook that would take the room of a replacement, between the deletion there and the creation. */
  async room(question: Question): Promise<Findings> {
    const target = question.inputs as unknown as HookAddress;
    if (!this.#replacing.has(target.scalingGroupId)) return noFindings;
    const unasked = { ...question, applies: false };
    const { problems } = await this.#look(unasked, target.scalingGroupId, "", ({ hooks = [] }) => {
      const count = countWith(question.context, target, hooks);
      const full = fullness(question.context, hooks.length, count);
      return full === undefined ? noFindings : problem(`${full}; ${makeRoom}`);
    });
    return { problems, warnings: [] };
  }

  /** The preflight: looks whether there is room for a new hook, and warns. */
  newHook(question: Question): Promise<Findings> {
    const { context, inputs, concealed, isAutoNamed } = question;
    const target = inputs as unknown as HookAddress;
    const { scalingGroupId } = target;
    if (typeof scalingGroupId !== "string") return Promise.resolve(noFindings);
    const otherwise = "preflight: could not look at the scaling group";
    return this.#look({ ...question, applies: false }, scalingGroupId, otherwise, ({ hooks }) => {
      if (hooks === undefined) return warning(`preflight: ${noGroup(scalingGroupId)}`);
      const taken = hooks.find((hook) => hook.lifecycleHookName === target.lifecycleHookName);
      if (taken !== undefined) {
        const differing = differences(taken, inputs, concealed);
        // A hook that an interrupted run has left is found again.
        if (differing.length === 0 && isAutoNamed) return noFindings;
        const comparison = differing.length === 0 ? "with the same settings" : "that differs";
        const list = differing.length === 0 ? "" : `: ${differing.join("; ")}`;
        return warning(
          `preflight: the group already has a hook ${JSON.stringify(taken.lifecycleHookName)} ${comparison} (AS.7041)${list}`,
        );
      }
      const count = countWith(context, target, hooks);
      const full = fullness(context, hooks.length, count);
      return full === undefined ? noFindings : warning(`preflight: ${full}`);
    });
  }

  async #look(
    { context, applies }: Question,
    scalingGroupId: string,
    otherwise: string,
    classify: (listed: Listed) => Findings,
  ): Promise<Findings> {
    try {
      const asked = this.#hooksOf(context, scalingGroupId);
      return classify(await (applies ? asked : this.#inTime(context, asked)));
    } catch (error) {
      const text = `${otherwise}: ${error instanceof Error ? error.message : String(error)}`;
      return applies ? problem(text) : warning(text);
    }
  }

  /** A preview does not wait long; before an operation the look has to be made. */
  async #inTime(context: Context, asked: Promise<Listed>): Promise<Listed> {
    if (this.#left === 0)
      throw new Error(`the service was too slow to ask (${previewTime / 1000} s are over)`);
    const start = context.clock.now();
    const late = context.clock.sleep(this.#left).then(() => {
      throw new Error(`no response within ${previewTime / 1000} s`);
    });
    late.catch(() => undefined);
    try {
      return await Promise.race([asked, late]);
    } finally {
      this.#left = Math.max(0, this.#left - (context.clock.now() - start));
    }
  }

  #hooksOf(context: Context, scalingGroupId: string): Promise<Listed> {
    const known = this.#groups.get(scalingGroupId);
    const now = context.clock.now();
    if (known !== undefined && now - known.at < countsFor) return known.listed;
    const asking = this.#ask(context, scalingGroupId, (at) => {
      look.at = at;
    });
    asking.catch(() => undefined);
    const look: Look = { at: now, listed: asking };
    this.#groups.set(scalingGroupId, look);
    return asking;
  }

  async #ask(
    { clients, clock }: Context,
    scalingGroupId: string,
    onAsked: (at: number) => void,
  ): Promise<Listed> {
    if (this.#refused !== undefined) throw this.#refused;
    try {
      const scope = await clients.at();
      const { at, hooks } = scope.hooks.listing(scalingGroupId, countsFor);
      onAsked(at);
      return { hooks: await hooks, time: scope.serviceTime(clock.now()) };
    } catch (error) {
      if (isServiceError(error) && error.status === 401) this.#refused = error;
      throw error;
    }
  }
}

/** The properties in which a live hook is not what the program wants, each with both values. */
export function differences(live: LifecycleHook, inputs: Properties, concealed: readonly string[]): string[] {
  const shown = (value: unknown) => (value === undefined ? "none" : JSON.stringify(value));
  return differingProperties(live, inputs).map((name) => {
    if (concealed.includes(name)) return `${name} differs (not shown)`;
    return `${name} is ${shown(comparable(live, name))}, the program has ${shown(comparable(inputs, name))}`;
  });
}

/** The message about a hook to import that is not what the program says. */
export function mismatch(id: string, differing: readonly string[]): string {
  return `import: hook ${JSON.stringify(id)} is not what the program describes: ${differing.join("; ")}; an import changes nothing: change the program to what the hook is, or name the property in ignoreChanges, and to what you want in a later up (the option import can stay)`;
}

/**
 * What to tell of each import. An explicit provider has a process of its own, which does not know what the stack's other
 * hooks are: so a hook that another provider's resource manages is not recognised.
 */
export function importWarning(id: string): string {
  return `import: takes over ${JSON.stringify(id)} without changing it; if a resource of this stack manages that hook already, remove this option and give aliases instead, or both will manage it`;
}

function sameAddress(id: string): string {
  return `deleteBeforeReplace: false can't replace the hook ${JSON.stringify(id)} by one of the same name in the same group: the new one would meet the old one. Remove that option, or give another lifecycleHookName`;
}

function nameTaken(id: string, holder: string | undefined): string {
  const taken = `the group already has a hook ${JSON.stringify(id)} (AS.7041)`;
  if (holder !== undefined) return `${taken}: ${heldBy(id, holder)}`;
  return `${taken}: if another resource of the program gives that name up, let it do so in an up of its own first (to exchange two names, give one of them a third name first); if no resource manages that hook (an interrupted run leaves such a one), take it over with the option import: ${JSON.stringify(id)}; else choose another lifecycleHookName`;
}

function noGroup(scalingGroupId: string): string {
  return `there is no scaling group ${scalingGroupId} in this region and project (AS.2007)`;
}

/** Why a group has no room for so many hooks, of which some are there. */
function fullness({ ownership: { room } }: Context, there: number, count: number): string | undefined {
  if (count <= room) return undefined;
  return there >= room
    ? `the group already has ${there} hooks, the most it can have (AS.7038)`
    : `the group has ${there} hooks, and with those that the program adds it would have ${count}, more than the ${room} that it can have (AS.7038)`;
}

/** What to do about a full group. */
export const makeRoom =
  "the engine deletes last, so a hook that leaves in the same up makes no room: remove it first (in an up of its own, or by pulumi destroy --target)";

/**
 * How many hooks a group would have: those there that no replacement takes away, and those that the program adds.
 * `stays`: the replaced hook, where it is still there.
 */
function countWith(
  { ownership }: Context,
  target: HookAddress,
  hooks: readonly LifecycleHook[],
  stays?: string,
): number {
  const staying = hooks.filter(
    (hook) => idOf(target, hook) === stays || !ownership.isLeaving(idOf(target, hook)),
  );
  const names = new Set(staying.map((hook) => hook.lifecycleHookName));
  for (const name of ownership.wantedIn(target.scalingGroupId)) names.add(name);
  // A name that is not known yet is that of no other hook.
  names.add(typeof target.lifecycleHookName === "string" ? target.lifecycleHookName : "");
  return names.size;
}

function idOf({ scalingGroupId }: HookAddress, { lifecycleHookName }: LifecycleHook): string {
  return formatHookId({ scalingGroupId, lifecycleHookName });
}

function problem(text: string): Findings {
  return { problems: [text], warnings: [] };
}

function warning(text: string): Findings {
  return { problems: [], warnings: [text] };
}
