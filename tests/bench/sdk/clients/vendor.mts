import { BasicCredentials } from "@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials.js";
import { HcClient } from "@huaweicloud/huaweicloud-sdk-core/HcClient.js";
import { DefaultHttpClient } from "@huaweicloud/huaweicloud-sdk-core/http/DefaultHttpClient.js";
import { accessKey, groupId, projectId, secretKey, wireInput } from "../create-request.mts";

/** The call as the vendor's generated Auto Scaling client makes it. */
export function connect(endpoint: string): () => Promise<unknown> {
  const credential = new BasicCredentials().withAk(accessKey).withSk(secretKey).withProjectId(projectId);
  // What its ClientBuilder builds; that one can't be loaded, for want of a dependency that it does not name (uuid).
  const client = new HcClient(new DefaultHttpClient({}, [endpoint]))
    .withCredential(credential)
    .withEndpoints([endpoint]);
  return () =>
    client.sendRequest({
      method: "POST",
      url: "/autoscaling-api/v1/{project_id}/scaling_lifecycle_hook/{scaling_group_id}",
      contentType: "application/json;charset=UTF-8",
      queryParams: {},
      pathParams: { scaling_group_id: groupId },
      headers: {},
      data: wireInput,
      responseHeaders: [""],
    } as never);
}
