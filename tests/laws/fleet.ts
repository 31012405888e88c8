import fc from "fast-check";
import { inputProperties } from "../../provider/core/properties";
import { type HookInputName, type MutableFieldName, mutableFields } from "../../sdk/api/hook-fields";
import type { HookPatch, WireLifecycleHook } from "../../sdk/emulator";
import { topicUrn } from "../support/hooks";
import { type Declared, type Program, unknownInput } from "./driver";

/** Programs of many hooks, which together have every combination of properties. */

export const secretText = "hunter2";
export const mutable = mutableFields;
export const all = inputProperties;

const values = {
  lifecycleHookType: ["INSTANCE_LAUNCHING", "INSTANCE_TERMINATING"],
  notificationTopicUrn: [topicUrn, `${topicUrn}-2`],
  defaultResult: [undefined, "ABANDON", "CONTINUE"],
  defaultTimeout: [undefined, 300, 86_400],
  notificationMetadata: [undefined, "drain {it}", secretText],
  lifecycleHookName: [undefined, "given"],
} as const satisfies Readonly<Record<HookInputName, readonly unknown[]>>;

/** A value of each property, by its index in the list of values. */
type Combination = Readonly<Record<keyof typeof values, number>>;

const combinations = Object.entries(values).reduce<Record<string, number>[]>(
  (made, [name, list]) => made.flatMap((one) => [...list.keys()].map((index) => ({ ...one, [name]: index }))),
  [{}],
) as Combination[];

/** Combinations that a seed chooses of all: first those that together have every pair of two properties' values. */
export function pairwise(count: number, seed: number): Combination[] {
  const everyOne = fc.shuffledSubarray(combinations, { minLength: combinations.length });
  const left = new Set(fc.sample(everyOne, { seed, numRuns: 1 }).flat());
  const covered = new Set<string>();
  const uncovered = (one: Combination) => pairsOf(one).filter((pair) => !covered.has(pair));
  return Array.from({ length: count }, () => {
    const next = [...left].reduce((best, one) =>
      uncovered(one).length > uncovered(best).length ? one : best,
    );
    for (const pair of pairsOf(next)) covered.add(pair);
    left.delete(next);
    return next;
  });
}

function pairsOf(combination: Combination): string[] {
  const all = Object.entries(combination).map(String);
  return all.flatMap((one, index) => all.slice(index + 1).map((other) => `${one} ${other}`));
}

/** So many combinations that together have every value. */
export function covering(count: number): Combination[] {
  return Array.from({ length: count }, (_, row) =>
    Object.fromEntries(Object.entries(values).map(([name, list]) => [name, row % list.length])),
  ) as unknown as Combination[];
}

/** A program with a hook for each of some combinations, five in each group. */
export function fleetOf(chosen: readonly Combination[], groups: readonly string[]): Program {
  return Object.fromEntries(
    chosen.map((combination, index) => {
      const name = `hook${index}`;
      const inputs: Record<string, unknown> = { scalingGroupId: groups[Math.floor(index / 5)] };
      for (const [property, list] of Object.entries(values)) {
        const value = list[combination[property as keyof typeof values]];
        // A name is unique in its group.
        if (value !== undefined)
          inputs[property] = property === "lifecycleHookName" ? `${value}-${index}` : value;
      }
      return [name, declared(inputs)];
    }),
  );
}

/** The inputs with what is secret of them. */
export function declared(inputs: Readonly<Record<string, unknown>>): Declared {
  const isSecret = String(inputs.notificationMetadata).startsWith(secretText);
  return isSecret ? { inputs, secrets: ["notificationMetadata"] } : { inputs };
}

/** A program made from another, hook by hook. */
export function mapProgram(program: Program, change: (hook: Declared, index: number) => Declared): Program {
  return Object.fromEntries(
    Object.entries(program).map(([name, hook], index) => [name, change(hook, index)]),
  );
}

/** The same hook with another value of a property. */
export function withOther(
  inputs: Readonly<Record<string, unknown>>,
  property: MutableFieldName,
): Record<string, unknown> {
  const now = inputs[property];
  const others: Readonly<Record<MutableFieldName, unknown>> = {
    lifecycleHookType: now === "INSTANCE_LAUNCHING" ? "INSTANCE_TERMINATING" : "INSTANCE_LAUNCHING",
    notificationTopicUrn: now === topicUrn ? `${topicUrn}-2` : topicUrn,
    defaultResult: now === "CONTINUE" ? "ABANDON" : "CONTINUE",
    defaultTimeout: now === 300 ? 600 : 300,
    notificationMetadata: now === undefined ? "new" : undefined,
  };
  const { [property]: _, ...rest } = inputs;
  const other = others[property];
  return other === undefined ? rest : { ...rest, [property]: other };
}

/** A selection of properties that differs from hook to hook and from round to round; never none. */
export function selection<Name>(properties: readonly Name[], index: number, round: number): Name[] {
  const count = 2 ** properties.length - 1;
  const mask = ((index * 7 + round) % count) + 1;
  return properties.filter((_, bit) => (mask & (1 << bit)) !== 0);
}

export function withUnknown({ inputs, ...hook }: Declared, names: readonly string[]): Declared {
  return { ...hook, inputs: { ...inputs, ...Object.fromEntries(names.map((name) => [name, unknownInput])) } };
}

/** How the API describes a hook that is as declared. */
export function described({ inputs }: Declared, name: unknown): HookPatch {
  return {
    lifecycle_hook_name: String(name),
    lifecycle_hook_type: inputs.lifecycleHookType as WireLifecycleHook["lifecycle_hook_type"],
    notification_topic_urn: String(inputs.notificationTopicUrn),
    default_result: (inputs.defaultResult ?? "ABANDON") as WireLifecycleHook["default_result"],
    default_timeout: Number(inputs.defaultTimeout ?? 3600),
    notification_metadata: (inputs.notificationMetadata as string | undefined) ?? null,
  };
}
