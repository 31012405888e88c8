import {
  comparable,
  type HookOutputs,
  identifyingProperties,
  mutableProperties,
  type PlannedInputs,
} from "./properties";
import { unknown } from "./unknown";

/** What an update would do. */
export interface Difference {
  readonly changes: boolean;
  /** The properties whose change makes the hook another one. */
  readonly replaces: readonly string[];
}

/** Where the provider is configured to act; `undefined` is not configured. */
export interface ConfiguredPlace {
  readonly region?: string | undefined;
  readonly projectId?: string | undefined;
}

/** Compares a hook in the state with what the program wants. Something not known yet counts as changed. */
export function diff(olds: HookOutputs, news: PlannedInputs, place: ConfiguredPlace): Difference {
  const differs = (name: Parameters<typeof comparable>[1]) => {
    const value = comparable(news, name);
    return value === unknown || value !== comparable(olds, name);
  };
  const moved = (["region", "projectId"] as const).filter(
    // A state of before this property was kept can't tell that the hook is elsewhere.
    (name) => place[name] !== undefined && olds[name] !== undefined && place[name] !== olds[name],
  );
  const inPlace = mutableProperties.filter(differs);
  const asked = inPlace.filter((name) => isAskedToReplace(name, news));
  const replaces = [...identifyingProperties.filter(differs), ...moved, ...asked];
  const hidden = timeoutsOf(olds) !== timeoutsOf(news) || secretsOf(olds) !== secretsOf(news);
  const changes = replaces.length > 0 || inPlace.length > 0 || hidden;
  return { changes, replaces };
}

function isAskedToReplace(name: string, { __replaceOnChanges: paths }: PlannedInputs): boolean {
  return Array.isArray(paths) && (paths.includes(name) || paths.includes("*"));
}

/** What has become secret is a change: it would stay in the state's outputs in clear. */
function secretsOf({ __secrets: names }: { readonly __secrets?: unknown }): string {
  return JSON.stringify(Array.isArray(names) ? names.toSorted() : []);
}

/** Changed time-outs are a change: they reach `delete` only through the state. */
function timeoutsOf({ __timeouts: timeouts }: { readonly __timeouts?: unknown }): string {
  return JSON.stringify(Object.entries(timeouts ?? {}).sort());
}
