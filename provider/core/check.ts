import { hookFields, hookInputs } from "../../sdk/api/hook-fields";
import type { LifecycleHookLimits } from "../../sdk/api/limits";
import { describeProblem, nearest, notificationTopicUrnRule } from "../../sdk/api/rules";
import {
  addressIn,
  type CheckOnlyInputs,
  formatHookId,
  type HiddenInputs,
  type HookAddress,
  type InputName,
  inputProperties,
  inputRules,
  type Properties,
  parseHookId,
  secretNames,
  unknown,
  withoutCheckOnly,
} from "./properties";
import { autoName } from "./urn";

export interface Checked {
  /** The inputs with the defaults filled in; given ones are never altered. */
  readonly inputs: Record<string, unknown>;
  /** Every problem at once, each a whole message that names its property. */
  readonly problems: readonly string[];
  /** What may turn out wrong. */
  readonly warnings: readonly string[];
  /** The names of the inputs whose values no message may show: secrets, and what may have become one. */
  readonly concealed: readonly string[];
}

/** What the configuration says about inputs. */
export interface CheckSettings {
  readonly limits: LifecycleHookLimits;
  readonly region: string | undefined;
  readonly regionSource: string;
}

/** The key of the configuration, which stands in the advice about a limit. */
const limitsOption = "huaweicloud:lifecycleHookLimits";

/**
 * Validates a program's inputs and fills in the defaults. Sends nothing, never throws. `olds` are the inputs of
 * the hook as it stands, or empty. `isReplacement`: the olds are empty because the hook is to be replaced.
 */
export function check(
  olds: Properties,
  news: Properties,
  settings: CheckSettings,
  isReplacement = false,
): Checked {
  const { limits, region } = settings;
  const { secrets, concealed } = secretsOf(olds, news);
  const inputs = withDefaults(olds, news, limits);
  if (!mayImport(olds, inputs, isReplacement)) delete inputs.__import;
  if (secrets.length > secretNames(news).length) inputs.__secrets = secrets;
  const problems: string[] = [];
  for (const name of inputProperties) {
    const value = inputs[name];
    if (value === unknown || (value === undefined && isOptional(name))) continue;
    const problem = inputRules[name](value, limits);
    if (problem !== undefined)
      problems.push(describeProblem(name, value, problem, concealed.includes(name), limitsOption));
  }
  for (const name of Object.keys(news)) {
    if (!name.startsWith("__") && !isInputProperty(name)) problems.push(unknownProperty(name));
  }
  const { __import: importId } = inputs as HiddenInputs;
  const warnings = braces(inputs.notificationMetadata);
  if (importId !== undefined) problems.push(...importIdProblems(importId, inputs, concealed));
  const moved = movedRegion(olds, inputs, settings);
  problems.push(...(moved ?? topicElsewhere(inputs.notificationTopicUrn, region, concealed)));
  return { inputs: withoutCheckOnly(inputs), problems, warnings, concealed };
}

function withDefaults(
  olds: Properties,
  news: Properties,
  limits: LifecycleHookLimits,
): Record<string, unknown> {
  const inputs: Record<string, unknown> = { ...news };
  for (const [name, field] of hookInputs) {
    if (inputs[name] === undefined && field.default !== undefined) inputs[name] = field.default;
  }
  if (inputs.lifecycleHookName === undefined) {
    const { __urn, __import: importId } = inputs;
    // A hook that has a name keeps it, also when its URN has changed (by an alias).
    const name =
      olds.lifecycleHookName ??
      (typeof importId === "string" ? importId.split("/")[1] : undefined) ??
      (typeof __urn === "string" ? autoName(__urn, limits) : undefined);
    if (name !== undefined) inputs.lifecycleHookName = name;
  }
  return inputs;
}

/**
 * Whether the option `import` counts. Left in the program of an imported hook it changes nothing; but a hook that a
 * replacement has retained, and could not make anew, is taken back by its id.
 */
function mayImport(olds: Properties, inputs: Properties, isReplacement: boolean): boolean {
  if (isNew(olds) && !isReplacement) return true;
  const address = addressIn(inputs);
  return address !== undefined && inputs.__import === formatHookId(address);
}

/** Whether these are the inputs of a hook that is still to be made. */
export function isNew(olds: Properties): boolean {
  return olds.scalingGroupId === undefined;
}

/**
 * The inputs that are secret, and those that no message may show. Where transforms may have changed the inputs after
 * the class had seen them, the class can't vouch for them: one with another value than the program's counts as secret
 * (unless the state already has that value in clear), and so does free text, of whose very value a transform may have
 * made a secret.
 */
function secretsOf(
  olds: Properties,
  news: Properties,
): { readonly secrets: readonly string[]; readonly concealed: readonly string[] } {
  const named = secretNames(news);
  const { __given: given } = news as CheckOnlyInputs;
  if (typeof given !== "object" || given === null) return { secrets: named, concealed: named };
  const oldSecrets = secretNames(olds);
  const changed = inputProperties.filter((name) => {
    const value = news[name];
    if (value === undefined || named.includes(name)) return false;
    if (name !== "scalingGroupId" && "freeText" in hookFields[name]) return true;
    return value !== given[name] && (value !== olds[name] || oldSecrets.includes(name));
  });
  const secrets = [...named, ...changed];
  return { secrets, concealed: [...secrets, "notificationTopicUrn"] };
}

/** Why an id can't be that of the hook to import: it must be the hook that the program describes. */
function importIdProblems(id: string, inputs: Properties, concealed: readonly string[]): string[] {
  let address: HookAddress;
  try {
    address = parseHookId(id);
  } catch (error) {
    return [`import: ${error instanceof Error ? error.message : String(error)}`];
  }
  return (["scalingGroupId", "lifecycleHookName"] as const)
    .filter((name) => inputs[name] !== unknown && inputs[name] !== address[name])
    .map((name) => {
      const is = concealed.includes(name) ? "is not that" : `is ${JSON.stringify(inputs[name])}`;
      return `import: ${JSON.stringify(id)} is another hook than the program's: ${name} ${is} there; make them the same, or remove the option`;
    });
}

/** The region of a hook, by its topic: the service sends its messages to topics of its own region. */
function regionOfTopic(urn: unknown): string | undefined {
  return typeof urn === "string" && notificationTopicUrnRule(urn) === undefined
    ? urn.split(":")[2]
    : undefined;
}

/** The inputs of a state do not tell where the hook is, but its topic does. */
function movedRegion(
  olds: Properties,
  inputs: Properties,
  { region, regionSource }: CheckSettings,
): string[] | undefined {
  const was = regionOfTopic(olds.notificationTopicUrn);
  if (region === undefined || was === undefined || was === region) return undefined;
  if (isNew(olds) || olds.scalingGroupId !== inputs.scalingGroupId) return undefined;
  return [
    moved(
      "hook",
      formatHookId(olds as unknown as HookAddress),
      `region ${was}`,
      `region ${region} (by ${regionSource})`,
    ),
  ];
}

/** What is of a group. */
export type Kind = "hook" | "activation";

/** A group is in one region and one project, so another configuration moves nothing of it. */
export function moved(kind: Kind, id: string, is: string, configured: string): string {
  const one = kind === "hook" ? "a hook" : "an activation";
  return `the ${kind} ${JSON.stringify(id)} is in ${is}, but ${configured} is configured: a scaling group is in one region and one project, and ${one} does not move with the configuration. Go back to ${is} for this ${kind} (by the configuration, or by a Provider of its own); or, to have it elsewhere, give it a scalingGroupId of there`;
}

function topicElsewhere(urn: unknown, region: string | undefined, concealed: readonly string[]): string[] {
  const topicRegion = regionOfTopic(urn);
  if (region === undefined || topicRegion === undefined || topicRegion === region) return [];
  const where = concealed.includes("notificationTopicUrn") ? "another region" : `region ${topicRegion}`;
  return [
    `notificationTopicUrn: the topic is in ${where}, the hook in ${region}: give a topic of the hook's region`,
  ];
}

/** Open Telekom Cloud runs the same service and refuses these; this one documents nothing of the kind. */
function braces(metadata: unknown): string[] {
  if (typeof metadata !== "string" || !/[{}]/.test(metadata)) return [];
  return ["notificationMetadata has { or } in it, which other operators of this service refuse (AS.7055)"];
}

function isOptional(name: InputName): boolean {
  return name !== "scalingGroupId" && "optional" in hookFields[name];
}

function isInputProperty(name: string): boolean {
  return (inputProperties as readonly string[]).includes(name);
}

function unknownProperty(name: string): string {
  const meant = nearest(name, inputProperties);
  const advice = meant === undefined ? `there are ${inputProperties.join(", ")}` : `did you mean ${meant}?`;
  return `${name} is not a property of a lifecycle hook: ${advice}`;
}
