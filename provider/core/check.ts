import { defaultTimeoutSeconds, type LifecycleHookLimits } from "../../sdk/limits";
import { nearest } from "../../sdk/nearest";
import {
  defaultResultRule,
  defaultTimeoutRule,
  describeProblem,
  idRule,
  lifecycleHookNameRule,
  lifecycleHookTypeRule,
  notificationMetadataRule,
  notificationTopicUrnRule,
  type Rule,
} from "../../sdk/rules";
import { importIdProblems } from "./adopt";
import { autoName } from "./auto-name";
import { type HiddenInputs, inputProperties } from "./properties";
import { unknown } from "./unknown";

type Properties = Readonly<Record<string, unknown>>;

export interface Checked {
  /** The inputs with the defaults filled in; given ones are never altered. */
  readonly inputs: Record<string, unknown>;
  /** Every problem at once, each a whole message that names its property. */
  readonly problems: readonly string[];
  /** What may turn out wrong. */
  readonly warnings: readonly string[];
}

/** What the configuration says about inputs. */
export interface CheckSettings {
  readonly limits: LifecycleHookLimits;
  readonly region: string | undefined;
}

/** The key of the configuration, which stands in the advice about a limit. */
const limitsOption = "huaweicloud:lifecycleHookLimits";

const rules: Readonly<Record<(typeof inputProperties)[number], Rule>> = {
  scalingGroupId: idRule,
  lifecycleHookName: lifecycleHookNameRule,
  lifecycleHookType: lifecycleHookTypeRule,
  notificationTopicUrn: notificationTopicUrnRule,
  defaultResult: defaultResultRule,
  defaultTimeout: defaultTimeoutRule,
  notificationMetadata: notificationMetadataRule,
};

/**
 * Validates a program's inputs and fills in the defaults. Sends nothing, never throws. `olds` are the inputs of
 * the hook as it stands, or empty.
 */
export function check(olds: Properties, news: Properties, { limits, region }: CheckSettings): Checked {
  const inputs = withDefaults(olds, news);
  const secrets = secretNames(news);
  const problems: string[] = [];
  for (const name of inputProperties) {
    const value = inputs[name];
    if (value === unknown || (value === undefined && name === "notificationMetadata")) continue;
    const problem = rules[name](value, limits);
    if (problem !== undefined)
      problems.push(describeProblem(name, value, problem, secrets.includes(name), limitsOption));
  }
  for (const name of Object.keys(news)) {
    if (!name.startsWith("__") && !isInputProperty(name)) problems.push(unknownProperty(name));
  }
  const { __import: importId } = news as HiddenInputs;
  if (importId !== undefined) {
    problems.push(...(isNew(olds) ? importIdProblems(importId, inputs) : importOverProblems(importId, olds)));
  }
  problems.push(...topicElsewhere(inputs.notificationTopicUrn, region, secrets));
  return { inputs, problems, warnings: braces(inputs.notificationMetadata) };
}

function withDefaults(olds: Properties, news: Properties): Record<string, unknown> {
  const inputs: Record<string, unknown> = { ...news };
  if (inputs.defaultResult === undefined) inputs.defaultResult = "ABANDON";
  if (inputs.defaultTimeout === undefined) inputs.defaultTimeout = defaultTimeoutSeconds;
  if (inputs.lifecycleHookName === undefined) {
    const { __urn, __import: importId } = news;
    // A hook that has a name keeps it, also when its URN has changed (by an alias).
    const name =
      olds.lifecycleHookName ??
      (typeof importId === "string" ? importId.split("/")[1] : undefined) ??
      (typeof __urn === "string" ? autoName(__urn) : undefined);
    if (name !== undefined) inputs.lifecycleHookName = name;
  }
  return inputs;
}

/** Whether these are the inputs of a hook that is still to be made. */
export function isNew(olds: Properties): boolean {
  return olds.scalingGroupId === undefined;
}

/** What the option would replace is in use: the hook would be deleted to make room for another that exists. */
function importOverProblems(importId: string, olds: Properties): string[] {
  const managed = `${olds.scalingGroupId}/${olds.lifecycleHookName}`;
  if (importId === managed) return [];
  return [
    `import: this resource manages the hook ${JSON.stringify(managed)} already: take ${JSON.stringify(importId)} over by a resource of another name, or remove the option`,
  ];
}

/** The service sends its messages to topics of its own region. */
function topicElsewhere(urn: unknown, region: string | undefined, secrets: readonly unknown[]): string[] {
  if (region === undefined || typeof urn !== "string" || notificationTopicUrnRule(urn) !== undefined)
    return [];
  const topicRegion = urn.split(":")[2];
  if (topicRegion === region) return [];
  const where = secrets.includes("notificationTopicUrn") ? "another region" : `region ${topicRegion}`;
  return [
    `notificationTopicUrn: the topic is in ${where}, the hook in ${region}: give a topic of the hook's region`,
  ];
}

/** Open Telekom Cloud runs the same service and refuses these; this one documents nothing of the kind. */
function braces(metadata: unknown): string[] {
  if (typeof metadata !== "string" || !/[{}]/.test(metadata)) return [];
  return ["notificationMetadata has { or } in it, which other operators of this service refuse (AS.7055)"];
}

function secretNames(news: Properties): readonly unknown[] {
  const names = news.__secrets;
  return Array.isArray(names) ? names : [];
}

function isInputProperty(name: string): boolean {
  return (inputProperties as readonly string[]).includes(name);
}

function unknownProperty(name: string): string {
  const meant = nearest(name, inputProperties);
  const advice = meant === undefined ? `there are ${inputProperties.join(", ")}` : `did you mean ${meant}?`;
  return `${name} is not a property of a lifecycle hook: ${advice}`;
}
