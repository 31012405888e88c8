import { maxHooksPerGroup } from "../../sdk/limits";
import { type AdoptionInputs, differences, mismatch } from "./adopt";
import type { Context } from "./context";
import { parseHookId } from "./hook-id";
import { unknown } from "./unknown";

/** What a look at the live group has shown, before anything is changed. */
export interface Findings {
  /** What makes the program wrong. */
  readonly problems: readonly string[];
  /** What `up` may meet; a replacement or a deletion of the same run may yet make it go away. */
  readonly warnings: readonly string[];
}

const nothing: Findings = { problems: [], warnings: [] };

/** A preview waits no longer for the service, in milliseconds. */
const patience = 10_000;

/** Compares a hook that is to be taken over with what the program wants of it. */
export async function inspectImport(context: Context, id: string, inputs: AdoptionInputs): Promise<Findings> {
  return look(context, "could not compare the hook to import with the program", async () => {
    const { scalingGroupId, lifecycleHookName } = parseHookId(id);
    const { hooks } = await context.clients.at();
    const live = await hooks.find(scalingGroupId, lifecycleHookName);
    if (live === undefined) {
      return {
        problems: [],
        warnings: [`import: there is no hook ${JSON.stringify(id)}; up will create it`],
      };
    }
    const differing = differences(live, inputs);
    return differing.length === 0 ? nothing : { problems: [mismatch(id, differing)], warnings: [] };
  });
}

/** Looks whether there is room for a new hook. One list a group, shared by all hooks of the program. */
export async function inspectGroup(context: Context, inputs: AdoptionInputs): Promise<Findings> {
  const { scalingGroupId, lifecycleHookName: name } = inputs;
  if (typeof scalingGroupId !== "string") return nothing;
  return look(context, "preflight: could not look at the scaling group", async () => {
    const { hooks } = await context.clients.at();
    const live = await hooks.list(scalingGroupId);
    const warnings: string[] = [];
    const taken = name === unknown ? undefined : live?.find((hook) => hook.lifecycleHookName === name);
    if (live === undefined) {
      warnings.push(
        `preflight: there is no scaling group ${scalingGroupId} in this region and project (AS.2007)`,
      );
    } else if (taken !== undefined) {
      const differing = differences(taken, inputs);
      if (differing.length > 0) {
        warnings.push(
          `preflight: the group already has a hook ${JSON.stringify(name)} that differs (AS.7041): ${differing.join("; ")}`,
        );
      }
    } else if (live.length >= maxHooksPerGroup) {
      warnings.push(`preflight: the group already has ${live.length} hooks, the most it can have (AS.7038)`);
    }
    return { problems: [], warnings };
  });
}

/** A preview neither fails nor waits long because the service can't be asked. */
async function look(context: Context, otherwise: string, method: () => Promise<Findings>): Promise<Findings> {
  const late = context.clock.sleep(patience).then(() => {
    throw new Error(`no answer within ${patience / 1000} s`);
  });
  try {
    return await Promise.race([method(), late]);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { problems: [], warnings: [`${otherwise}: ${text}`] };
  } finally {
    late.catch(() => undefined);
  }
}
