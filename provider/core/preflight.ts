import { maxHooksPerGroup } from "../../sdk/limits";
import type { LifecycleHook } from "../../sdk/schemas";
import { type AdoptionInputs, differences, mismatch } from "./adopt";
import { isAutoNamed } from "./auto-name";
import type { Context } from "./context";
import { parseHookId } from "./hook-id";
import type { HookInputs } from "./properties";
import { unknown } from "./unknown";

/** What a look at the live group has shown, before anything is changed. */
export interface Findings {
  /** What makes the program wrong. */
  readonly problems: readonly string[];
  /** What `up` may meet; a replacement or a deletion of the same run may yet make it go away. */
  readonly warnings: readonly string[];
}

export const noFindings: Findings = { problems: [], warnings: [] };

/** How long all looks of a run together may make it wait for the service, in milliseconds. */
const patience = 10_000;

type Hooks = LifecycleHook[] | undefined;

/**
 * Looks at live groups before anything is changed. There is one of these a run, and it asks for each group once,
 * also when that failed: a preview neither fails nor waits long because the service can't be asked.
 */
export class Preflight {
  readonly #groups = new Map<string, Promise<Hooks>>();
  #left = patience;

  /** Compares a hook that is to be taken over with what the program wants of it. */
  inspectImport(context: Context, id: string, inputs: AdoptionInputs): Promise<Findings> {
    const { scalingGroupId, lifecycleHookName } = parseHookId(id);
    const otherwise = "could not compare the hook to import with the program";
    return this.#look(context, scalingGroupId, otherwise, (hooks) => {
      const live = hooks?.find((hook) => hook.lifecycleHookName === lifecycleHookName);
      if (live === undefined)
        return warning(`import: there is no hook ${JSON.stringify(id)}; up will create it`);
      const differing = differences(live, inputs);
      return differing.length === 0 ? noFindings : { problems: [mismatch(id, differing)], warnings: [] };
    });
  }

  /** Looks whether there is room for a new hook. */
  async inspectGroup(context: Context, inputs: AdoptionInputs): Promise<Findings> {
    const { scalingGroupId } = inputs;
    if (typeof scalingGroupId !== "string") return noFindings;
    const otherwise = "preflight: could not look at the scaling group";
    return this.#look(context, scalingGroupId, otherwise, (hooks) => room(hooks, scalingGroupId, inputs));
  }

  async #look(
    context: Context,
    scalingGroupId: string,
    otherwise: string,
    judge: (hooks: Hooks) => Findings,
  ): Promise<Findings> {
    const start = context.clock.now();
    const late = context.clock.sleep(this.#left).then(() => {
      throw new Error(`no answer within ${patience / 1000} s`);
    });
    late.catch(() => undefined);
    try {
      return judge(await Promise.race([this.#hooksOf(context, scalingGroupId), late]));
    } catch (error) {
      return warning(`${otherwise}: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      this.#left = Math.max(0, this.#left - (context.clock.now() - start));
    }
  }

  #hooksOf(context: Context, scalingGroupId: string): Promise<Hooks> {
    const asked = this.#groups.get(scalingGroupId);
    if (asked !== undefined) return asked;
    const asking =
      this.#left === 0
        ? Promise.reject(new Error(`the service was too slow to ask (${patience / 1000} s are over)`))
        : context.clients.at().then(({ hooks }) => hooks.list(scalingGroupId));
    asking.catch(() => undefined);
    this.#groups.set(scalingGroupId, asking);
    return asking;
  }
}

function room(hooks: Hooks, scalingGroupId: string, inputs: AdoptionInputs): Findings {
  if (hooks === undefined) {
    return warning(
      `preflight: there is no scaling group ${scalingGroupId} in this region and project (AS.2007)`,
    );
  }
  const { lifecycleHookName: name } = inputs;
  const taken = name === unknown ? undefined : hooks.find((hook) => hook.lifecycleHookName === name);
  if (taken !== undefined) return nameTaken(taken, inputs);
  if (hooks.length < maxHooksPerGroup) return noFindings;
  return warning(`preflight: the group already has ${hooks.length} hooks, the most it can have (AS.7038)`);
}

function nameTaken(taken: LifecycleHook, inputs: AdoptionInputs): Findings {
  const differing = differences(taken, inputs);
  // What an interrupted run has left is found again.
  if (differing.length === 0 && isAutoNamed(inputs as unknown as HookInputs)) return noFindings;
  const comparison = differing.length === 0 ? "with the same settings" : "that differs";
  const list = differing.length === 0 ? "" : `: ${differing.join("; ")}`;
  return warning(
    `preflight: the group already has a hook ${JSON.stringify(taken.lifecycleHookName)} ${comparison} (AS.7041)${list}`,
  );
}

function warning(text: string): Findings {
  return { problems: [], warnings: [text] };
}
