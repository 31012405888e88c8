import { refusal } from "./refusals";

/** What a JSON request says: an object, or `null`. */
export type JsonBody = Readonly<Record<string, unknown>> | null;

/** Reads a request's body. @throws Refusal AS.0002 without one, AS.0022 when it is not a JSON object or null */
export function jsonBody(body: Buffer): JsonBody {
  const json = parsed(body);
  if (typeof json !== "object" || Array.isArray(json)) throw refusal("AS.0022");
  return json as JsonBody;
}

/**
 * Reads the fields that a call knows. `null` counts as absent, as it does for the service's optional fields.
 *
 * @throws Refusal AS.0022 for a field that the call doesn't know, and for a value of another type
 */
export function fieldsOf<Types extends Readonly<Record<string, "string" | "integer">>>(
  json: Readonly<Record<string, unknown>>,
  types: Types,
): FieldsOf<Types> {
  const given = Object.entries(json).filter(([name, value]) => {
    if (!Object.hasOwn(types, name)) throw refusal("AS.0022");
    return value !== null;
  });
  for (const [name, value] of given) {
    const fits = types[name] === "integer" ? Number.isInteger(value) : typeof value === "string";
    if (!fits) throw refusal("AS.0022");
  }
  return Object.fromEntries(given) as FieldsOf<Types>;
}

type FieldsOf<Types> = {
  readonly [Name in keyof Types]?: Types[Name] extends "integer" ? number : string;
};

function parsed(body: Buffer): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    throw refusal("AS.0022");
  }
  if (text.trim() === "") throw refusal("AS.0002");
  try {
    return JSON.parse(text);
  } catch {
    throw refusal("AS.0022");
  }
}
