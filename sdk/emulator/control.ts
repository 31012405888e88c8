import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { version } from "../version";
import type { Sizes } from "./autoscaling/group";
import { fieldsNamed, wireActivity, wireGroup, wireInstance } from "./autoscaling/group-wire";
import { actionResults, wireTime } from "./autoscaling/hooks";
import { type Groups, wireHangs } from "./autoscaling/service";
import type { Feed } from "./feed";
import { checkedFault, faultInterceptor } from "./http/faults";
import type { Interceptors } from "./http/interception";
import { type Answer, Refusal } from "./http/refusals";
import { jsonBody, type ReceivedRequest } from "./http/request";
import type { RequestLog } from "./http/request-log";
import page from "./page.html";
import type { Topics } from "./smn/topics";

/** What the control API works on. */
interface Controlled {
  readonly groups: Groups;
  readonly topics: Topics;
  readonly log: RequestLog;
  readonly interceptors: Interceptors;
  readonly feed: Feed;
  readonly now: () => number;
}

/** What a browser may do with the page: its own script and style, and requests to where it came from. */
const pageHeaders = {
  "Content-Type": "text/html; charset=utf-8",
  "Content-Security-Policy":
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  "Cache-Control": "no-store",
};

type Handler = (controlled: Controlled, groupId: string, body: Readonly<Record<string, unknown>>) => Answer;

const done: Answer = { status: 204 };

/**
 * What people and other processes can do to the emulator, besides calling the API. No signature is needed. What can't
 * be done is answered 400 or 404 with `{"error":"…"}`.
 */
const handlers: Readonly<Record<string, Handler>> = {
  /** The page to look at. */
  "GET /": () => ({ status: 200, headers: pageHeaders, body: page }),
  "GET /emulator/ready": () => ({ status: 200, body: { ready: true, version } }),
  /** The log, oldest first, without these requests here. */
  "GET /emulator/requests": ({ log }) => ({ status: 200, body: { requests: log.entries } }),
  /** Everything that the page shows. */
  "GET /emulator/state": (controlled) => ({ status: 200, body: stateOf(controlled) }),
  /** `{"name":"web","min":0,"desire":2,"max":4}`, all of it optional: a group, paused; answers with its id. */
  "POST /emulator/groups": ({ groups }, _, { name = "group", ...sizes }) => {
    const id = randomUUID();
    groups.make(id, { min: 0, desire: 0, max: 100, ...sizesOf(sizes) }, fieldsNamed(String(name)));
    return { status: 201, body: { id } };
  },
  "PUT /emulator/groups/:id": ({ groups }, id, sizes) => {
    groups.happen(id, { kind: "configure", sizes: sizesOf(sizes), fields: {} });
    return done;
  },
  /** As the API does: only a group without instances. */
  "DELETE /emulator/groups/:id": ({ groups }, id) => {
    groups.happen(id, { kind: "delete-group", force: false });
    return done;
  },
  /** `{"desired":2}`, or `{"by":1}`: the number of instances that the group is to have. */
  "POST /emulator/groups/:id/scale": ({ groups }, id, { desired, by }) => {
    const wanted = typeof desired === "number" ? desired : groups.expect(id).desire + Number(by);
    if (!Number.isInteger(wanted)) throw new Error("give desired, or by: whole numbers");
    groups.happen(id, { kind: "configure", sizes: { desire: wanted }, fields: {} });
    return done;
  },
  "POST /emulator/groups/:id/resume": ({ groups }, id) => {
    groups.happen(id, { kind: "resume" });
    return done;
  },
  "POST /emulator/groups/:id/pause": ({ groups }, id) => {
    groups.happen(id, { kind: "pause" });
    return done;
  },
  /**
   * A callback: `lifecycle_action_result` and either `lifecycle_action_key`, or `instance_id` (its name will do) and, to
   * mean one of several hooks, `lifecycle_hook_name`.
   */
  "POST /emulator/groups/:id/complete": ({ groups }, id, body) => {
    const { lifecycle_action_key: key, instance_id: instance, lifecycle_hook_name: hook } = body;
    const result = actionResults.find((known) => known === body.lifecycle_action_result);
    if (result === undefined) throw new Error(`give lifecycle_action_result: ${actionResults.join(", ")}`);
    const group = groups.expect(id);
    const instanceId = group.instances.find(({ name }) => name === instance)?.id ?? instance;
    const meant = wireHangs(group).filter(
      (one) =>
        one.lifecycle_hook_status === "HANGING" &&
        (key === undefined ? one.instance_id === instanceId : one.lifecycle_action_key === key) &&
        (hook === undefined || one.lifecycle_hook_name === hook),
    );
    if (meant.length === 0) throw new Error("no instance of the group hangs there");
    for (const { lifecycle_action_key: actionKey } of meant) {
      // An ABANDON ends the waits on the others.
      if (!groups.expect(id).hangs.some(({ key, status }) => key === actionKey && status === "HANGING"))
        continue;
      const callback = { result, actionKey, instanceId: undefined, hookName: undefined };
      groups.happen(id, { kind: "complete", callback });
    }
    return done;
  },
  /** `{"instance_id":"…"}`: its server dies, and the health check replaces it. */
  "POST /emulator/groups/:id/fail": ({ groups }, id, { instance_id }) => {
    groups.happen(id, { kind: "fail", instances: [String(instance_id)] });
    return done;
  },
  /** Suspends an instance, and answers with it as the API lists it. */
  "POST /emulator/groups/:id/hanging-instances": ({ groups }, id, { instance_id, lifecycle_hook_name }) => {
    if (typeof instance_id !== "string" || typeof lifecycle_hook_name !== "string") {
      throw new Error("give instance_id and lifecycle_hook_name");
    }
    return { status: 201, body: groups.suspend(id, instance_id, lifecycle_hook_name) };
  },
  /** `{"topic_urn":"…","endpoint":"http://…"}`: has a topic's messages sent somewhere, and makes the topic if need be. */
  "POST /emulator/subscriptions": ({ topics, now }, _, { topic_urn: urn, endpoint }) => {
    if (typeof urn !== "string" || typeof endpoint !== "string" || !URL.canParse(endpoint)) {
      throw new Error("give topic_urn and endpoint");
    }
    if (!topics.topics.has(urn)) {
      const topic = { urn, name: urn.split(":").at(-1) ?? "", displayName: "", made: now() };
      topics.happen({ kind: "topic", topic });
    }
    const { urn: subscription_urn } = topics.subscribe(urn, endpoint.split(":")[0] ?? "", endpoint, "");
    return { status: 201, body: { subscription_urn } };
  },
  /** `{"busy":true}`, `false`, or the number of writes to refuse. */
  "PUT /emulator/groups/:id/busy": ({ groups }, id, { busy }) => {
    if (typeof busy !== "boolean" && typeof busy !== "number") {
      throw new Error("give busy: true, false or a number");
    }
    groups.setBusy(id, busy);
    return done;
  },
  /** Adds a fault, whose fields are those of `Fault`. */
  "POST /emulator/faults": ({ interceptors }, _, body) => {
    interceptors.add(faultInterceptor(checkedFault(body)));
    return done;
  },
  /** Ends all faults and interceptors. */
  "DELETE /emulator/faults": ({ interceptors }) => {
    interceptors.clear();
    return done;
  },
};

export class Control {
  readonly #controlled: Controlled;

  constructor(controlled: Controlled) {
    this.#controlled = controlled;
  }

  /** Whether a request goes to this API rather than to the emulated one. */
  static isAddressed({ method, path }: ReceivedRequest): boolean {
    return (method === "GET" && path === "/") || path.startsWith("/emulator/");
  }

  /** Whether a request is for what a browser may show wherever its link was. */
  static isPage({ method, path, headers }: ReceivedRequest): boolean {
    return method === "GET" && path === "/" && headers["sec-fetch-mode"] === "navigate";
  }

  /** The answer to a request; never throws. */
  answer(request: ReceivedRequest): Answer {
    const { method, path } = request;
    const [, , , groupId = "", ...rest] = path.split("/");
    const pattern = path.startsWith("/emulator/groups/") ? ["/emulator/groups/:id", ...rest].join("/") : path;
    const handler = handlers[`${method} ${pattern}`];
    if (handler === undefined) return failure(404, `there is no ${method} ${path}`);
    try {
      const needsBody = (method === "POST" && !/(resume|pause)$/.test(path)) || method === "PUT";
      if (pattern !== path) this.#controlled.groups.expect(groupId);
      return handler(this.#controlled, groupId, needsBody ? (jsonBody(request.body) ?? {}) : {});
    } catch (error) {
      const isBody = error instanceof Refusal && (error.code === "AS.0002" || error.code === "AS.0022");
      return failure(400, isBody ? "the body is not a JSON object" : (error as Error).message);
    }
  }

  /** Whether a request is for the stream of changes, `GET /emulator/events`. */
  static isStream({ method, path }: ReceivedRequest): boolean {
    return method === "GET" && path === "/emulator/events";
  }

  /** Sends an event whenever something has changed, at most ten a second. */
  follow(response: ServerResponse): void {
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    response.write("data: changed\n\n");
    let timer: NodeJS.Timeout | undefined;
    const end = this.#controlled.feed.watch(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        response.write("data: changed\n\n");
      }, 100).unref();
    });
    response.on("close", () => {
      end();
      clearTimeout(timer);
    });
  }
}

function stateOf({ groups, topics, log, now }: Controlled): unknown {
  return {
    now: wireTime(now()),
    groups: groups.all.map((group) => ({
      ...wireGroup(group, groups.isBusy(group.id)),
      hooks: group.hooks,
      instances: group.instances.map((one) => ({ ...wireInstance(group, one), instance_id: one.id })),
      hanging: wireHangs(group),
      activities: [...(group.activity === undefined ? [] : [group.activity]), ...group.ended]
        .slice(0, 10)
        .map((activity) => wireActivity(activity, 2)),
    })),
    messages: topics.messages.slice(-50),
    requests: log.entries.slice(-100).map(({ body, ...entry }) => ({ ...entry, body: body.slice(0, 200) })),
  };
}

function sizesOf(given: Readonly<Record<string, unknown>>): Partial<Sizes> {
  const entries = Object.entries(given).map(([name, size]) => {
    const isSize = ["min", "desire", "max"].includes(name) && Number.isInteger(size) && Number(size) >= 0;
    if (!isSize) throw new Error("give min, desire and max: whole numbers");
    return [name, size];
  });
  return Object.fromEntries(entries);
}

function failure(status: number, error: string): Answer {
  return { status, body: { error } };
}
