import { wireTime } from "../autoscaling/hooks";
import { type Answer, smnRefusal } from "../http/refusals";
import { jsonBody, parameter, type ReceivedRequest } from "../http/request";
import type { Backend, Call } from "../http/routes";
import type { Subscription, Topic } from "./topics";

const base = "/v2/:projectId/notifications";
const mostBytes = 256 * 1024;

/**
 * The calls of SMN that the messages of hooks need. Those of a subscriber's own need no signature: who has the link
 * may follow it. Source: the definitions of the API, and the vendor's SDK.
 */
export const smnCalls: readonly Call[] = [
  smn("POST", `${base}/topics`, ({ topics, region, projectId, now }, request) => {
    const { name, display_name = "" } = jsonBody(request.body) ?? {};
    if (typeof name !== "string" || !/^[0-9A-Za-z][\w-]{0,254}$/.test(name)) throw smnRefusal("SMN.0005");
    const urn = `urn:smn:${region}:${projectId}:${name}`;
    const isThere = topics.topics.has(urn);
    if (!isThere) {
      const topic = { urn, name, displayName: String(display_name ?? ""), made: now() };
      topics.happen({ kind: "topic", topic });
    }
    return [isThere ? 200 : 201, { topic_urn: urn }];
  }),
  smn("GET", `${base}/topics`, ({ topics }, request) => {
    const name = parameter(request, "name");
    const found = [...topics.topics.values()].filter((topic) => name === undefined || topic.name === name);
    return [200, { topic_count: found.length, topics: pageOf(request, found).map(wireTopic) }];
  }),
  smn("GET", `${base}/topics/:urn`, (backend, _, { urn }) => [200, wireTopic(topicOf(backend, urn))]),
  smn("DELETE", `${base}/topics/:urn`, (backend, _, { urn }) => {
    topicOf(backend, urn);
    backend.topics.happen({ kind: "topic-removed", urn });
    return [200, {}];
  }),
  smn("POST", `${base}/topics/:urn/subscriptions`, (backend, request, { urn }) => {
    topicOf(backend, urn);
    const { protocol, endpoint, remark = "" } = jsonBody(request.body) ?? {};
    if (protocol !== "http" && protocol !== "https") throw smnRefusal("SMN.0011");
    const isEndpoint =
      typeof endpoint === "string" && URL.canParse(endpoint) && endpoint.startsWith(`${protocol}://`);
    if (!isEndpoint) throw smnRefusal("SMN.0012");
    const known = subscriptionsOf(backend, urn).find((one) => one.endpoint === endpoint);
    const made = known ?? backend.topics.subscribe(urn, protocol, endpoint, String(remark ?? ""));
    return [known === undefined ? 201 : 200, { subscription_urn: made.urn }];
  }),
  smn("GET", `${base}/topics/:urn/subscriptions`, (backend, request, { urn }) => {
    topicOf(backend, urn);
    return [200, listed(backend, request, subscriptionsOf(backend, urn))];
  }),
  smn("GET", `${base}/subscriptions`, (backend, request) => [
    200,
    listed(backend, request, subscriptionsOf(backend)),
  ]),
  smn("DELETE", `${base}/subscriptions/:urn`, ({ topics }, _, { urn }) => {
    if (!topics.unsubscribe(urn)) throw smnRefusal("SMN.0013");
    return [200, {}];
  }),
  smn("POST", `${base}/topics/:urn/publish`, (backend, request, { urn }) => {
    topicOf(backend, urn);
    const { message, subject } = jsonBody(request.body) ?? {};
    const isMessage =
      typeof message === "string" && message !== "" && Buffer.byteLength(message) <= mostBytes;
    if (!isMessage) throw smnRefusal("SMN.0009");
    if (subject !== undefined && (typeof subject !== "string" || Buffer.byteLength(subject) > 512)) {
      throw smnRefusal("SMN.0008");
    }
    return [200, { message_id: backend.topics.publish(urn, message, subject) }];
  }),
  ...[
    "/smn/subscription/confirm",
    "/v2/notifications/subscriptions/subscribe",
    "/rest/v2/notifications/subscription/confirm",
  ].map((path) =>
    smn(
      "GET",
      path,
      ({ topics }, request) => {
        const [topic = "", token = ""] = ["topic_urn", "token"].map((name) => parameter(request, name));
        const confirmed = topics.confirm(topic, token);
        if (confirmed === undefined) throw smnRefusal("SMN.0022");
        return [200, { subscription_urn: confirmed.urn }];
      },
      true,
    ),
  ),
  ...[
    "/smn/subscription/unsubscribe",
    "/v2/notifications/subscriptions/unsubscribe",
    "/rest/v2/notifications/subscription/unsubscribe",
  ].map((path) =>
    smn(
      "GET",
      path,
      ({ topics }, request) => {
        if (!topics.unsubscribe(parameter(request, "subscription_urn") ?? "")) throw smnRefusal("SMN.0014");
        return [200, { message: "Your subscription has been cancelled." }];
      },
      true,
    ),
  ),
  {
    ...smn("GET", "/smn/:name", () => [200, {}], true),
    async perform({ region, identity }, _, { name }) {
      const { id, pem } = await identity();
      if (name !== `SMN_${region}_${id}.pem`) throw smnRefusal("SMN.0013");
      return { status: 200, headers: { "Content-Type": "application/octet-stream" }, body: pem };
    },
  },
];

type Bodied = (...given: Parameters<Call["perform"]>) => readonly [status: number, body: object];

function smn(method: string, path: string, answer: Bodied, isOpen = false): Call {
  const perform: Call["perform"] = (backend, request, parameters): Answer => {
    const [status, body] = answer(backend, request, parameters);
    return { status, body: { request_id: backend.requestId, ...body } };
  };
  return { method, path: path.split("/"), service: "smn", flow: "unlimited", isOpen, perform };
}

function topicOf({ topics }: Backend, urn: string): Topic {
  const topic = topics.topics.get(urn);
  if (topic === undefined) throw smnRefusal("SMN.0006");
  return topic;
}

/** The oldest first. */
function subscriptionsOf({ topics }: Backend, urn?: string): readonly Subscription[] {
  return [...topics.subscriptions.values()].filter(
    ({ topic, status }) => (urn === undefined || topic === urn) && status !== 3,
  );
}

function listed(
  { projectId }: Backend,
  request: ReceivedRequest,
  subscriptions: readonly Subscription[],
): object {
  return {
    subscription_count: subscriptions.length,
    subscriptions: pageOf(request, subscriptions).map((one) => ({
      topic_urn: one.topic,
      protocol: one.protocol,
      subscription_urn: one.urn,
      owner: projectId,
      endpoint: one.endpoint,
      remark: one.remark,
      status: one.status,
    })),
  };
}

function wireTopic({ urn, name, displayName, made }: Topic): object {
  return {
    topic_urn: urn,
    name,
    display_name: displayName,
    push_policy: 0,
    enterprise_project_id: "0",
    create_time: wireTime(made),
    update_time: wireTime(made),
  };
}

function pageOf<Item>(request: ReceivedRequest, items: readonly Item[]): readonly Item[] {
  const [offset = "0", limit = "100"] = ["offset", "limit"].map((name) => parameter(request, name));
  const isGood =
    /^\d{1,9}$/.test(offset) && /^\d{1,3}$/.test(limit) && Number(limit) >= 1 && Number(limit) <= 100;
  if (!isGood) throw smnRefusal("SMN.0015");
  return items.slice(Number(offset), Number(offset) + Number(limit));
}
