import type * as z from "zod/mini";
import type { CallDescription } from "../calls/operations";
import { parse } from "../calls/response";
import { InvalidInputError } from "../errors/errors";
import { hookInputs } from "./hook-fields";
import { describeProblem, nearest, type Problem } from "./rules";

/** The validated input, as the wire wants it; else an error that names every problem, and nothing was sent. */
export function validate<Output>(
  schema: z.ZodMiniType<Output>,
  input: unknown,
  about: CallDescription & { readonly property?: string },
): Output {
  const parsed = parse(schema, input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap((issue) => problemsOf(issue, input, about.property));
  throw new InvalidInputError(`${about.doing}: ${problems.join("; ")}`, {
    operation: about.operation,
    problems,
  });
}

/** The same of an update, which must change something: what the service makes of an empty one is documented nowhere. */
export function validateChanges<Output extends object>(
  schema: z.ZodMiniType<Output>,
  changes: unknown,
  about: CallDescription,
): Output {
  const body = validate(schema, changes, about);
  if (Object.keys(body).length > 0) return body;
  const problem = "there is nothing to change: give at least one field";
  throw new InvalidInputError(`${about.doing}: ${problem}`, {
    operation: about.operation,
    problems: [problem],
  });
}

function problemsOf(issue: z.core.$ZodIssue, input: unknown, property?: string): string[] {
  const path = issue.path.map(String);
  const name = path.join(".") || property || "the input";
  if (issue.code === "unrecognized_keys") return issue.keys.map(unknownProperty);
  if (issue.code === "custom") {
    const value = path.reduce<unknown>((object, key) => (object as Record<string, unknown>)[key], input);
    return [describeProblem(name, value, issue.params?.problem as Problem, isFreeText(name))];
  }
  return [`${name}: ${issue.message}`];
}

/** Metadata is free text, and may hold a secret. */
function isFreeText(property: string): boolean {
  return hookInputs.some(([name, { freeText }]) => name === property && freeText);
}

function unknownProperty(key: string): string {
  const meant = nearest(
    key,
    hookInputs.map(([name]) => name),
  );
  return `${key} is not a property${meant === undefined ? "" : `; did you mean ${meant}?`}`;
}
