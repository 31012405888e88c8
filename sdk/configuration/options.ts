import { ConfigurationError } from "../errors/errors";

/** The values that an option which is a number can have. */
interface Range {
  readonly least: number;
  readonly most: number;
  readonly isWhole?: boolean;
  /** " of milliseconds", or nothing. */
  readonly unit: string;
}

/** What a timer can wait: Node.js turns more than a signed 32-bit number into 1 ms. */
export const milliseconds: Range = { least: 1, most: 2 ** 31 - 1, unit: " of milliseconds" };
export const retries: Range = { least: 0, most: 999, isWhole: true, unit: " of retries" };
export const limit: Range = { least: 1, most: 2 ** 31 - 1, isWhole: true, unit: "" };

/** `timeouts.call NaN is not a number of milliseconds from 1 to 2147483647`, or `undefined` when nothing is wrong. */
export function numberProblem(name: string, value: unknown, range: Range): string | undefined {
  const isNumber = typeof value === "number" && value >= range.least && value <= range.most;
  if (isNumber && (!range.isWhole || Number.isInteger(value))) return undefined;
  const shown = typeof value === "number" ? value : JSON.stringify(value);
  const kind = range.isWhole ? "a whole number" : "a number";
  return `${name} ${shown} is not ${kind}${range.unit} from ${range.least} to ${range.most}`;
}

/** The numbers of a group of options; `undefined` keeps a default. */
export function numbersOf<T extends { readonly [Name in keyof T]: number }>(
  group: string,
  given: { readonly [Name in keyof T]?: number | undefined } | undefined,
  defaults: T,
  range: Range,
): T {
  const numbers = { ...defaults };
  for (const name of Object.keys(defaults) as (keyof T & string)[]) {
    numbers[name] = numberOf(`${group}.${name}`, given?.[name], defaults[name], range) as T[typeof name];
  }
  return numbers;
}

/**
 * The number of an option; `undefined` keeps the default.
 *
 * @throws ConfigurationError that names the option
 */
export function numberOf(name: string, given: number | undefined, fallback: number, range: Range): number {
  const problem = given === undefined ? undefined : numberProblem(name, given, range);
  if (problem !== undefined)
    throw new ConfigurationError(`making the client: ${problem}`, { operation: "client" });
  return given ?? fallback;
}
