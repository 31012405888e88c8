import { endpointProblem } from "../endpoints";
import { wholePair } from "./access-key-pair";
import { concealed } from "./concealed";
import { type CredentialsFile, credentialsFile, readCredentialsFile } from "./files";
import type { Finding } from "./finding";
import { type IniSection, readIniSection } from "./ini";

/** Where the profile file of the vendor's SDKs is. */
export function profileFile(environment: NodeJS.ProcessEnv): CredentialsFile {
  return credentialsFile(environment, "HUAWEICLOUD_SDK_CREDENTIALS_FILE", ".huaweicloud", "credentials");
}

/**
 * Looks in the profile file of the vendor's SDKs: `ak`, `sk`, `security_token`, `project_id` and `iam_endpoint` in its
 * section `[basic]`. `domain_id` and the section `[global]` are for account-wide services, and mean nothing here.
 *
 * @throws Error when the file can't be read or parsed, or has half a pair; its contents are never quoted
 */
export async function findInProfileFile(path: string, signal: AbortSignal): Promise<Finding> {
  const text = await readCredentialsFile(path, signal);
  if (text === undefined) return { nothing: `${path}: no such file` };
  const basic = sectionOf(path, text);
  if (basic === undefined) return { nothing: `${path}: it has no section [basic]` };
  const place = `${path}, section [basic],`;
  if (basic.get("idp_id") && basic.get("id_token_file")) {
    throw new Error(`${place} signs in through an identity provider (idp_id), which is not supported`);
  }
  const field = (name: string) => ({ name, value: basic.get(name) });
  const pair = wholePair(place, {
    accessKey: field("ak"),
    secretKey: field("sk"),
    securityToken: field("security_token"),
  });
  if (pair === undefined) return { nothing: `${path}: section [basic] has no ak and sk` };
  const iamEndpoint = basic.get("iam_endpoint") || undefined;
  if (iamEndpoint !== undefined && endpointProblem("", iamEndpoint) !== undefined) {
    throw new Error(`${place} iam_endpoint is not the https address of a service`);
  }
  const projectId = basic.get("project_id") || undefined;
  return { credentials: concealed({ ...pair, source: path, projectId, iamEndpoint }) };
}

function sectionOf(path: string, text: string): IniSection | undefined {
  try {
    return readIniSection(text, "basic");
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
