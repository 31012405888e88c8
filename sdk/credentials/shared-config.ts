import * as z from "zod/mini";
import { wholePair } from "./access-key-pair";
import { concealed } from "./concealed";
import { type CredentialsFile, credentialsFile, readCredentialsFile } from "./files";
import type { Finding } from "./finding";

/** Which profile of which file. */
export interface SharedConfig extends CredentialsFile {
  /** The profile that the user names; without it the file's current one is meant. */
  readonly profile: string | undefined;
  /** The variable by which the user asks for it. */
  readonly askedBy: string;
}

/** Where the configuration of the vendor's command line (KooCLI, `hcloud`) is. Naming a profile asks for the file. */
export function sharedConfigFile(environment: NodeJS.ProcessEnv): SharedConfig {
  const file = credentialsFile(environment, "HW_SHARED_CONFIG_FILE", ".hcloud", "config.json");
  const profile = environment.HW_PROFILE || undefined;
  const askedBy = profile === undefined ? "HW_SHARED_CONFIG_FILE" : "HW_PROFILE";
  return { path: file.path, named: file.named || profile !== undefined, profile, askedBy };
}

const text = z.nullish(z.string());
const pair = { accessKeyId: text, secretAccessKey: text, securityToken: text };
const profileSchema = z.looseObject({
  name: z.string(),
  mode: text,
  ...pair,
  region: text,
  projectId: text,
  ssoAuth: z.nullish(z.looseObject({ stsToken: z.nullish(z.looseObject(pair)) })),
});
const configSchema = z.looseObject({
  /** KooCLI writes a boolean as a string. */
  authEncrypt: z.nullish(z.union([z.string(), z.boolean()])),
  current: text,
  profiles: z.nullish(z.array(profileSchema)),
});
type Profile = z.output<typeof profileSchema>;

/**
 * Looks in the configuration of KooCLI: in the given profile or else the current one, of mode AKSK or SSO. The
 * profile's project counts only in the profile's region. Files that KooCLI has encrypted, as it does unless told
 * otherwise, can't be used.
 *
 * @throws Error when the file can't be read or its profile has half a pair; its contents are never quoted
 */
export async function findInSharedConfig(
  { path, profile: wanted }: SharedConfig,
  region: string | undefined,
  signal: AbortSignal,
): Promise<Finding> {
  const content = await readCredentialsFile(path, signal);
  if (content === undefined) return { nothing: `${path}: no such file` };
  const config = configSchema.safeParse(parseJson(content));
  if (!config.success) {
    const where = config.error.issues.map((issue) => issue.path.join(".") || "the whole");
    return { nothing: `${path}: it is not a configuration of KooCLI (${where.join(", ")})` };
  }
  if (String(config.data.authEncrypt).toLowerCase() === "true") return { nothing: encrypted(path) };
  const name = wanted ?? config.data.current ?? undefined;
  const profiles = config.data.profiles ?? [];
  const profile = profiles.find((one) => one.name === name);
  if (profile === undefined) {
    const names = profiles.map((one) => JSON.stringify(one.name)).join(", ");
    const which = name === undefined ? "current profile" : `profile ${JSON.stringify(name)}`;
    const others = names === "" ? "nor any other" : `but ${names}: name one of them in HW_PROFILE`;
    return { nothing: `${path}: it has no ${which}, ${others}` };
  }
  return findInProfile(path, profile, config.data.authEncrypt ?? undefined, region);
}

function findInProfile(
  path: string,
  profile: Profile,
  authEncrypt: string | boolean | undefined,
  region: string | undefined,
): Finding {
  const place = `${path}, profile ${JSON.stringify(profile.name)},`;
  const mode = profile.mode || "AKSK";
  const isSso = mode.toUpperCase() === "SSO";
  if (!isSso && mode.toUpperCase() !== "AKSK") {
    return {
      nothing: `${place} signs in by ${JSON.stringify(mode)}, which is not supported: AKSK and SSO are`,
    };
  }
  const keys = isSso ? profile.ssoAuth?.stsToken : profile;
  const fields = wholePair(place, {
    accessKey: { name: "accessKeyId", value: keys?.accessKeyId ?? undefined },
    secretKey: { name: "secretAccessKey", value: keys?.secretAccessKey ?? undefined },
    securityToken: { name: "securityToken", value: keys?.securityToken ?? undefined },
  });
  if (fields === undefined) {
    const remedy = isSso ? "sign in with hcloud configure sso" : "set them with hcloud configure set";
    return { nothing: `${place} has no keys: ${remedy}` };
  }
  // Versions of KooCLI before the flag always encrypted. An access key is 20 letters and digits, or not many more;
  // encrypted it is longer, or has other characters.
  if (authEncrypt === undefined && !/^[0-9A-Za-z_-]{1,40}$/.test(fields.accessKey)) {
    return { nothing: encrypted(path) };
  }
  const isElsewhere = region !== undefined && Boolean(profile.region) && profile.region !== region;
  const projectId = isElsewhere ? undefined : profile.projectId || undefined;
  return { credentials: concealed({ ...fields, source: place.slice(0, -1), projectId }) };
}

function encrypted(path: string): string {
  return `${path}: KooCLI has encrypted it; have the keys stored in clear with hcloud configure set --cli-auth-encrypt=false, or set HW_ACCESS_KEY and HW_SECRET_KEY`;
}

/** `undefined` when it is no JSON. The parser's own message is of no use: it quotes the text. */
function parseJson(content: string): unknown {
  try {
    return JSON.parse(content.replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
}
