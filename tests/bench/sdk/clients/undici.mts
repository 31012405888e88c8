import { Agent } from "undici";
import { accessKey, path, projectId, wireInput } from "../create-request.mts";

/** Only the exchange: a request that is ready, and a response that is not read. */
export function connect(endpoint: string): () => Promise<unknown> {
  const agent = new Agent();
  const body = JSON.stringify(wireInput);
  const signature = `SDK-HMAC-SHA256 Access=${accessKey}, SignedHeaders=content-type;host;x-project-id;x-sdk-date, Signature=${"0".repeat(64)}`;
  const headers = {
    host: new URL(endpoint).host,
    "content-type": "application/json",
    "x-project-id": projectId,
    "x-sdk-date": "20260102T030405Z",
    authorization: signature,
    "user-agent": "bench",
  };
  return async () => {
    const answer = await agent.request({ origin: endpoint, path, method: "POST", headers, body });
    return answer.body.text();
  };
}
