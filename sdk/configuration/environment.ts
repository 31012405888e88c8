import {
  type EndpointOptions,
  type Endpoints,
  endpointProblem,
  endpointsOf,
  isDomainName,
} from "./endpoints";

/**
 * What the environment says of a place. A project and an endpoint belong to one region: if `HW_REGION_NAME` names a
 * different region, they do not apply. An empty variable counts as missing.
 */

/** The project's id in `HW_PROJECT_ID` or `HUAWEICLOUD_SDK_PROJECT_ID`, with the variable's name. */
export function environmentProject(
  environment: NodeJS.ProcessEnv,
  region: string | undefined,
): { readonly id: string; readonly variable: string } | undefined {
  if (!isAbout(environment, region)) return undefined;
  for (const variable of ["HW_PROJECT_ID", "HUAWEICLOUD_SDK_PROJECT_ID"]) {
    const id = environment[variable];
    if (id) return { id, variable };
  }
  return undefined;
}

/** The addresses in `HW_ENDPOINTS`, a variable of this package's own: the local AS API is reached by it. */
export function environmentEndpoints(
  environment: NodeJS.ProcessEnv,
  region: string | undefined,
): ParsedEndpoints | undefined {
  const text = isAbout(environment, region) ? environment.HW_ENDPOINTS : undefined;
  return text ? parseEndpoints(text) : undefined;
}

/**
 * The services' addresses in a region, each by itself: the given one, else that of `HW_ENDPOINTS`, else that which the
 * credentials' source names, else that of the vendor's variable, else the region's. The region's are those of the
 * given operator's domain, or of `HW_CLOUD`.
 *
 * @throws Error that says what is wrong, and names the variable if it is one
 */
export function resolveEndpoints(
  region: string,
  environment: NodeJS.ProcessEnv,
  given: EndpointOptions = {},
  iamOfCredentials?: string,
): Endpoints {
  const cloud = given.cloud ?? (environment.HW_CLOUD || undefined);
  if (cloud !== undefined && !isDomainName(cloud)) {
    const source = given.cloud === undefined ? "HW_CLOUD" : "cloud";
    throw new Error(`${source} ${JSON.stringify(cloud)} is not a domain, such as myhuaweicloud.com`);
  }
  const isGiven = given.autoscaling !== undefined && given.iam !== undefined;
  const named = isGiven ? undefined : environmentEndpoints(environment, region);
  refuse(named?.problems[0] && `HW_ENDPOINTS${named.problems[0]}`);
  const { autoscaling, iam } = { ...named?.endpoints };
  const endpoints = endpointsOf(region, {
    cloud,
    autoscaling: given.autoscaling ?? autoscaling,
    iam: given.iam ?? iam ?? iamOfCredentials ?? variable(environment, "HUAWEICLOUD_SDK_IAM_ENDPOINT"),
    sts: given.sts ?? variable(environment, "HUAWEICLOUD_SDK_STS_ENDPOINT"),
  });
  for (const [service, address] of Object.entries(endpoints)) {
    refuse(endpointProblem(`the ${service} endpoint`, address));
  }
  return endpoints;
}

function variable(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  const address = environment[name] || undefined;
  refuse(address && endpointProblem(name, address));
  return address;
}

function refuse(problem: string | undefined): void {
  if (problem) throw new Error(problem);
}

/** How often `HW_MAX_RETRIES` has a call tried again. @throws Error that names the variable */
export function environmentRetries({ HW_MAX_RETRIES: text }: NodeJS.ProcessEnv): number | undefined {
  if (!text) return undefined;
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new Error(`HW_MAX_RETRIES ${JSON.stringify(text)} is not a number of retries; give 0 to 999`);
}

/** Addresses that were written as JSON, and what is wrong with them, each as a phrase that follows the variable. */
export interface ParsedEndpoints {
  readonly endpoints: Pick<EndpointOptions, "autoscaling" | "iam">;
  readonly problems: readonly string[];
}

/** Reads `{"autoscaling": "https://…", "iam": "https://…"}`. Never throws. */
export function parseEndpoints(text: string): ParsedEndpoints {
  const json = parseObject(text);
  if (json === undefined) return { endpoints: {}, problems: [": is not an object in JSON"] };
  const endpoints: { autoscaling?: string; iam?: string } = {};
  const problems: string[] = [];
  for (const [service, address] of Object.entries(json)) {
    if (service !== "autoscaling" && service !== "iam") {
      problems.push(`, ${service}: there are autoscaling and iam`);
    } else if (typeof address !== "string") {
      problems.push(`, ${service}: give an address, such as https://as.cn-north-4.myhuaweicloud.com`);
    } else {
      const problem = endpointProblem(`, ${service}:`, address);
      if (problem !== undefined) problems.push(problem);
      endpoints[service] = address;
    }
  }
  return { endpoints, problems };
}

/** An object in JSON; `undefined` if the text is none. */
export function parseObject(text: string): object | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null && !Array.isArray(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

function isAbout({ HW_REGION_NAME: named }: NodeJS.ProcessEnv, region: string | undefined): boolean {
  return !named || named === region;
}
