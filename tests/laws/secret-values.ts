import type { Properties } from "../support/host";
import { encrypted } from "./driver";

/** Secrets as the engine writes them on the wire and in an exported state, and as it marks them again. */
const key = "4dabf18193072939515e22adb298388d";
const signature = "1b47061264138c4ac30d75fd1eb44270";

interface Secret {
  /** On the wire. */
  readonly value?: unknown;
  /** In an exported state. */
  readonly plaintext?: string;
  /** In a state as it is written. */
  readonly ciphertext?: string;
}

export function isSecret(value: unknown): value is Secret {
  return typeof value === "object" && value !== null && (value as Properties)[key] === signature;
}

/** All values in clear, as the engine hands them to a dynamic provider. */
export function revealed(properties: Readonly<Properties> = {}): Properties {
  return mapValues(properties, (value) => {
    if (!isSecret(value)) return value;
    if (value.ciphertext !== undefined) return encrypted;
    return value.plaintext === undefined ? value.value : JSON.parse(value.plaintext);
  });
}

/** Some values as secrets, besides those that are marked. */
export function marked(properties: Properties, names: readonly string[]): Properties {
  return mapValues(properties, (value, name) =>
    names.includes(name) && !isSecret(value) ? { [key]: signature, value } : value,
  );
}

/** The names of the values that are marked. */
export function secretNames(properties: Readonly<Properties>): string[] {
  return Object.keys(properties).filter((name) => isSecret(properties[name]));
}

function mapValues(
  properties: Readonly<Properties>,
  map: (value: unknown, name: string) => unknown,
): Properties {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, map(value, name)]));
}
