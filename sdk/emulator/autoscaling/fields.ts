import type { LifecycleHookLimits } from "../../api/limits";
import { type AutoScalingCode, refusal } from "../http/refusals";
import type { JsonBody } from "../http/request";

/** How bodies are judged. */
export interface Validation {
  readonly limits: LifecycleHookLimits;
  /** Refuses fields that the call does not know, which newer clients may send. @default they are only noted */
  readonly strict: boolean;
  /** Takes the name of such a field. */
  readonly warn: (warning: string) => void;
}

/** How the service judges one field of a body. */
export interface Field<Value> {
  readonly type: "string" | "integer" | "boolean" | "array" | "object";
  /** What stands for a field that is absent from a create. @default nothing: it stays absent */
  readonly absent?: string | number | boolean | null | readonly unknown[];
  /** An update does not know the field. */
  readonly fixed?: true;
  /** `null` in an update stands for this. @default nothing: the field is absent */
  readonly cleared?: string;
  /** @throws Refusal. @default everything of the type is good */
  readonly judge?: (value: never, limits: LifecycleHookLimits) => Value;
}

type Fields = Readonly<Record<string, Field<unknown>>>;

/** What a create says, with the defaults filled in. @throws Refusal with the code of the first bad field */
export function created(json: NonNullable<JsonBody>, fields: Fields, validation: Validation) {
  const given = known(json, fields, validation);
  return judged(fields, validation, ([name, { absent }]) => given[name] ?? absent);
}

/** What an update says: what it leaves out stays as it is. @throws Refusal as for a create */
export function changed(json: NonNullable<JsonBody>, fields: Fields, validation: Validation) {
  const changeable = Object.fromEntries(Object.entries(fields).filter(([, { fixed }]) => fixed !== true));
  const given = known(json, changeable, validation);
  return judged(
    changeable,
    validation,
    ([name, { cleared }]) => given[name] ?? (json[name] === null ? cleared : undefined),
  );
}

/** One of the values that a field can have. @throws Refusal */
export function oneOf<Value extends string>(
  values: readonly Value[],
  given: string,
  code: AutoScalingCode,
): Value {
  const found = values.find((candidate) => candidate === given);
  if (found === undefined) throw refusal(code);
  return found;
}

/** A number within its bounds, both included. @throws Refusal */
export function within(number: number, least: number, most: number, code: AutoScalingCode): number {
  if (number < least || number > most) throw refusal(code);
  return number;
}

function judged(
  fields: Fields,
  { limits }: Validation,
  pick: (field: [name: string, field: Field<unknown>]) => unknown,
): Readonly<Record<string, unknown>> {
  const entries = Object.entries(fields).flatMap(([name, field]) => {
    const value = pick([name, field]);
    if (value === undefined) return [];
    return [
      [name, value === null || field.judge === undefined ? value : field.judge(value as never, limits)],
    ] as const;
  });
  return Object.fromEntries(entries);
}

/** The fields that a call knows. `null` counts as absent, as it does for the service's optional fields. */
function known(
  json: NonNullable<JsonBody>,
  fields: Fields,
  { strict, warn }: Validation,
): Readonly<Record<string, unknown>> {
  const given = Object.entries(json).filter(([name, value]) => {
    if (Object.hasOwn(fields, name)) return value !== null;
    if (strict) throw refusal("AS.0022");
    warn(`the field ${JSON.stringify(name.slice(0, 100))} is not known, and ignored`);
    return false;
  });
  for (const [name, value] of given) {
    if (!fits[fields[name]?.type ?? "string"](value)) throw refusal("AS.0022");
  }
  return Object.fromEntries(given);
}

const fits: Readonly<Record<Field<unknown>["type"], (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === "boolean",
  array: Array.isArray,
  object: (value) => typeof value === "object" && !Array.isArray(value),
};
