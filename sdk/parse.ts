import * as z from "zod/mini";

/** The small zod has no words for what is wrong until it is given some; given here, nobody else's zod is changed. */
const { localeError: error } = z.locales.en();

/** What a schema makes of a value, or what is wrong with it, in English. */
export function parse<Output>(schema: z.ZodMiniType<Output>, value: unknown) {
  return schema.safeParse(value, { error });
}
