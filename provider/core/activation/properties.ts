import {
  booleanRule,
  describeProblem,
  idRule,
  instanceNumberRule,
  nearest,
  type Rule,
} from "../../../sdk/api/rules";
import type { ScalingGroup } from "../../../sdk/api/schemas";
import { type Difference, secretsOf, timeoutsOf } from "../diff";
import {
  type CheckOnlyInputs,
  type HiddenInputs,
  hiddenInputsOf,
  type Planned,
  type Properties,
  secretNames,
  unknown,
  withoutCheckOnly,
} from "../properties";

/** All properties that a program can set, each with its rule. */
const rules = {
  scalingGroupId: idRule,
  desiredInstances: instanceNumberRule,
  minInstances: instanceNumberRule,
  maxInstances: instanceNumberRule,
  enforceDesired: booleanRule,
  wait: booleanRule,
} as const satisfies Readonly<Record<string, Rule>>;

export type ActivationInputName = keyof typeof rules;
export const activationInputs = Object.keys(rules) as readonly ActivationInputName[];

/** All properties that the state keeps. */
export const activationOutputs = [
  ...activationInputs,
  "status",
  "currentInstances",
  "region",
  "projectId",
] as const;

/** A program may leave these out: then the group's own stay as they are. */
const optional: readonly ActivationInputName[] = ["minInstances", "maxInstances"];
const defaults = { enforceDesired: false, wait: true } as const;

/** Inputs that have passed the check: the defaults are filled in. */
export interface ActivationInputs extends HiddenInputs {
  readonly scalingGroupId: string;
  readonly desiredInstances: number;
  readonly minInstances?: number;
  readonly maxInstances?: number;
  readonly enforceDesired: boolean;
  readonly wait: boolean;
}

/** What the state keeps. */
export interface ActivationOutputs extends ActivationInputs {
  /** The group's status and number of instances; none where an operation has not come to its end. */
  readonly status?: string;
  readonly currentInstances?: number;
  readonly region: string;
  readonly projectId: string;
}

/** What a check says. */
export interface Checked {
  readonly inputs: Record<string, unknown>;
  /** Every problem at once, each a whole message that names its property. */
  readonly problems: readonly string[];
  /** The names of the inputs whose values no message may show. */
  readonly concealed: readonly string[];
}

/**
 * Validates a program's inputs and fills in the defaults. Sends nothing, never throws. `isNew`: the resource is still to
 * be made, and is no replacement.
 */
export function check(olds: Properties, news: Properties, isNew: boolean): Checked {
  const given = Object.fromEntries(Object.entries(news).filter(([, value]) => value !== undefined));
  const inputs: Record<string, unknown> = { ...defaults, ...given };
  if (!isNew) delete inputs.__import;
  const secrets = secretsIn(olds, news);
  if (secrets.length > 0) inputs.__secrets = secrets;
  const problems = activationInputs.flatMap((name) => {
    const value = inputs[name];
    if (value === unknown || (value === undefined && optional.includes(name))) return [];
    const problem = rules[name](value);
    return problem === undefined ? [] : [describeProblem(name, value, problem, secrets.includes(name))];
  });
  for (const name of Object.keys(news)) {
    if (!name.startsWith("__") && !(name in rules)) problems.push(unknownProperty(name));
  }
  if (problems.length === 0) problems.push(...disorder(inputs, secrets));
  const { __import: importId } = inputs as HiddenInputs;
  if (importId !== undefined && inputs.scalingGroupId !== unknown && inputs.scalingGroupId !== importId) {
    problems.push(
      `import: ${JSON.stringify(importId)} is not the program's scalingGroupId: give the scaling group's id in both`,
    );
  }
  return { inputs: withoutCheckOnly(inputs), problems, concealed: secrets };
}

/** The inputs that are secret. Where a transform may have changed the inputs, what it has changed counts as well. */
function secretsIn(olds: Properties, news: Properties): readonly string[] {
  const named = secretNames(news);
  const { __given: given } = news as CheckOnlyInputs;
  if (given === undefined) return named;
  const known = (name: string) => news[name] === given[name] || news[name] === olds[name];
  return [...named, ...activationInputs.filter((name) => !named.includes(name) && !known(name))];
}

/** Numbers that no group can have together. */
function disorder(inputs: Properties, secrets: readonly string[]): string[] {
  const shown = (name: string) => (secrets.includes(name) ? name : `${name} ${inputs[name]}`);
  const pairs = [
    ["minInstances", "desiredInstances"],
    ["desiredInstances", "maxInstances"],
    ["minInstances", "maxInstances"],
  ] as const;
  return pairs.flatMap(([low, high]) => {
    const [lower, higher] = [inputs[low], inputs[high]];
    if (typeof lower !== "number" || typeof higher !== "number" || lower <= higher) return [];
    return [
      `${shown(low)} is above ${shown(high)}: the desired number is between the minimum and the maximum`,
    ];
  });
}

function unknownProperty(name: string): string {
  const meant = nearest(name, activationInputs);
  const advice = meant === undefined ? `there are ${activationInputs.join(", ")}` : `did you mean ${meant}?`;
  return `${name} is not a property of a scaling group's activation: ${advice}`;
}

/** Compares a group in the state with what the program wants. Something not known yet counts as changed. */
export function diff(olds: ActivationOutputs, news: Planned<ActivationInputs>): Difference {
  const changed = activationInputs.filter((name) => news[name] === unknown || news[name] !== olds[name]);
  const hidden = timeoutsOf(olds) !== timeoutsOf(news) || secretsOf(olds) !== secretsOf(news);
  return {
    changes: changed.length > 0 || hidden || olds.status !== "INSERVICE",
    replaces: changed.filter((name) => name === "scalingGroupId"),
  };
}

/** Whether an update has nothing to do but to keep other time-outs or options. */
export function isSameGroup(olds: ActivationOutputs, news: ActivationInputs): boolean {
  const isSame = (["desiredInstances", "minInstances", "maxInstances"] as const).every(
    (name) => olds[name] === news[name],
  );
  const isEnforced = news.enforceDesired && !olds.enforceDesired;
  return isSame && !isEnforced && olds.status === "INSERVICE" && olds.currentInstances !== undefined;
}

/** What the state keeps of a group that is what the inputs want. */
export function outputsOf(
  inputs: ActivationInputs,
  where: Pick<ActivationOutputs, "region" | "projectId">,
  group: {
    readonly [Name in "scalingGroupStatus" | "currentInstanceNumber"]?: ScalingGroup[Name] | undefined;
  },
): ActivationOutputs {
  const { scalingGroupId, desiredInstances, minInstances, maxInstances, enforceDesired, wait } = inputs;
  return {
    scalingGroupId,
    desiredInstances,
    ...(minInstances === undefined ? {} : { minInstances }),
    ...(maxInstances === undefined ? {} : { maxInstances }),
    enforceDesired,
    wait,
    ...(group.scalingGroupStatus === undefined ? {} : { status: group.scalingGroupStatus }),
    ...(group.currentInstanceNumber === undefined ? {} : { currentInstances: group.currentInstanceNumber }),
    region: where.region,
    projectId: where.projectId,
    ...hiddenInputsOf(inputs),
  };
}

/**
 * The inputs that would make the group what it is. The number that policies change is compared only where the program
 * says so; of what is only looked up (`known` has no region) everything is told.
 */
export function inputsOf(group: ScalingGroup, known: Partial<ActivationOutputs>): ActivationInputs {
  const isLookUp = known.region === undefined;
  const { enforceDesired = defaults.enforceDesired, wait = defaults.wait } = known;
  const { desiredInstances = group.desireInstanceNumber } = known;
  return {
    scalingGroupId: group.scalingGroupId,
    desiredInstances: enforceDesired ? group.desireInstanceNumber : desiredInstances,
    ...(isLookUp || known.minInstances !== undefined ? { minInstances: group.minInstanceNumber } : {}),
    ...(isLookUp || known.maxInstances !== undefined ? { maxInstances: group.maxInstanceNumber } : {}),
    enforceDesired,
    wait,
    ...hiddenInputsOf(known),
  };
}
