/**
 * The limits of a lifecycle hook, as data.
 *
 * Source: the specification of the create call. Newer sites take shorter time-outs, and a schema of theirs allows names
 * of 64 characters; the specification wins, and the client's option `limits` replaces it.
 */
export interface LifecycleHookLimits {
  /** The most characters in a hook's name. */
  readonly maxNameLength: number;
  /** The shortest time-out, in seconds. */
  readonly minTimeout: number;
  /** The longest time-out, in seconds. */
  readonly maxTimeout: number;
  /** The most characters in the notification metadata. */
  readonly maxMetadataLength: number;
  /** The most hooks of a scaling group: the provider and the local API count them, the client does not. */
  readonly maxHooksPerGroup: number;
}

/** The limits of the specification: names of 1–32, time-outs of 300–86400 s, metadata of at most 256, 5 hooks a group. */
export const specificationLimits: LifecycleHookLimits = Object.freeze({
  maxNameLength: 32,
  minTimeout: 300,
  maxTimeout: 86_400,
  maxMetadataLength: 256,
  maxHooksPerGroup: 5,
});

/** The shortest time-out, in seconds, that newer sites document. */
export const newerMinTimeout = 60;

/** The time-out, in seconds, of a hook that names none (specification). */
export const defaultTimeoutSeconds = 3600;

/** What a hook's name may consist of (specification). */
export const namePattern = /^[0-9A-Za-z_-]+$/;

/** Characters that notification metadata must not contain (specification). */
export const forbiddenMetadataCharacters: readonly string[] = ["<", ">", "&", "'", "(", ")"];

/**
 * A hook of this name could be created and listed, but never read: the path of "show hook `list`" is that of
 * "list hooks".
 */
export const unaddressableName = "list";
