import { isDeepStrictEqual } from "node:util";
import { forbiddenMetadataCharacters, specificationLimits } from "../api/limits";

/** A value that JSON has. */
export type MetadataValue =
  | string
  | number
  | boolean
  | null
  | readonly MetadataValue[]
  | { readonly [name: string]: MetadataValue };

/** What a hook tells its handler, besides which instance hangs. */
export type HookMetadata = { readonly [name: string]: MetadataValue };

/**
 * Writes an object as a hook's `notificationMetadata`: JSON in which the characters that the service forbids are
 * escaped. Where it is called in a Pulumi program, its error ends the preview.
 *
 * @throws RangeError that tells the length, if it has more than 256 characters
 * @throws TypeError for what JSON can't give back as it was, such as `undefined` and dates
 * @example
 * new LifecycleHook("drain", { notificationMetadata: hookMetadata({ port: 8080, grace: 30 }), ... });
 */
export function hookMetadata(metadata: HookMetadata): string {
  const json = JSON.stringify(metadata);
  if (json === undefined || !json.startsWith("{") || !isDeepStrictEqual(JSON.parse(json), metadata)) {
    throw new TypeError(
      "hookMetadata: the object would not be read back as it is: use plain objects, lists, strings, finite numbers, true, false and null",
    );
  }
  // All of them can only be within strings.
  const text = forbiddenMetadataCharacters.reduce(
    (escaped, character) =>
      escaped.replaceAll(character, `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`),
    json,
  );
  const { maxMetadataLength } = specificationLimits;
  const { length } = [...text];
  if (length <= maxMetadataLength) return text;
  throw new RangeError(
    `hookMetadata: the object takes ${length} characters, and a hook's metadata can have ${maxMetadataLength}: shorten names and values, or name a place where the rest is`,
  );
}

/** Reads what `hookMetadata` wrote; the text itself where it is no object in JSON, `undefined` where there is none. */
export function readHookMetadata(text: string | undefined): HookMetadata | string | undefined {
  if (text === undefined || text === "") return undefined;
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null && !Array.isArray(json) ? (json as HookMetadata) : text;
  } catch {
    return text;
  }
}
