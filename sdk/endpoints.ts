/**
 * Where the services are. The rule is `https://<service>.<region>.<cloud>`; three regions of other operators
 * have a cloud of their own. Source: the regions of the vendor's SDKs, and the rule of its Terraform provider.
 */

/** The services' addresses. */
export interface Endpoints {
  /** Auto Scaling. */
  readonly autoscaling: string;
  /** Identity and Access Management: looks up the project of a region. */
  readonly iam: string;
}

const defaultCloud = "myhuaweicloud.com";

/** Operators that run the same services under a domain of their own. */
const clouds: Readonly<Record<string, string>> = {
  // The vendor's SDKs list the .com here, but its IAM documents and its Terraform provider say .eu.
  "eu-west-101": "myhuaweicloud.eu",
  "ru-moscow-1": "hc.sbercloud.ru",
};

/** IAM has one address for the whole European site. */
const iamHosts: Readonly<Record<string, string>> = { "eu-west-101": "iam.myhuaweicloud.eu" };

/** The regions in which the vendor's SDKs know Auto Scaling. Others work too, by the rule. */
export const knownRegions: readonly string[] = [
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
];

/** What may replace the rule. */
export interface EndpointOptions {
  /** The domain under which the operator runs the services. @default "myhuaweicloud.com" */
  readonly cloud?: string | undefined;
  readonly autoscaling?: string | undefined;
  readonly iam?: string | undefined;
}

/** The services' addresses in a region, without a slash at the end. */
export function endpointsOf(region: string, options: EndpointOptions = {}): Endpoints {
  const cloud = options.cloud ?? clouds[region] ?? defaultCloud;
  const iamHost = (options.cloud === undefined ? iamHosts[region] : undefined) ?? `iam.${region}.${cloud}`;
  return {
    autoscaling: withoutSlash(options.autoscaling ?? `https://as.${region}.${cloud}`),
    iam: withoutSlash(options.iam ?? `https://${iamHost}`),
  };
}

/** Why an address or a region can't be used, as a phrase that follows it; `undefined` when it can. */
export function endpointProblem(address: string): string | undefined {
  const url = URL.parse(address);
  if (url === null) return "is not a URL";
  if (url.username !== "" || url.password !== "") return "has a user name or password in it";
  if (url.search !== "" || url.hash !== "") return "has a query or a fragment";
  if (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname))) return undefined;
  return "is not https (plain http is accepted for loopback addresses only)";
}

/** The region becomes part of a host name, so it must not be able to change the host. */
export function isRegionName(region: string): boolean {
  return /^[a-z0-9]+(-[a-z0-9]+)*$/.test(region);
}

/** Whether a URL's host name is this machine's own, so that nothing leaves it in clear. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function withoutSlash(address: string): string {
  return address.replace(/\/+$/, "");
}
