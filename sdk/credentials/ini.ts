/** The sections of an INI file, with the values of each by lower-case key. */
export type IniSections = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Reads an INI file as the vendor's SDKs do: `[section]` lines, `key = value` or `key: value` lines, and comments that
 * begin with `#` or `;` and have a line of their own (such a character within a value belongs to it). Values are
 * taken as they stand: no quotes, no interpolation, no continuation lines.
 *
 * @throws Error with the number of a line that is none of these; never with its text, which may be a secret
 */
export function parseIni(text: string): IniSections {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  for (const [index, rawLine] of text.split(/\r\n?|\n/).entries()) {
    // String.trim takes off a byte order mark, too.
    const line = rawLine.trim();
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;
    const name = /^\[([^\]]*)\]$/.exec(line)?.[1]?.trim();
    if (name !== undefined) {
      section = sections.get(name) ?? new Map();
      sections.set(name, section);
      continue;
    }
    const [, key, value] = /^([^=:]*?)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (!key || value === undefined) throw new Error(`line ${index + 1} is not of the form key = value`);
    if (section === undefined) throw new Error(`line ${index + 1} stands before the first [section]`);
    if (section.has(key.toLowerCase())) throw new Error(`line ${index + 1} sets a key for the second time`);
    section.set(key.toLowerCase(), value);
  }
  return sections;
}
