/** The typed client of Huawei Cloud Auto Scaling's lifecycle hooks. Knows nothing of Pulumi. */

export type { HangingInstanceCalls, ListHangingInstancesOptions } from "./api/hanging-instances";
export type {
  CreateLifecycleHookInput,
  LifecycleHook,
  UpdateLifecycleHookInput,
} from "./api/hook-fields";
export type { LifecycleHookCalls } from "./api/lifecycle-hooks";
export { type LifecycleHookLimits, specificationLimits } from "./api/limits";
export type { ScalingGroupCalls } from "./api/scaling-groups";
export type { ListScalingInstancesOptions, ScalingInstanceCalls } from "./api/scaling-instances";
export type {
  CompleteInput,
  HangingInstance,
  ScalingActivity,
  ScalingGroup,
  ScalingGroupSizes,
  ScalingInstance,
  ScalingInstanceFilter,
} from "./api/schemas";
export type { CallOptions } from "./calls/caller";
export type { Observer, RequestEvent, ResponseEvent, RetryEvent } from "./calls/observe";
export type { WaitOptions } from "./calls/wait-until";
export { AutoScalingClient, type AutoScalingClientOptions } from "./client";
export { type Endpoints, endpointsOf, knownRegions } from "./configuration/endpoints";
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
export { isBusy, isDuplicateName, isNotFound, isPermissionDenied, isThrottled } from "./errors/codes";
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
} from "./errors/errors";
export type { Timeouts } from "./http/transport";
export { version } from "./version";
