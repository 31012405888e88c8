import type { LifecycleHook } from "../../sdk/schemas";
import type { Context } from "./context";
import { parseHookId } from "./hook-id";
import { comparable, type HookInputs, mutableProperties } from "./properties";
import { unknown } from "./unknown";

/** What the program says of a hook that it wants to take over. */
export type AdoptionInputs = Readonly<Record<string, unknown>>;

/**
 * Why a hook can't be taken over by the `import` option, judged by its id alone: it must be the hook that the
 * program describes.
 */
export function importIdProblems(id: string, inputs: AdoptionInputs): string[] {
  let address: ReturnType<typeof parseHookId>;
  try {
    address = parseHookId(id);
  } catch (error) {
    return [`import: ${error instanceof Error ? error.message : String(error)}`];
  }
  return (["scalingGroupId", "lifecycleHookName"] as const)
    .filter((name) => inputs[name] !== unknown && inputs[name] !== address[name])
    .map((name) => {
      const is = isSecret(inputs, name) ? "is not that" : `is ${JSON.stringify(inputs[name])}`;
      return `import: ${JSON.stringify(id)} is another hook than the program's: ${name} ${is} there; make them the same, or remove the option`;
    });
}

/** The properties in which a live hook is not what the program wants, each with both values. */
export function differences(live: LifecycleHook, inputs: AdoptionInputs): string[] {
  return mutableProperties
    .filter((name) => inputs[name] !== unknown && comparable(live, name) !== comparable(inputs, name))
    .map((name) => {
      const shown = (value: unknown) => (value === undefined ? "none" : JSON.stringify(value));
      if (isSecret(inputs, name)) return `${name} differs (not shown)`;
      return `${name} is ${shown(comparable(live, name))}, the program has ${shown(comparable(inputs, name))}`;
    });
}

function isSecret({ __secrets: secrets }: AdoptionInputs, name: string): boolean {
  return Array.isArray(secrets) && secrets.includes(name);
}

/** The hook to take over, or `undefined` if it is gone; an error that lists what differs, and changes nothing. */
export async function findToAdopt(
  context: Context,
  id: string,
  inputs: HookInputs,
): Promise<LifecycleHook | undefined> {
  const { scalingGroupId, lifecycleHookName } = inputs;
  const problems = importIdProblems(id, { ...inputs });
  if (problems.length > 0) throw new Error(problems.join("; "));
  const { hooks } = await context.clients.at();
  const live = await hooks.find(scalingGroupId, lifecycleHookName);
  if (live === undefined) return undefined;
  const differing = differences(live, { ...inputs });
  if (differing.length > 0) throw new Error(mismatch(id, differing));
  return live;
}

/** The message about a hook that differs from what the program wants. */
export function mismatch(id: string, differing: readonly string[]): string {
  return `import: hook ${JSON.stringify(id)} is not what the program describes: ${differing.join("; ")}; change the program (or the hook), and import it then`;
}
