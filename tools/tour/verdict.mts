import type { RequestLogEntry, WireLifecycleHook } from "pulumi-huaweicloud-as/emulator";
import type { Change, Problem, PropertyChange } from "./changes.mts";
import { type HookOutputs, outputDifferences, type Place } from "./outputs.mts";
import { callOf, shortPath } from "./requests.mts";
import type { Expectation, ExpectedHook } from "./step.mts";

/** What was seen of a step: the first two by Pulumi, the next two by the API, and what the stack exports. */
export interface Seen {
  readonly changes: readonly Change[];
  readonly problems: readonly Problem[];
  readonly requests: readonly RequestLogEntry[];
  readonly hooks: readonly WireLifecycleHook[];
  /** Only an `up` gives them. */
  readonly outputs?: HookOutputs | undefined;
}

/** What is not as it should be; nothing when all is well. */
export function differences(expected: Expectation, seen: Seen, place: Place): string[] {
  return [
    ...refusalDifferences(expected.refused, seen.problems),
    ...changeDifferences(expected.changes, seen.changes),
    ...requestDifferences(expected.requests, seen.requests),
    ...hookDifferences(expected.hooks, seen.hooks),
    ...(seen.outputs === undefined ? [] : outputDifferences(seen.outputs, seen.hooks, place)),
  ];
}

function refusalDifferences(refused: Expectation["refused"], problems: readonly Problem[]): string[] {
  if (refused === undefined) return problems.length === 0 ? [] : ["Pulumi should have succeeded, and failed"];
  if (problems.length === 0) return ["Pulumi should have refused the program, and did not"];
  const naming = (property: string) => problems.filter(({ message }) => message.startsWith(`${property} `));
  return [
    ...refused
      .filter((property) => naming(property).length !== 1)
      .map((property) => `${property} should be named by one problem, not ${naming(property).length}`),
    ...problems
      .filter(({ message }) => !refused.some((property) => message.startsWith(`${property} `)))
      .map(({ message }) => `there is another problem: ${message}`),
  ];
}

function changeDifferences(expected: Expectation["changes"], changes: readonly Change[]): string[] {
  const seen = new Map(changes.map((change) => [change.resource, change]));
  const resources = new Set([...Object.keys(expected), ...seen.keys()]);
  return [...resources].flatMap((resource) => {
    const wanted = expected[resource] ?? { kind: "unchanged" };
    const got = seen.get(resource) ?? { kind: "unchanged", properties: [] };
    if (got.kind !== wanted.kind) return [`${resource}: ${got.kind}, not ${wanted.kind}`];
    if (wanted.properties === undefined) return [];
    const [text, wantedText] = [propertiesText(got.properties), propertiesText(wanted.properties)];
    return text === wantedText ? [] : [`${resource} differs in ${text}, not in ${wantedText}`];
  });
}

function propertiesText(properties: readonly PropertyChange[]): string {
  const texts = properties.map(
    ({ name, before, after }) => `${name} (${JSON.stringify(before)} → ${JSON.stringify(after)})`,
  );
  return texts.sort().join(", ") || "nothing";
}

function requestDifferences(
  expected: Expectation["requests"],
  requests: readonly RequestLogEntry[],
): string[] {
  const calls = requests.map(callOf).join(", ") || "none";
  const wanted = expected.join(", ") || "none";
  return [
    ...(calls === wanted ? [] : [`the requests were ${calls}, not ${wanted}`]),
    ...requests
      .filter(({ status }) => status === undefined || status >= 300)
      .map((request) => {
        const { method, status, code } = request;
        return `${method} ${shortPath(request)} was answered ${status ?? "not at all"}${code === undefined ? "" : ` ${code}`}`;
      }),
  ];
}

function hookDifferences(expected: readonly ExpectedHook[], hooks: readonly WireLifecycleHook[]): string[] {
  const left = [...hooks];
  const missing: string[] = [];
  const wrong: string[] = [];
  for (const wanted of expected) {
    const index = left.findIndex(({ lifecycle_hook_name: name }) => fits(name, wanted.lifecycle_hook_name));
    const [hook] = index === -1 ? [] : left.splice(index, 1);
    if (hook === undefined) missing.push(`the API has no hook ${wanted.lifecycle_hook_name}`);
    else wrong.push(...fieldDifferences(wanted, hook));
  }
  const extra = left.map(({ lifecycle_hook_name: name }) => `the API has a hook ${name} that should not be`);
  return [...missing, ...wrong, ...extra];
}

function fieldDifferences(wanted: ExpectedHook, hook: WireLifecycleHook): string[] {
  return Object.entries(hook).flatMap(([field, value]) => {
    const wantedValue = wanted[field as keyof WireLifecycleHook];
    if (fits(value, wantedValue)) return [];
    return [
      `${field} of ${hook.lifecycle_hook_name} is ${JSON.stringify(value)}, not ${JSON.stringify(wantedValue)}`,
    ];
  });
}

/** What is not said fits anything. */
function fits(value: unknown, wanted: unknown): boolean {
  if (wanted instanceof RegExp) return typeof value === "string" && wanted.test(value);
  return wanted === undefined || value === wanted;
}
