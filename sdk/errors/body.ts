/** What an error answer says, whichever of the platform's services or proxies sent it. */
export interface ErrorBody {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly requestId?: string | undefined;
}

/** Longer texts, such as a proxy's page, are cut. */
const maxMessageLength = 300;
/** A longer body, in characters, is none of the platform's error bodies, and is not read at all. */
const maxBodyLength = 64 * 1024;

/**
 * Reads an error's body, whatever its shape:
 * - AS: `{"error":{"code","message"}}`; Keystone the same, with a number for the code
 * - AS, gateway, IAM, STS: `{"error_code","error_msg","request_id"}`
 * - SMN: `{"code","message","request_id"}`
 * - a proxy's HTML, nothing at all, or JSON that was cut short
 *
 * Any of it may repeat the request, so `hide` takes the secrets out: of the whole texts, before they are cut or
 * stripped of tags, since part of a secret would not be found any more.
 */
export function readErrorBody(body: string, hide: (text: string) => string): ErrorBody {
  const text = (value: unknown) =>
    typeof value === "string" && value !== "" ? shortened(hide(value)) : undefined;
  if (body.length > maxBodyLength) return {};
  const json = parse(body);
  if (json === undefined) return { message: plainText(hide(body)) };
  const nested = isRecord(json.error) ? json.error : json;
  const code = nested.error_code ?? nested.errorCode ?? nested.code;
  return {
    // Keystone's number repeats the status and says nothing more.
    code: text(code),
    message: text(nested.error_msg ?? nested.errorMsg ?? nested.message ?? nested.title),
    requestId: text(json.request_id ?? nested.request_id),
  };
}

function parse(body: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(body);
    return isRecord(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A page's title says it best; else its text without the tags. In a time that grows with the length alone. */
function plainText(body: string): string | undefined {
  const words = (titleOf(body) ?? withoutTags(body)).replace(/\s+/g, " ").trim();
  return words === "" ? undefined : shortened(words);
}

function titleOf(page: string): string | undefined {
  const start = page.search(/<title\b/i);
  const begin = start < 0 ? -1 : page.indexOf(">", start);
  const end = begin < 0 ? -1 : page.indexOf("<", begin);
  return end < 0 ? undefined : page.slice(begin + 1, end);
}

function withoutTags(page: string): string {
  const [text = "", ...tags] = page.split("<");
  return text + tags.map((tag) => ` ${tag.slice(tag.indexOf(">") + 1)}`).join("");
}

function shortened(words: string): string {
  return words.length > maxMessageLength ? `${words.slice(0, maxMessageLength)}…` : words;
}
