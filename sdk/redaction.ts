/** What stands where a secret was. */
export const redacted = "[redacted]";

/** A text without the given secrets, in any form in which a URL or JSON would carry them. */
export function redact(text: string, secrets: Iterable<string | undefined>): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret === undefined || secret === "") continue;
    for (const form of new Set([secret, JSON.stringify(secret).slice(1, -1), encoded(secret)])) {
      clean = clean.replaceAll(form, () => redacted);
    }
  }
  return clean;
}

function encoded(secret: string): string {
  return encodeURIComponent(secret.toWellFormed());
}
