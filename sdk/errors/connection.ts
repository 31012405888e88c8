import { proxyRefusal } from "../http/proxy";

/**
 * What keeps a response from coming: the errors of undici and of Node, told apart by their codes. Pure.
 */

/** The proxy did not make the tunnel: it hung up, or it refused. */
const noTunnel = ["UND_ERR_PRX_CONN", "UND_ERR_ABORTED"];
/** The certificate is not trusted, or not for this host. */
const certificateRefused =
  /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|INVALID_CA|ERR_TLS_CERT_ALTNAME)/;
/** The first thing that the other side says is no TLS. */
const notTls = "ERR_SSL_WRONG_VERSION_NUMBER";

/** Whether time ran out: for connecting, for the headers, between two parts of the body, or for the whole call. */
export function isTimeout(cause: unknown): boolean {
  const isLimit = cause instanceof Error && cause.name === "TimeoutError";
  return isLimit || /^UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT$/.test(codeOf(cause) ?? "");
}

/** Whether another try would end in the same way. */
export function isLasting(cause: unknown): boolean {
  const code = codeOf(cause) ?? "";
  return certificateRefused.test(code) || lasting.includes(code) || isRefusedByProxy(code, cause);
}

/** The proxy wants a password or forbids the host; its other refusals, such as 502, pass. */
function isRefusedByProxy(code: string, cause: unknown): boolean {
  if (!noTunnel.includes(code) || !(cause instanceof Error)) return false;
  const status = proxyRefusal(cause) ?? 0;
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

const lasting = [
  notTls,
  "UND_ERR_INVALID_ARG",
  "UND_ERR_CLOSED",
  "UND_ERR_DESTROYED",
  "UND_ERR_RES_EXCEEDED_MAX_SIZE",
];

/** The cause in words, with its code, and with what to do where the code alone does not tell. */
export function describeFailure(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = codeOf(cause);
  const text = told(code, cause) ?? messageOf(cause);
  return code === undefined || text.includes(code) ? text : `${text} (${code})`;
}

/** The same error, without what the other side has sent: that may repeat the request's headers, which sign. */
export function withoutData(cause: unknown): unknown {
  if (cause instanceof Error && "data" in cause) Reflect.deleteProperty(cause, "data");
  return cause;
}

function told(code: string | undefined, cause: Error): string | undefined {
  if (code === undefined) return undefined;
  if (noTunnel.includes(code) && proxyRefusal(cause) === 407)
    return "the proxy (HTTPS_PROXY) wants a user name and a password, or others than those in its URL (407): http://user:password@proxy.example.com:3128";
  if (noTunnel.includes(code))
    return `the proxy (HTTPS_PROXY) did not connect to the endpoint: ${cause.message}`;
  if (code === "UND_ERR_DESTROYED" || code === "UND_ERR_CLOSED") return "the client was closed";
  if (code === "UND_ERR_RES_EXCEEDED_MAX_SIZE") return "the response is far too big for this API";
  if (code === notTls) return "the endpoint does not speak TLS";
  // OpenSSL's own text begins with the address of a thread.
  if (code.startsWith("ERR_SSL") && "reason" in cause) return `TLS: ${cause.reason}`;
  return undefined;
}

function messageOf(cause: Error): string {
  // Both addresses of a host refused: the single errors say why, the one that holds them says nothing.
  const inner = cause instanceof AggregateError ? cause.errors[0] : undefined;
  const text = inner instanceof Error ? inner.message : cause.message;
  if (!certificateRefused.test(codeOf(cause) ?? "")) return text;
  return `${text}; where a proxy or an operator has certificates of its own, name their authority in NODE_EXTRA_CA_CERTS`;
}

function codeOf(cause: unknown): string | undefined {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return typeof code === "string" ? code : undefined;
}
