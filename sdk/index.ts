/** The typed client of Huawei Cloud Auto Scaling's lifecycle hooks. Knows nothing of Pulumi. */
export type { CallOptions } from "./caller";
export { AutoScalingClient, type AutoScalingClientOptions } from "./client";
export {
  type AgencyOptions,
  type AssumingOptions,
  agencyCredentials,
  type StsAgencyOptions,
  stsAgencyCredentials,
} from "./credentials/agency";
export type { AccessKeyPair, AuthToken, Credentials, CredentialsProvider } from "./credentials/credentials";
export { environmentCredentials } from "./credentials/environment";
export type { DefaultCredentialsOptions, MetadataOptions } from "./credentials/search";
export {
  defaultCredentials,
  metadataCredentials,
  profileCredentials,
  sharedConfigCredentials,
} from "./credentials/sources";
export { type Endpoints, endpointsOf, knownRegions } from "./endpoints";
export { isBusy, isDuplicateName, isNotFound, isPermissionDenied, isThrottled } from "./error-codes";
export {
  AmbiguousError,
  AutoScalingError,
  ConfigurationError,
  ConnectionError,
  InvalidInputError,
  InvalidResponseError,
  isAmbiguousError,
  isAutoScalingError,
  isConfigurationError,
  isConnectionError,
  isInvalidInputError,
  isInvalidResponseError,
  isServiceError,
  isTimeoutError,
  ServiceError,
  TimeoutError,
} from "./errors";
export type { HangingInstances, ListHangingInstancesOptions } from "./hanging-instances";
export type { LifecycleHooks } from "./lifecycle-hooks";
export { type LifecycleHookLimits, specificationLimits } from "./limits";
export type { Observer, RequestEvent, ResponseEvent, RetryEvent } from "./observe";
export type { ScalingGroups } from "./scaling-groups";
export type {
  CompleteInput,
  CreateLifecycleHookInput,
  HangingInstance,
  LifecycleHook,
  ScalingGroup,
  UpdateLifecycleHookInput,
} from "./schemas";
export type { Timeouts } from "./transport";
export { version } from "./version";
export type { WaitOptions } from "./wait-until";
