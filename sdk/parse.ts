import * as z from "zod/mini";

/** zod/mini has no messages; they are passed with each parse, so that the user's own zod is left alone. */
const { localeError: error } = z.locales.en();

/** Parses a value by a schema; problems are told in English. */
export function parse<Output>(schema: z.ZodMiniType<Output>, value: unknown) {
  return schema.safeParse(value, { error });
}
