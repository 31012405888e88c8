import { ConfigurationError } from "../errors/errors";

/** The proxy of an environment, as undici's `EnvHttpProxyAgent` wants it. */
export interface ProxySettings {
  /** Empty: plain http goes to loopback addresses alone, and so through no proxy. */
  readonly httpProxy: "";
  readonly httpsProxy: string;
  /** Hosts that are reached without one. */
  readonly noProxy: string;
}

/**
 * The proxy for https that an environment names, if it names one: in `https_proxy` and `no_proxy`, in lower case or else
 * in upper case, as curl and undici read them. `http_proxy` is for plain http, of which the endpoints have none.
 *
 * @throws ConfigurationError that names the variable when it is not the URL of a proxy; never its value, which may
 * have a password in it
 */
export function proxySettings(environment: NodeJS.ProcessEnv): ProxySettings | undefined {
  const variable = environment.https_proxy === undefined ? "HTTPS_PROXY" : "https_proxy";
  const httpsProxy = environment[variable] ?? "";
  if (httpsProxy === "") return undefined;
  if (!isProxy(httpsProxy)) {
    throw new ConfigurationError(
      `${variable} is not the URL of a proxy, such as http://proxy.example.com:3128`,
      { operation: "client" },
    );
  }
  return { httpProxy: "", httpsProxy, noProxy: environment.no_proxy ?? environment.NO_PROXY ?? "" };
}

function isProxy(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.hostname === "") return false;
  try {
    decodeURIComponent(`${url.username}:${url.password}`);
  } catch {
    return false;
  }
  return ["http:", "https:", "socks5:", "socks:"].includes(url.protocol);
}

/** The status with which a proxy refused to connect to the endpoint: undici gives it in its message alone. */
export function proxyRefusal(failure: Error): number | undefined {
  const [, status] = /^Proxy response \((\d{3})\)/.exec(failure.message) ?? [];
  return status === undefined ? undefined : Number(status);
}
