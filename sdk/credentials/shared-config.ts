import { parseObject } from "../configuration/environment";
import { concealed, type SourceResult, wholePair } from "./credentials";
import { type CredentialsFile, credentialsFile, readCredentialsFile } from "./files";

/** Which profile of which file. */
export interface SharedConfig extends CredentialsFile {
  /** The profile that the user names; else it is the file's current one. */
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

/** A member of a JSON object, by type; the wrong ones note their paths, and count as missing. */
class JsonReader {
  readonly #object: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #wrong: string[];

  constructor(object: object, path: string, wrong: string[]) {
    this.#object = { ...object };
    this.#path = path;
    this.#wrong = wrong;
  }

  text(key: string): string | undefined {
    const value = this.#object[key] ?? undefined;
    if (value === undefined || typeof value === "string") return value;
    this.#wrong.push(this.#path + key);
    return undefined;
  }

  /** The object below a key, or each object of the list below it. */
  objects(key: string): JsonReader[] {
    const value = this.#object[key] ?? [];
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    return list.flatMap((one, index) => {
      const path = this.#path + (Array.isArray(value) ? `${key}.${index}` : key);
      if (typeof one === "object" && one !== null) return [new JsonReader(one, `${path}.`, this.#wrong)];
      this.#wrong.push(path);
      return [];
    });
  }
}

interface Profile {
  readonly name: string | undefined;
  readonly mode: string | undefined;
  readonly region: string | undefined;
  readonly projectId: string | undefined;
  readonly keys: ProfileKeys;
  /** Those of a session that was begun with `hcloud configure sso`. */
  readonly ssoKeys: ProfileKeys | undefined;
}

type ProfileKeys = ReturnType<typeof keysOf>;

function keysOf(reader: JsonReader) {
  return {
    accessKey: { name: "accessKeyId", value: reader.text("accessKeyId") },
    secretKey: { name: "secretAccessKey", value: reader.text("secretAccessKey") },
    securityToken: { name: "securityToken", value: reader.text("securityToken") },
  };
}

function profileOf(reader: JsonReader): Profile {
  const [session] = reader.objects("ssoAuth").flatMap((sso) => sso.objects("stsToken"));
  return {
    name: reader.text("name"),
    mode: reader.text("mode"),
    region: reader.text("region"),
    projectId: reader.text("projectId"),
    keys: keysOf(reader),
    ssoKeys: session && keysOf(session),
  };
}

/** What is of use in the file; its fields of a wrong type are listed. */
function parseConfig(content: string) {
  const json = parseObject(content.replace(/^\uFEFF/, ""));
  if (json === undefined) return { wrong: ["the whole"] };
  const wrong: string[] = [];
  const reader = new JsonReader(json, "", wrong);
  const current = reader.text("current");
  const profiles = reader.objects("profiles").map(profileOf);
  // KooCLI writes a boolean as a string.
  const { authEncrypt = null } = { ...json } as { authEncrypt?: unknown };
  const encrypted = authEncrypt === null ? undefined : String(authEncrypt).toLowerCase() === "true";
  return { wrong, current, profiles, encrypted };
}

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
): Promise<SourceResult> {
  const content = await readCredentialsFile(path, signal);
  if (content === undefined) return { nothing: `${path}: no such file` };
  const config = parseConfig(content);
  if (config.wrong.length > 0) {
    return { nothing: `${path}: it is not a configuration of KooCLI (${config.wrong.join(", ")})` };
  }
  if (config.encrypted) return { nothing: encrypted(path) };
  const name = wanted ?? config.current;
  const { profiles = [] } = config;
  const profile = profiles.find((one) => one.name === name);
  if (profile === undefined) {
    const names = profiles.map((one) => JSON.stringify(one.name)).join(", ");
    const which = name === undefined ? "current profile" : `profile ${JSON.stringify(name)}`;
    const others = names === "" ? "nor any other" : `but ${names}: name one of them in HW_PROFILE`;
    return { nothing: `${path}: it has no ${which}, ${others}` };
  }
  return findInProfile(path, profile, config.encrypted === undefined, region);
}

/** `mayBeEncrypted`: the file does not say. */
function findInProfile(
  path: string,
  profile: Profile,
  mayBeEncrypted: boolean,
  region: string | undefined,
): SourceResult {
  const place = `${path}, profile ${JSON.stringify(profile.name)},`;
  const mode = profile.mode || "AKSK";
  const isSso = mode.toUpperCase() === "SSO";
  if (!isSso && mode.toUpperCase() !== "AKSK") {
    return {
      nothing: `${place} signs in by ${JSON.stringify(mode)}, which is not supported: AKSK and SSO are`,
    };
  }
  const keys = isSso ? profile.ssoKeys : profile.keys;
  const pair = keys && wholePair(place, keys);
  if (pair === undefined) {
    const remedy = isSso ? "sign in with hcloud configure sso" : "set them with hcloud configure set";
    return { nothing: `${place} has no keys: ${remedy}` };
  }
  // Versions of KooCLI before the flag always encrypted. An access key is 20 letters and digits, or not many more;
  // encrypted it is longer, or has other characters.
  if (mayBeEncrypted && !/^[0-9A-Za-z_-]{1,40}$/.test(pair.accessKey)) return { nothing: encrypted(path) };
  const isElsewhere = region !== undefined && Boolean(profile.region) && profile.region !== region;
  const projectId = isElsewhere ? undefined : profile.projectId || undefined;
  return { credentials: concealed({ ...pair, source: place.slice(0, -1), projectId }) };
}

function encrypted(path: string): string {
  return `${path}: KooCLI has encrypted it; have the keys stored in clear with hcloud configure set --cli-auth-encrypt=false, or set HW_ACCESS_KEY and HW_SECRET_KEY`;
}
