import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Effect, Group } from "./autoscaling/group";
import { fieldsNamed, hookMessage, type WireInstance, wireInstance } from "./autoscaling/group-wire";
import type { HookPatch, WireHangingInstance, WireLifecycleHook } from "./autoscaling/hooks";
import { Groups, wireHangs } from "./autoscaling/service";
import { Control } from "./control";
import { Feed } from "./feed";
import { type Fault, faultInterceptor } from "./http/faults";
import { Gateway } from "./http/gateway";
import { type Interceptor, Interceptors } from "./http/interception";
import { RequestLog, type RequestLogEntry } from "./http/request-log";
import { httpServer } from "./http/server";
import { defaultGroup, type EmulatorOptions, settingsOf } from "./options";
import { Deliveries } from "./smn/delivery";
import { messageId, type PublishedMessage, Topics } from "./smn/topics";
import { type Snapshot, StateFile, type StateRecord } from "./state-file";

type HangEffect = Extract<Effect, { kind: "hang" }>;

/**
 * A local Auto Scaling API, with IAM's look-up of the project, that is listening. Its methods do what others
 * do to the cloud, and show what only the cloud sees: they send no request and are not in the log. Those that
 * take a group's id throw an Error when there is no such group.
 */
export interface Emulator extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, the endpoint of both Auto Scaling and IAM. */
  readonly url: string;
  readonly port: number;
  readonly region: string;
  readonly projectId: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** The ids of the scaling groups there are now. */
  readonly groups: readonly string[];
  /**
   * The environment with which the provider and the client reach it, the project being looked up. Variables that
   * would lead elsewhere are empty, so that it can be laid over a shell's own: `{ ...process.env, ...emulator.env }`.
   */
  readonly env: Readonly<Record<string, string>>;
  /** The requests so far, in the order of their arrival (at most 10,000): a live view. */
  readonly requests: readonly RequestLogEntry[];
  /** The messages that SMN was given, the last 1,000, with what became of them: a live view. */
  readonly messages: readonly PublishedMessage[];
  /** Forgets the requests so far. */
  clearRequests(): void;
  /** Copies of a group's hooks, as the API would list them. */
  hooks(groupId: string): WireLifecycleHook[];
  /**
   * Creates or changes a hook behind the service's back, whatever the limits and the group's state. What is not given
   * stays, or has the API's defaults; the topic's name follows its URN.
   */
  putHook(groupId: string, hook: HookPatch): void;
  /** Deletes a hook behind the service's back. @throws Error when there is none */
  removeHook(groupId: string, name: string): void;
  /** Adds a scaling group without hooks; one that is there already stays as it is. */
  addGroup(id: string): void;
  /** Removes a scaling group with its hooks. */
  removeGroup(id: string): void;
  /**
   * Makes a group refuse creates, updates and deletes of hooks with AS.2033, as while a scaling activity runs:
   * until told otherwise (`true`), or for the next so many of them (a number), after which it is free again.
   */
  setBusy(groupId: string, busy: boolean | number): void;
  /**
   * Suspends an instance at a hook until a callback, or until the hook's time-out has passed by the emulator's
   * clock. The group is not made busy by it. @throws Error when there is no such hook, or the instance hangs there
   */
  suspend(
    groupId: string,
    suspension: { readonly instanceId: string; readonly lifecycleHookName: string },
  ): WireHangingInstance;
  /** Copies of a group's suspensions, as the API would list them; those that have ended show what was decided. */
  hangingInstances(groupId: string): WireHangingInstance[];
  /** Sets how many instances a group is to have, as a request would. @throws Error for a number that it cannot have */
  scale(groupId: string, desired: number): void;
  /** Lets an instance's server die, so that the health check replaces it. */
  failInstance(groupId: string, instanceId: string): void;
  /** A group's instances, as the API lists them. */
  instances(groupId: string): WireInstance[];
  /** Makes a fault happen to requests to come, by an interceptor of its own. @returns a function that ends it */
  addFault(fault: Fault): () => void;
  /** Asks a function about each request to come before it is handled. @returns a function that ends it */
  intercept(interceptor: Interceptor): () => void;
  /** Stops listening and closes all connections, whatever is under way on them. Can be called again. */
  close(): Promise<void>;
}

/**
 * Starts a local Auto Scaling API on the loopback interface, to try and to test without an account. It verifies
 * signatures and judges requests as the real gateway and service do, as far as that is known.
 *
 * @throws Error of node:net, with its code (`EADDRINUSE`), when the port can't be had
 * @example
 * const emulator = await startEmulator();
 * const environment = { ...process.env, ...emulator.env };
 * // run something in that environment, then:
 * console.log(emulator.requests.map(({ method, path, status }) => `${method} ${path} ${status}`));
 * await emulator.close();
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const settings = settingsOf(options);
  const { region, projectId, accessKey, secretKey, securityToken, clock, behaviour, unknowns } = settings;
  const here = { url: "" };
  const feed = new Feed(settings.onEvent);
  const log = new RequestLog();
  const interceptors = new Interceptors();
  const state = settings.state === undefined ? undefined : new StateFile(settings.state);
  const settled = new Set<string>();

  const record = (entry: StateRecord) => {
    if (state?.append(entry) === true) state.replace(snapshot());
    feed.changed();
  };
  const deliveries = new Deliveries({ ...settings, ...behaviour, ...unknowns, url: () => here.url });
  const smn = new Topics(
    clock,
    deliveries,
    () => here.url,
    (topic) => record({ topic }),
    (message) => {
      const isSettled = message.deliveries.every(({ outcome }) => outcome !== "sending");
      if (state !== undefined && isSettled) {
        settled.add(message.id);
        record({ settled: message.id });
      }
      feed.message(message);
    },
  );
  const publish = (effect: HangEffect, group: Group) => {
    const empty = ({ empty: "", null: null, absent: undefined } as const)[unknowns.emptyFields];
    const message = hookMessage(projectId, group, effect, empty);
    smn.publish(effect.hook.notification_topic_urn, message, unknowns.subject, messageId(effect.hang.key));
  };
  const groups = new Groups(clock, behaviour, record, (effect, group) => {
    feed.effect(effect, group);
    if (effect.kind === "hang" && !settled.has(messageId(effect.hang.key))) publish(effect, group);
  });
  const snapshot = (): Snapshot => {
    const hanging = new Set(groups.stored.flatMap(({ hangs }) => hangs.map(({ key }) => messageId(key))));
    for (const id of settled) if (!hanging.has(id)) settled.delete(id);
    return {
      groups: groups.stored,
      topics: [...smn.topics.values()],
      subscriptions: [...smn.subscriptions.values()],
      settled: [...settled],
    };
  };
  const addGroup = (id: string) => {
    if (groups.has(id)) return;
    groups.make(id, { min: 0, desire: 0, max: 100 }, fieldsNamed(id));
    groups.happen(id, { kind: "resume" });
  };

  const gateway = new Gateway(settings, {
    groups,
    topics: smn,
    region,
    projectId,
    knowsTopic: (urn) => (settings.topics?.includes(urn) ?? true) || smn.topics.has(urn),
    identity: () => deliveries.identity(),
    now: () => clock.now(),
  });
  const control = new Control({ groups, topics: smn, log, interceptors, feed, now: () => clock.now() });
  const server = httpServer({ settings, gateway, control, interceptors, log, feed });

  const found = state?.read();
  /** Goes on where the last emulator with this file ended. */
  const restore = (): void => {
    let then = behaviour;
    for (const group of found?.snapshot.groups ?? []) groups.restore(group);
    for (const topic of found?.snapshot.topics ?? []) smn.repeat({ kind: "topic", topic });
    for (const subscription of found?.snapshot.subscriptions ?? [])
      smn.repeat({ kind: "subscription", subscription });
    for (const id of found?.snapshot.settled ?? []) settled.add(id);
    for (const entry of found?.records ?? []) {
      if ("group" in entry) groups.repeat(entry, then);
      else if ("topic" in entry) smn.repeat(entry.topic);
      else if ("settled" in entry) settled.add(entry.settled);
      else then = entry.behaviour;
    }
    state?.replace(snapshot());
    record({ behaviour });
    for (const group of groups.stored) {
      for (const hang of group.hangs) {
        const hook = group.hooks.find((one) => one.lifecycle_hook_name === hang.hookName);
        const instance = group.instances.find(({ id }) => id === hang.instanceId);
        const isUnsent = hang.status === "HANGING" && !settled.has(messageId(hang.key));
        if (isUnsent && hook !== undefined && instance !== undefined) {
          publish({ kind: "hang", at: clock.now(), hang, hook, instance }, group);
        }
      }
    }
  };

  server.listen(settings.port, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  here.url = url;
  const closed = new Promise<void>((resolve) => server.once("close", resolve));
  const close = () => {
    groups.close();
    deliveries.close();
    state?.close();
    server.close();
    server.closeAllConnections();
    return closed;
  };
  try {
    // Only now: what was due meanwhile is sent with this address.
    restore();
  } catch (error) {
    await close();
    throw new Error(`${settings.state}: ${(error as Error).message}`);
  }
  for (const id of settings.groups ?? (found === undefined ? [defaultGroup] : [])) addGroup(id);
  for (const fault of settings.faults) interceptors.add(faultInterceptor(fault));

  return {
    url,
    port,
    region,
    projectId,
    accessKey,
    secretKey,
    get groups() {
      return groups.all.map(({ id }) => id);
    },
    env: {
      HW_REGION_NAME: region,
      HW_ACCESS_KEY: accessKey,
      HW_SECRET_KEY: secretKey,
      HW_SECURITY_TOKEN: securityToken ?? "",
      HW_AUTH_TOKEN: "",
      HW_PROJECT_ID: "",
      HUAWEICLOUD_SDK_PROJECT_ID: "",
      HW_ENDPOINTS: JSON.stringify({ autoscaling: url, iam: url }),
    },
    requests: log.entries,
    messages: smn.messages,
    clearRequests: () => log.clear(),
    hooks: (groupId) => groups.expect(groupId).hooks.map((hook) => ({ ...hook })),
    putHook(groupId, hook) {
      groups.expect(groupId);
      groups.happen(groupId, { kind: "put-hook", patch: hook });
    },
    removeHook(groupId, name) {
      groups.expect(groupId);
      groups.happen(groupId, { kind: "remove-hook", name });
    },
    addGroup,
    removeGroup: (id) => groups.remove(id),
    setBusy: (groupId, busy) => groups.setBusy(groupId, busy),
    suspend: (groupId, { instanceId, lifecycleHookName }) =>
      groups.suspend(groupId, instanceId, lifecycleHookName),
    hangingInstances: (groupId) => wireHangs(groups.expect(groupId)),
    scale(groupId, desired) {
      groups.expect(groupId);
      groups.happen(groupId, { kind: "configure", sizes: { desire: desired }, fields: {} });
    },
    failInstance(groupId, instanceId) {
      groups.expect(groupId);
      groups.happen(groupId, { kind: "fail", instances: [instanceId] });
    },
    instances(groupId) {
      const group = groups.expect(groupId);
      return group.instances.map((instance) => wireInstance(group, instance));
    },
    addFault: (fault) => interceptors.add(faultInterceptor(fault)),
    intercept: (interceptor) => interceptors.add(interceptor),
    close,
    [Symbol.asyncDispose]: close,
  };
}
