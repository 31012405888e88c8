/** The same hook on a scaling group in each region, with one `Provider` a region. */
import * as pulumi from "@pulumi/pulumi";
import { LifecycleHook, Provider, type ProviderArgs } from "pulumi-huaweicloud-as";

/** What differs from region to region. */
interface Region extends Pick<ProviderArgs, "endpoints"> {
  readonly scalingGroupId: string;
  /** The service sends its messages to topics of the group's own region. */
  readonly notificationTopicUrn: string;
}

const regions = new pulumi.Config().requireObject<Record<string, Region>>("regions");

/** By region: which hook is where. */
export const hooks = Object.fromEntries(
  Object.entries(regions).map(([region, { endpoints, scalingGroupId, notificationTopicUrn }]) => {
    // Credentials are the same in all regions: left out here, they come from the configuration or the environment.
    const provider = new Provider(region, { region, endpoints });
    const drain = new LifecycleHook(
      `drain-${region}`,
      {
        scalingGroupId,
        lifecycleHookName: "drain",
        lifecycleHookType: "INSTANCE_TERMINATING",
        notificationTopicUrn,
      },
      { provider },
    );
    return [region, { id: drain.id, region: drain.region, projectId: drain.projectId }];
  }),
);
