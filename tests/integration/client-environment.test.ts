import { expect, test } from "vitest";
import type { AutoScalingClientOptions } from "../../sdk/client";
import { isConfigurationError } from "../../sdk/errors/errors";
import { clientOf, groupId, keys, rejection } from "../support/sdk";
import { always, type HttpServer, noHooks, startHttpServer } from "../support/servers";

/** What the environment says of endpoints, domain and retries, and where the requests then go. */

const unset = { projectId: undefined, endpoint: undefined, iamEndpoint: undefined, maxRetries: undefined };
const paths = ({ requests }: HttpServer) => requests.map(({ path }) => path.split("?")[0]);
const list = `/autoscaling-api/v1/p1/scaling_lifecycle_hook/${groupId}/list`;

const startIam = () => startHttpServer(always(200, { projects: [{ id: "p1", name: "cn-north-4" }] }));

test.each(["iam", "autoscaling"])(
  "a given endpoint of %s leaves the other one to HW_ENDPOINTS",
  async (given) => {
    await using iam = await startIam();
    await using service = await startHttpServer(noHooks);
    const urls = { autoscaling: service.url, iam: iam.url };
    const HW_ENDPOINTS = JSON.stringify({ ...urls, [given]: "https://127.0.0.1:1" });
    const option = given === "iam" ? { iamEndpoint: iam.url } : { endpoint: service.url };
    await using client = clientOf(service, { ...unset, ...option, environment: { HW_ENDPOINTS } });
    await client.lifecycleHooks.list(groupId);
    expect(paths(iam)).toEqual(["/v3/projects"]);
    expect(paths(service)).toEqual([list]);
  },
);

test("the vendor's variable for IAM is obeyed, and an endpoint of the credentials comes before it", async () => {
  await using iam = await startIam();
  const base = { ...unset, endpoint: iam.url };
  await using client = clientOf(iam, { ...base, environment: { HUAWEICLOUD_SDK_IAM_ENDPOINT: iam.url } });
  expect(await client.projectId()).toBe("p1");
  const environment = { HUAWEICLOUD_SDK_IAM_ENDPOINT: "https://127.0.0.1:1" };
  await using other = clientOf(iam, { ...base, environment, credentials: { ...keys, iamEndpoint: iam.url } });
  expect(await other.projectId()).toBe("p1");
  expect(iam.requests).toHaveLength(2);
});

test.each([
  ["HW_MAX_RETRIES", { environment: { HW_MAX_RETRIES: "2" } }, 3],
  ["the option before HW_MAX_RETRIES", { environment: { HW_MAX_RETRIES: "2" }, maxRetries: 0 }, 1],
])("the number of retries is that of %s", async (_, options, requests) => {
  await using server = await startHttpServer(always(503, {}, { "retry-after": "0" }));
  await using client = clientOf(server, { maxRetries: undefined, ...options });
  await rejection(client.lifecycleHooks.list(groupId));
  expect(server.requests).toHaveLength(requests);
});

test.each<[Partial<AutoScalingClientOptions>, string]>([
  [{ environment: { HW_MAX_RETRIES: "many" } }, 'HW_MAX_RETRIES "many" is not a number of retries'],
  [{ environment: { HW_CLOUD: "a/b" } }, 'HW_CLOUD "a/b" is not a domain'],
  [
    { credentials: { ...keys, secretKey: "" } },
    "(they come from the client's options): secretKey is missing",
  ],
])("%j is refused in the constructor: %s", (options, problem) => {
  const make = () => clientOf({ url: "" }, { ...unset, ...options });
  expect(make).toThrow("making the client: ");
  expect(make).toThrow(problem);
  expect(make).toThrow(expect.toSatisfy(isConfigurationError));
});
