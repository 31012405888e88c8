/**
 * Where the services are. The rule is `https://<service>.<region>.<cloud>`; three regions of other operators
 * have a cloud of their own. Source: the regions of the vendor's SDKs, and the rule of its Terraform provider.
 */

/** The services' addresses. */
export interface Endpoints {
  /** Auto Scaling. */
  readonly autoscaling: string;
  /** Identity and Access Management: looks up the project of a region, assumes agencies, takes ID tokens. */
  readonly iam: string;
  /** Security Token Service: the newer way to assume agencies. */
  readonly sts: string;
}

const defaultCloud = "myhuaweicloud.com";

/** Regions that do not follow the rule: the domain of their operator, and services with an address of their own. */
const oddRegions: Readonly<Record<string, { readonly cloud: string } & Partial<Endpoints>>> = {
  // The vendor's SDKs list the .com here, but its IAM documents and its Terraform provider say .eu. IAM has one
  // address for the whole European site.
  "eu-west-101": { cloud: "myhuaweicloud.eu", iam: "https://iam.myhuaweicloud.eu" },
  "ru-moscow-1": { cloud: "hc.sbercloud.ru" },
};

/** The regions in which the vendor's SDKs know Auto Scaling. Others work too, by the rule. */
export const knownRegions: readonly string[] = Object.freeze([
  "af-north-1",
  "af-south-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "ap-southeast-3",
  "ap-southeast-4",
  "ap-southeast-5",
  "cn-east-2",
  "cn-east-3",
  "cn-east-4",
  "cn-east-5",
  "cn-north-1",
  "cn-north-2",
  "cn-north-4",
  "cn-north-9",
  "cn-north-11",
  "cn-north-12",
  "cn-south-1",
  "cn-south-2",
  "cn-south-4",
  "cn-southwest-2",
  "cn-southwest-3",
  "eu-west-0",
  "eu-west-101",
  "la-north-2",
  "la-south-2",
  "me-east-1",
  "my-kualalumpur-1",
  "na-mexico-1",
  "ru-moscow-1",
  "ru-northwest-2",
  "sa-brazil-1",
  "tr-west-1",
]);

/** What replaces the rule. */
export interface EndpointOptions
  extends Partial<{ readonly [Service in keyof Endpoints]: string | undefined }> {
  /** The domain under which the operator runs the services. @default "myhuaweicloud.com" */
  readonly cloud?: string | undefined;
}

/** The services' addresses in a region, without a slash at the end. */
export function endpointsOf(region: string, options: EndpointOptions = {}): Endpoints {
  const odd = options.cloud === undefined ? oddRegions[region] : undefined;
  const cloud = options.cloud ?? odd?.cloud ?? defaultCloud;
  const address = (service: keyof Endpoints, name: string) =>
    withoutSlash(options[service] ?? odd?.[service] ?? `https://${name}.${region}.${cloud}`);
  return {
    autoscaling: address("autoscaling", "as"),
    iam: address("iam", "iam"),
    sts: address("sts", "sts"),
  };
}

/** What is wrong with an address, as a sentence that begins with its name; `undefined` when it can be used. */
export function endpointProblem(name: string, address: string): string | undefined {
  // Not shown: it may be a password.
  if (address.includes("@")) return `${name} has a user name or password in it`;
  const problem = problemOf(URL.parse(address));
  return problem === undefined ? undefined : `${name} ${address} ${problem}`;
}

function problemOf(url: URL | null): string | undefined {
  if (url === null) return "is not a URL";
  if (url.search !== "" || url.hash !== "") return "has a query or a fragment";
  if (!isDecodable(url.pathname)) return "has a % that encodes no character in its path";
  if (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname))) return undefined;
  return "is not https (plain http is accepted for loopback addresses only)";
}

/** The region becomes part of a host name, so it must not be able to change the host. */
export function isRegionName(region: string): boolean {
  return /^[a-z0-9]+(-[a-z0-9]+)*$/.test(region);
}

/** Whether a text can be the domain of an operator. */
export function isDomainName(cloud: string): boolean {
  return /^[a-z0-9]+([.-][a-z0-9]+)*$/i.test(cloud);
}

/** Whether a URL's host name is this machine's own, so that nothing leaves it in clear. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** A request is signed with its path decoded. */
function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function withoutSlash(address: string): string {
  let end = address.length;
  while (address[end - 1] === "/") end--;
  return address.slice(0, end);
}
