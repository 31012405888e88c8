import type { WireLifecycleHook } from "pulumi-huaweicloud-as/emulator";

/** The `hooks` output of the program: what it exports of each hook, by resource. */
export type HookOutputs = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Where the API is: the program exports that as well. */
export interface Place {
  readonly region: string;
  readonly projectId: string;
}

/** Compares the stack's outputs with the hooks that the API has, field by field. */
export function outputDifferences(
  outputs: HookOutputs,
  hooks: readonly WireLifecycleHook[],
  place: Place,
): string[] {
  const exported = Object.values(outputs);
  if (exported.length !== hooks.length) {
    return [`the stack's outputs have ${exported.length} hooks, the API has ${hooks.length}`];
  }
  return hooks.flatMap((hook) => {
    const name = hook.lifecycle_hook_name;
    const output = exported.find(({ lifecycleHookName }) => lifecycleHookName === name);
    if (output === undefined) return [`the stack's outputs have no hook ${name}`];
    return Object.entries(asExported(hook, place))
      .filter(([field, value]) => output[field] !== value)
      .map(([field, value]) => {
        const [got, wanted] = [JSON.stringify(output[field]), JSON.stringify(value)];
        return `output ${field} of ${name} is ${got}, the API has ${wanted}`;
      });
  });
}

/** The API's answer as the program exports it: in camel case, without what is `null`. */
function asExported(hook: WireLifecycleHook, { region, projectId }: Place): Record<string, unknown> {
  const fields = Object.entries(hook).map(([field, value]) => [
    field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    value ?? undefined,
  ]);
  return { ...Object.fromEntries(fields), region, projectId };
}
