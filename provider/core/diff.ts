import { type Kind, moved } from "./check";
import {
  comparable,
  formatHookId,
  type HookOutputs,
  identifyingProperties,
  mutableProperties,
  type PlannedInputs,
  secretNames,
  unknown,
} from "./properties";
import type { ProviderSettings } from "./settings";

/** What an update would do. */
export interface Difference {
  readonly changes: boolean;
  /** The properties whose change makes the hook another one. */
  readonly replaces: readonly string[];
}

/** Where the provider is configured to act, and which settings said so. */
export type ConfiguredScope = Pick<
  ProviderSettings,
  "region" | "regionSource" | "projectId" | "projectSource"
>;

/**
 * Compares a hook in the state with what the program wants. Something not known yet counts as changed. Throws when the
 * configuration has another region or project than the hook's group.
 */
export function diff(olds: HookOutputs, news: PlannedInputs, scope: ConfiguredScope): Difference {
  refuseMove("hook", formatHookId(olds), olds, news.scalingGroupId, scope);
  const differs = (name: Parameters<typeof comparable>[1]) => {
    const value = comparable(news, name);
    return value === unknown || value !== comparable(olds, name);
  };
  const inPlace = mutableProperties.filter(differs);
  const asked = inPlace.filter((name) => isAskedToReplace(name, news));
  const replaces = [...identifyingProperties.filter(differs), ...asked];
  const hidden = timeoutsOf(olds) !== timeoutsOf(news) || secretsOf(olds) !== secretsOf(news);
  const changes = replaces.length > 0 || inPlace.length > 0 || hidden;
  return { changes, replaces };
}

/** Throws when a resource is to stay in its group, and the configuration has another region or project than the group. */
export function refuseMove(
  kind: Kind,
  id: string,
  olds: Partial<Pick<HookOutputs, "scalingGroupId" | "region" | "projectId">>,
  scalingGroupId: unknown,
  scope: ConfiguredScope,
): void {
  const { region, projectId } = olds;
  if (scalingGroupId !== olds.scalingGroupId || region === undefined || projectId === undefined) return;
  const elsewhere = [
    ...(scope.region === undefined || scope.region === region
      ? []
      : [`region ${scope.region} (by ${scope.regionSource})`]),
    ...(scope.projectId === undefined || scope.projectId === projectId
      ? []
      : [`project ${scope.projectId} (by ${scope.projectSource})`]),
  ];
  if (elsewhere.length === 0) return;
  throw new Error(moved(kind, id, `region ${region} and project ${projectId}`, elsewhere.join(" and ")));
}

function isAskedToReplace(name: string, { __replaceOnChanges: paths }: PlannedInputs): boolean {
  return Array.isArray(paths) && (paths.includes(name) || paths.includes("*"));
}

/** What has become secret is a change: it would stay in the state's outputs in clear. */
export function secretsOf(properties: { readonly __secrets?: unknown }): string {
  return JSON.stringify(secretNames(properties).toSorted());
}

/** Changed time-outs are a change: they reach `delete` only through the state. */
export function timeoutsOf({ __timeouts: timeouts }: { readonly __timeouts?: unknown }): string {
  return JSON.stringify(Object.entries(timeouts ?? {}).sort());
}
