import { unknown } from "./core/unknown";

/**
 * What crosses the line between the dynamic-provider host and this package.
 */

/** How the host writes a value that is not known yet, whatever its type (`@pulumi/pulumi/runtime/rpc`). */
const unknownSentinel = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What the host gave, with a typed value for what is not known yet, and without the provider's own text. */
export function decode(properties: unknown): Record<string, unknown> {
  const { __provider, ...rest } = (properties ?? {}) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key, containsUnknown(value) ? unknown : value]),
  );
}

/** What the host may have: the unknown as it writes it, and no `undefined`, which fails a deployment. */
export function encode(properties: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, value === unknown ? unknownSentinel : value]),
  );
}

/** A list or an object with an unknown part is not known either. */
function containsUnknown(value: unknown): boolean {
  if (value === unknownSentinel) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(containsUnknown);
}
