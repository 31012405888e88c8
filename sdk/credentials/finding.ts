import type { Credentials } from "./credentials";

/** What came of looking in one place: credentials, or why there are none, as a phrase that begins with the place. */
export type Finding = { readonly credentials: Credentials } | { readonly nothing: string };

/**
 * The credentials of a place that was asked for; going on to another would sign in somebody else.
 *
 * @param asked what asked for it, when that is not the program itself
 */
export function needed(finding: Finding, asked?: string): Credentials {
  if ("credentials" in finding) return finding.credentials;
  throw new Error(asked === undefined ? finding.nothing : `${finding.nothing} (${asked} asks for it)`);
}
