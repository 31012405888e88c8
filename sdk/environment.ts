import { type EndpointOptions, endpointProblem } from "./endpoints";

/**
 * What the environment says of a place. A project and an endpoint belong to one region: where `HW_REGION_NAME`
 * names another one than is asked about, they are not meant.
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
      const problem = endpointProblem(address);
      if (problem !== undefined) problems.push(`, ${service}: ${address} ${problem}`);
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
