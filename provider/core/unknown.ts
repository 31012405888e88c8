/** A value that is not known yet, as during a preview: it may stand for any property. */
export const unknown: unique symbol = Symbol("unknown");
export type Unknown = typeof unknown;
