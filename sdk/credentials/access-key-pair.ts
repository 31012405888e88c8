import type { AccessKeyPair } from "./credentials";

/** A field of a pair: its value, which may be missing or empty, and the name by which people know it. */
interface NamedField {
  readonly name: string;
  readonly value: string | undefined;
}

/** The three fields as one place has them. */
export interface PairFields {
  readonly accessKey: NamedField;
  readonly secretKey: NamedField;
  readonly securityToken: NamedField;
}

/**
 * The pair of one place; `undefined` when it has none of the three fields. Part of a pair is an Error: completing
 * it from elsewhere would mix two accounts, and passing it over would sign in somebody else. An empty value is a
 * missing one: there is no other way to unset a variable in some shells.
 */
export function wholePair(place: string, fields: PairFields): AccessKeyPair | undefined {
  const [accessKey, secretKey] = [fields.accessKey.value, fields.secretKey.value];
  const securityToken = fields.securityToken.value || undefined;
  if (accessKey && secretKey) return { accessKey, secretKey, securityToken };
  if (!accessKey && !secretKey && !securityToken) return undefined;
  const given = [fields.accessKey, fields.secretKey, fields.securityToken].find(({ value }) => value);
  const missing = [fields.accessKey, fields.secretKey].filter(({ value }) => !value);
  const names = missing.map(({ name }) => name).join(" and ");
  throw new Error(`${place} has ${given?.name} but not ${names}: set both, or neither`);
}
