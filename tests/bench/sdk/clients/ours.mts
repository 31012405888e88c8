import { AutoScalingClient } from "pulumi-huaweicloud-as/sdk";
import { accessKey, groupId, input, projectId, region, secretKey } from "../create-request.mts";

/** Everything that a user of the client gets: validation, signing, pacing, time-outs, retries, parsing. */
export function connect(endpoint: string): () => Promise<unknown> {
  const credentials = { accessKey, secretKey };
  const client = new AutoScalingClient({ region, projectId, endpoint, credentials, environment: {} });
  return () => client.lifecycleHooks.create(groupId, input);
}
