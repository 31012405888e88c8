/** What stands where a secret was. */
export const redacted = "[redacted]";

/** A shorter secret stands in a text by accident more often than not; where a value is named, it is not shown anyhow. */
const shortest = 4;
/** A secret of fewer characters is redacted only where it stands by itself: it may be a part of other words. */
const longEnough = 8;

/** A text without the given secrets, in any form in which a URL, a form, JSON or HTML would carry them. */
export function redact(text: string, secrets: Iterable<string | undefined>): string {
  const forms = new Set([...secrets].flatMap(formsOf));
  // The longest first: a secret that is part of another must not take a piece out of it.
  return [...forms]
    .sort((a, b) => b.length - a.length)
    .reduce(
      (clean, form) => clean.replaceAll(form.length < longEnough ? alone(form) : form, () => redacted),
      text,
    );
}

/** A text that no letter and no digit continues. */
function alone(text: string): RegExp {
  const escaped = text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  return new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, "gu");
}

function formsOf(secret: string | undefined): string[] {
  if (secret === undefined || secret.length < shortest) return [];
  const json = JSON.stringify(secret).slice(1, -1);
  const uri = encodeURIComponent(secret.toWellFormed());
  const strictUri = uri.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
  // Some JSON is written with \/ for /, and hexadecimal digits are written in either case.
  return [secret, json, json.replaceAll("/", "\\/"), uri, strictUri, html(secret)].flatMap((form) => [
    form,
    form.replace(/%[0-9a-f]{2}/gi, (code) => code.toLowerCase()),
    form.replace(/%[0-9a-f]{2}/gi, (code) => code.toUpperCase()),
  ]);
}

function html(secret: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return secret.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
