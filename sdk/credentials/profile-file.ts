import { wholePair } from "./access-key-pair";
import { concealed } from "./concealed";
import { type CredentialsFile, credentialsFile, readCredentialsFile } from "./files";
import type { Finding } from "./finding";
import { parseIni } from "./ini";

/** Where the profile file of the vendor's SDKs is. */
export function profileFile(environment: NodeJS.ProcessEnv): CredentialsFile {
  return credentialsFile(environment, "HUAWEICLOUD_SDK_CREDENTIALS_FILE", ".huaweicloud", "credentials");
}

/**
 * Looks in the profile file of the vendor's SDKs: `ak`, `sk`, `security_token` and `project_id` in its section
 * `[basic]`. Its other keys mean nothing here: `domain_id` and the section `[global]` are for account-wide services.
 *
 * @throws Error when the file can't be read or parsed, or has half a pair; its contents are never quoted
 */
export async function findInProfileFile(path: string, signal: AbortSignal): Promise<Finding> {
  const text = await readCredentialsFile(path, signal);
  if (text === undefined) return { nothing: `${path}: no such file` };
  const basic = sectionsOf(path, text).get("basic");
  if (basic === undefined) return { nothing: `${path}: it has no section [basic]` };
  const field = (name: string) => ({ name, value: basic.get(name) });
  const pair = wholePair(`${path}, section [basic],`, {
    accessKey: field("ak"),
    secretKey: field("sk"),
    securityToken: field("security_token"),
  });
  if (pair !== undefined) {
    return {
      credentials: concealed({ ...pair, source: path, projectId: basic.get("project_id") || undefined }),
    };
  }
  const why = basic.has("idp_id")
    ? "signs in through an identity provider (idp_id), which is not supported"
    : "has no ak and sk";
  return { nothing: `${path}: section [basic] ${why}` };
}

function sectionsOf(path: string, text: string) {
  try {
    return parseIni(text);
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
