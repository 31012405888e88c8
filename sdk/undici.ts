import type * as Undici from "undici";

/**
 * undici, less what is not used of it: its web APIs, mocks and caches take three times as long to load as the rest,
 * and every `pulumi up` would wait for them. Where a file lies is no promise of undici's; when one has moved, all of
 * it is loaded.
 */
export function loadPool(): typeof Undici.Pool {
  try {
    return require("undici/lib/dispatcher/pool.js");
  } catch {
    return loadUndici().Pool;
  }
}

/** All of it, for what few need. */
export function loadUndici(): typeof Undici {
  return require("undici");
}
