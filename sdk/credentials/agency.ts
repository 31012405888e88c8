import type { Observer } from "../calls/observe";
import { isRegionName } from "../configuration/endpoints";
import { resolveEndpoints } from "../configuration/environment";
import { ConfigurationError } from "../errors/errors";
import type { Credentials, CredentialsProvider } from "./credentials";
import { CredentialsSession } from "./session";
import { providerOf } from "./sources";
import type { Agency } from "./temporary-keys";

/** As which account an agency is assumed, and where. */
export interface AssumingOptions extends Observer {
  /** The credentials with which the agency is assumed, or a provider of them. @default the usual places */
  readonly credentials?: Credentials | CredentialsProvider | undefined;
  /** The region whose service is asked, such as `cn-north-4`. The keys are good for all regions. */
  readonly region: string;
  /** The operator's domain. @default `HW_CLOUD`, else that of the region's operator: mostly "myhuaweicloud.com" */
  readonly cloud?: string | undefined;
  /**
   * The service's address. @default `HUAWEICLOUD_SDK_IAM_ENDPOINT` or `HUAWEICLOUD_SDK_STS_ENDPOINT`, else the
   * region's
   */
  readonly endpoint?: string | undefined;
  /** Where these variables, proxies and `HW_DEBUG` are looked up, and the default credentials. @default process.env */
  readonly environment?: NodeJS.ProcessEnv | undefined;
}

/** An agency by its name and account, and how long its keys are to be valid. */
export interface AgencyOptions extends AssumingOptions {
  readonly agencyName: string;
  /** The name of the account that has made the agency. Give this or its id. */
  readonly domainName?: string | undefined;
  /** The id of the account that has made the agency. Give this or its name. */
  readonly domainId?: string | undefined;
  /** Seconds, 900–86400; the client renews the keys before they end. @default 3600 */
  readonly durationSeconds?: number | undefined;
}

/** An agency by its URN, and how long its keys are to be valid. */
export interface StsAgencyOptions extends AssumingOptions {
  /** `iam::<account id>:agency:<name>` */
  readonly agencyUrn: string;
  /** What the audit log calls the session: 2–128 characters. @default "pulumi-huaweicloud-as" */
  readonly sessionName?: string | undefined;
  /** Seconds, 900–43200, and with temporary credentials at most 3600. @default 3600 */
  readonly durationSeconds?: number | undefined;
}

/**
 * The temporary keys of an agency that another account has made for this one, through IAM's older call. The
 * credentials that assume it need the role Agent Operator. The keys are renewed before they end; each renewal is one request, tried
 * again after a transient fault.
 *
 * Throws a `ConfigurationError` when an option can't be used; the provider rejects with an `AutoScalingError` of
 * the operation `agencies.assume`.
 *
 * Source: POST /v3.0/OS-CREDENTIAL/securitytokens of IAM's API.
 *
 * @example
 * const credentials = agencyCredentials({ region: "cn-north-4", agencyName: "ops", domainName: "customer" });
 * const client = new AutoScalingClient({ region: "cn-north-4", credentials });
 */
export function agencyCredentials(options: AgencyOptions): CredentialsProvider {
  const { agencyName, domainName, domainId, durationSeconds = 3600 } = options;
  refuse([
    (typeof agencyName !== "string" || agencyName === "") && "agencyName is missing",
    Boolean(domainName) === Boolean(domainId) && "give one of domainName and domainId: the agency's account",
    isOutOf(durationSeconds, 900, 86_400) && "durationSeconds is not a whole number from 900 to 86400",
  ]);
  return assuming(options, { service: "iam", agencyName, domainId, domainName, durationSeconds });
}

/**
 * The temporary keys of an agency, or trust agency, through the newer Security Token Service. Otherwise like
 * {@link agencyCredentials}; the credentials that assume it need the action `sts:agencies:assume`.
 *
 * Source: POST /v5/agencies/assume of STS's API.
 *
 * @example
 * const credentials = stsAgencyCredentials({ region: "cn-north-4", agencyUrn: "iam::0123456789abcdef0123456789abcdef:agency:ops" });
 */
export function stsAgencyCredentials(options: StsAgencyOptions): CredentialsProvider {
  const { agencyUrn, sessionName = "pulumi-huaweicloud-as", durationSeconds = 3600 } = options;
  refuse([
    !/^iam::[^:\s]+:agency:\S+$/.test(String(agencyUrn)) &&
      "agencyUrn is not of the form iam::<account id>:agency:<name>",
    isOutOf(sessionName.length, 2, 128) && "sessionName has not 2 to 128 characters",
    isOutOf(durationSeconds, 900, 43_200) && "durationSeconds is not a whole number from 900 to 43200",
  ]);
  return assuming(options, { service: "sts", agencyUrn, sessionName, durationSeconds });
}

function assuming(options: AssumingOptions, agency: Agency): CredentialsProvider {
  const { region, environment = process.env } = options;
  const endpoint = usableEndpoint(options, agency.service);
  // Kept from one renewal to the next, so that the base credentials are not fetched each time.
  const session = new CredentialsSession(
    configured(() => providerOf(options.credentials, { environment, region, cloud: options.cloud })),
  );
  return async ({ signal }) => {
    const { assumeAgency } = await import("./temporary-keys.js");
    return assumeAgency(agency, { endpoint, session, environment, observer: options, signal });
  };
}

function usableEndpoint(options: AssumingOptions, service: "iam" | "sts"): string {
  const { region, cloud, endpoint, environment = process.env } = options;
  refuse([!isRegionName(String(region)) && `region ${JSON.stringify(region)} is not the name of a region`]);
  return configured(() => resolveEndpoints(region, environment, { cloud, [service]: endpoint })[service]);
}

function configured<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw configurationError(error instanceof Error ? error.message : String(error));
  }
}

/** Throws one error for all the problems; `false` is none. */
function refuse(problems: readonly (string | false)[]): void {
  const found = problems.filter((problem) => problem !== false);
  if (found.length === 0) return;
  throw configurationError(found.join("; "));
}

function configurationError(problem: string): ConfigurationError {
  return new ConfigurationError(`assuming an agency: ${problem}`, { operation: "agencies.assume" });
}

function isOutOf(value: number, least: number, most: number): boolean {
  return !Number.isInteger(value) || value < least || value > most;
}
