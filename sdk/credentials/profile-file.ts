import { endpointProblem } from "../configuration/endpoints";
import { allOrNone, concealed, type SourceResult, wholePair } from "./credentials";
import type { OidcSignIn } from "./environment";
import { type CredentialsFile, credentialsFile, readCredentialsFile } from "./files";

/** Where the profile file of the vendor's SDKs is. */
export function profileFile(environment: NodeJS.ProcessEnv): CredentialsFile {
  return credentialsFile(environment, "HUAWEICLOUD_SDK_CREDENTIALS_FILE", ".huaweicloud", "credentials");
}

/**
 * Looks in the profile file of the vendor's SDKs: `ak`, `sk`, `security_token`, `project_id` and `iam_endpoint` in its
 * section `[basic]`. With `idp_id` and `id_token_file` it signs in through IAM, as the SDKs do, and the pair beside them
 * is not used. `domain_id` and the section `[global]` are for account-wide services, and mean nothing here.
 *
 * @throws Error when the file can't be read or parsed, or has half a pair; its contents are never quoted
 */
export async function findInProfileFile(
  path: string,
  signIn: OidcSignIn,
  signal: AbortSignal,
): Promise<SourceResult> {
  const text = await readCredentialsFile(path, signal);
  if (text === undefined) return { nothing: `${path}: no such file` };
  const basic = sectionOf(path, text);
  if (basic === undefined) return { nothing: `${path}: it has no section [basic]` };
  const place = `${path}, section [basic],`;
  const field = (name: string) => ({ name, value: basic.get(name) });
  const [idpId, file] = allOrNone(place, [field("idp_id"), field("id_token_file")]) ?? [];
  const pair = wholePair(place, {
    accessKey: field("ak"),
    secretKey: field("sk"),
    securityToken: field("security_token"),
  });
  const iamEndpoint = basic.get("iam_endpoint") || undefined;
  if (iamEndpoint !== undefined && endpointProblem("", iamEndpoint) !== undefined) {
    throw new Error(`${place} iam_endpoint is not the https address of a service`);
  }
  const projectId = basic.get("project_id") || undefined;
  if (idpId !== undefined && file !== undefined) {
    const idToken = { file, namedBy: `id_token_file of ${path}` };
    const credentials = await signIn({ service: "iam", idpId, idToken }, iamEndpoint);
    return { credentials: concealed({ ...credentials, projectId, iamEndpoint }) };
  }
  if (pair === undefined) return { nothing: `${path}: section [basic] has neither ak and sk nor idp_id` };
  return { credentials: concealed({ ...pair, source: path, projectId, iamEndpoint }) };
}

function sectionOf(path: string, text: string): IniSection | undefined {
  try {
    return readIniSection(text, "basic");
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * Reads one section of an INI file as Python's `configparser` does, with which the vendor's SDK reads its profile file.
 * The time grows with the length of the text.
 */

/** The values of a section by lower-case key. */
export type IniSection = ReadonlyMap<string, string>;

interface Value {
  readonly lines: string[];
  /** The line on which it begins, for messages. */
  readonly line: number;
}

/** Its values stand in for keys that another section lacks. */
const defaultSection = "DEFAULT";
/** How many values may refer to each other in a row (Python's limit). */
const deepestReference = 10;
/** The most characters of a value, which references could multiply. */
const longestValue = 65_536;

/**
 * The values of a section, those of `[DEFAULT]` included; `undefined` when there is no such section.
 *
 * - `[section]` lines; what follows the last `]` is ignored. A section, or a key in one, that comes twice is an error.
 * - `key = value` and `key: value` lines; a line that is indented deeper continues the value before it, and so does an
 *   empty line between the two.
 * - Comments begin with `#` or `;` and have a line of their own; within a value such a character belongs to it.
 * - In a value `%%` stands for `%`, and `%(key)s` for the value of another key.
 *
 * @throws Error with the number of a line that is none of these; never with its text, which may be a secret
 */
export function readIniSection(text: string, name: string): IniSection | undefined {
  const sections = parse(text);
  const section = sections.get(name);
  if (section === undefined) return undefined;
  return interpolate(new Map([...(sections.get(defaultSection) ?? []), ...section]));
}

function parse(text: string): Map<string, Map<string, Value>> {
  const sections = new Map<string, Map<string, Value>>();
  let section: Map<string, Value> | undefined;
  let value: Value | undefined;
  let indentation = 0;
  // Some editors begin a file with a byte order mark.
  for (const [index, rawLine] of text
    .replace(/^\uFEFF/, "")
    .split(/\r\n?|\n/)
    .entries()) {
    const content = rawLine.trim();
    if (content.startsWith("#") || content.startsWith(";")) continue;
    if (content === "") {
      value?.lines.push("");
      continue;
    }
    const indented = rawLine.length - rawLine.trimStart().length;
    if (value !== undefined && indented > indentation) {
      value.lines.push(content);
      continue;
    }
    indentation = indented;
    const line = index + 1;
    const end = content.startsWith("[") ? content.lastIndexOf("]") : -1;
    if (end > 1) {
      section = openSection(sections, content.slice(1, end), line);
      value = undefined;
      continue;
    }
    if (section === undefined) throw new Error(`line ${line} stands before the first [section]`);
    const separator = content.search(/[=:]/);
    if (separator < 1) throw new Error(`line ${line} is not of the form key = value`);
    const key = content.slice(0, separator).trimEnd().toLowerCase();
    if (section.has(key)) throw new Error(`line ${line} sets a key for the second time`);
    value = { lines: [content.slice(separator + 1).trim()], line };
    section.set(key, value);
  }
  return sections;
}

function openSection(sections: Map<string, Map<string, Value>>, name: string, line: number) {
  const known = sections.get(name);
  if (known !== undefined && name !== defaultSection) {
    throw new Error(`line ${line} begins a section for the second time`);
  }
  const section = known ?? new Map<string, Value>();
  sections.set(name, section);
  return section;
}

function interpolate(values: ReadonlyMap<string, Value>): IniSection {
  const expanded = new Map<string, string>();
  const expand = (key: string, value: Value, depth: number): string => {
    const known = expanded.get(key);
    if (known !== undefined) return known;
    const text = value.lines.join("\n").trimEnd();
    if (depth > deepestReference && text.includes("%")) {
      throw new Error(`line ${value.line} refers to too many keys in a row, or to itself`);
    }
    let result = "";
    let from = 0;
    for (let at = text.indexOf("%"); at >= 0; at = text.indexOf("%", from)) {
      result += text.slice(from, at);
      if (text[at + 1] === "%") {
        result += "%";
        from = at + 2;
      } else {
        const end = text[at + 1] === "(" ? text.indexOf(")s", at + 3) : -1;
        const name = text.slice(at + 2, end).toLowerCase();
        const other = end < 0 || name.includes(")") ? undefined : values.get(name);
        if (other === undefined) {
          throw new Error(
            `line ${value.line} has a % that belongs to no %(key)s: write %% for a percent sign`,
          );
        }
        result += expand(name, other, depth + 1);
        from = end + 2;
      }
      if (result.length > longestValue) throw new Error(`line ${value.line} has a value that is too long`);
    }
    result += text.slice(from);
    expanded.set(key, result);
    return result;
  };
  return new Map([...values].map(([key, value]) => [key, expand(key, value, 1)]));
}
