import { ConfigurationError } from "./errors";

/** The proxies of an environment, as undici's `EnvHttpProxyAgent` wants them. "" is none. */
export interface ProxySettings {
  readonly httpProxy: string;
  readonly httpsProxy: string;
  /** Hosts that are reached without one. */
  readonly noProxy: string;
}

/**
 * The proxies that an environment names, if it names any: in `https_proxy`, `http_proxy` and `no_proxy`, in lower
 * case or else in upper case, as curl and undici read them.
 *
 * @throws ConfigurationError that names a variable which is no proxy's URL; never its value: there may be a
 * password in it
 */
export function proxySettings(environment: NodeJS.ProcessEnv): ProxySettings | undefined {
  const httpProxy = proxyUrl(environment, "http_proxy");
  const httpsProxy = proxyUrl(environment, "https_proxy");
  if (httpProxy === "" && httpsProxy === "") return undefined;
  return { httpProxy, httpsProxy, noProxy: environment.no_proxy ?? environment.NO_PROXY ?? "" };
}

function proxyUrl(environment: NodeJS.ProcessEnv, name: string): string {
  const variable = environment[name] === undefined ? name.toUpperCase() : name;
  const value = environment[variable] ?? "";
  const protocol = URL.parse(value)?.protocol ?? "";
  if (value === "" || ["http:", "https:", "socks5:", "socks:"].includes(protocol)) return value;
  throw new ConfigurationError(
    `${variable} is not the URL of a proxy, such as http://proxy.example.com:3128`,
    {
      operation: "client",
    },
  );
}
