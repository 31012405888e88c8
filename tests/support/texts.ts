import { format, inspect } from "node:util";

/** Everything that printing a value can show, in every usual way, hidden properties and causes included. */
export function everyTextOf(value: unknown): string {
  const texts = [
    inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true }),
    inspect(value),
    format("%s %o %O %j", value, value, value, value),
    `${value}`,
    String(JSON.stringify(value)),
  ];
  if (value instanceof Error) {
    const own = Object.getOwnPropertyNames(value).map((name) => Reflect.get(value, name));
    texts.push(value.message, String(value.stack), ...own.map(String));
    if (value.cause !== undefined) texts.push(everyTextOf(value.cause));
  }
  return texts.join("\n");
}
