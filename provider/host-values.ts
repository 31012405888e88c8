import { type HiddenInputs, unknown } from "./core/properties";

/**
 * What crosses the line between the dynamic-provider host and this package.
 */

/** How the host writes a value that is not known yet, whatever its type (`@pulumi/pulumi/runtime/rpc`). */
const unknownSentinel = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What the host gave, with a typed value for what is not known yet, and without the provider's own text. */
export function decode(properties: unknown): Record<string, unknown> {
  const decoded: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (key !== "__provider") decoded[key] = containsUnknown(value) ? unknown : value;
  }
  return decoded;
}

/** What the host may have: the unknown as it writes it, and no `undefined`, which fails a deployment. */
export function encode(properties: object): Record<string, unknown> {
  const encoded: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(properties)) {
    if (value !== undefined) encoded[key] = value === unknown ? unknownSentinel : value;
  }
  return encoded;
}

/** How the engine writes a secret (`@pulumi/pulumi/runtime/rpc`). */
const secretSignature = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

/**
 * The same of what the state is to keep, with the secrets marked. The engine itself marks again only what has the
 * name of an input that is secret now: not the value that an update was to remove, nor the topic's name, which is
 * a part of its URN.
 */
export function encodeState(
  properties: HiddenInputs,
  ...before: readonly HiddenInputs[]
): Record<string, unknown> {
  const encoded = encode(properties);
  const secrets = new Set([properties, ...before].flatMap(({ __secrets }) => __secrets ?? []));
  if (secrets.has("notificationTopicUrn")) secrets.add("notificationTopicName");
  for (const key of secrets) {
    if (Object.hasOwn(encoded, key)) encoded[key] = { ...secretSignature, value: encoded[key] };
  }
  return encoded;
}

/** A list or an object with an unknown part is not known either. */
function containsUnknown(value: unknown): boolean {
  if (value === unknownSentinel) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(containsUnknown);
}
