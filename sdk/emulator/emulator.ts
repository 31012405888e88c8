import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { fieldsNamed, hookMessage, type WireInstance, wireInstance } from "./autoscaling/groups";
import type { HookPatch, WireHangingInstance, WireLifecycleHook } from "./autoscaling/hooks";
import { Groups, wireHangs } from "./autoscaling/service";
import { Control } from "./control";
import { Gateway } from "./http/gateway";
import { type Interceptor, Interceptors } from "./http/interception";
import { RequestLog, type RequestLogEntry } from "./http/request-log";
import { httpServer } from "./http/server";
import { type EmulatorOptions, settingsOf } from "./options";
import { Deliveries } from "./smn/delivery";
import { messageId, type PublishedMessage, Topics } from "./smn/topics";

/**
 * A local Auto Scaling API, with IAM's look-up of the project, that is listening. Its methods are what somebody
 * else does to the cloud, and what only the cloud sees: they need no request and are not in the log. Those that
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
   * Creates or changes a hook behind everyone's back, whatever the limits and the group's state. What is not given
   * stays, or has the API's defaults; the topic's name follows its URN.
   */
  putHook(groupId: string, hook: HookPatch): void;
  /** Deletes a hook behind everyone's back. @throws Error when there is none */
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
  const { region, projectId, accessKey, secretKey, securityToken, clock, topics } = settings;
  const log = new RequestLog();
  const interceptors = new Interceptors();
  const { behaviour, unknowns } = settings;
  const here = { url: "" };
  const deliveries = new Deliveries({ ...settings, ...behaviour, ...unknowns, url: () => here.url });
  const smn = new Topics(
    clock,
    deliveries,
    () => here.url,
    () => {},
    () => {},
  );
  const empty = { empty: "", null: null, absent: undefined } as const;
  const groups = new Groups(
    clock,
    behaviour,
    () => {},
    (effect, group) => {
      if (effect.kind !== "hang") return;
      const message = hookMessage(projectId, group, effect, empty[unknowns.emptyFields]);
      smn.publish(effect.hook.notification_topic_urn, message, unknowns.subject, messageId(effect.hang.key));
    },
  );
  const addGroup = (id: string) => {
    if (groups.has(id)) return;
    groups.make(id, { min: 0, desire: 0, max: 100 }, fieldsNamed(id));
    groups.happen(id, { kind: "resume" });
  };
  for (const id of settings.groups) addGroup(id);
  const gateway = new Gateway(settings, {
    groups,
    topics: smn,
    region,
    projectId,
    knowsTopic: (urn) => topics === undefined || topics.includes(urn) || smn.topics.has(urn),
    identity: () => deliveries.identity(),
    now: () => clock.now(),
  });
  const control = new Control(groups, log);
  const server = httpServer({ settings, gateway, control, interceptors, log });

  server.listen(settings.port, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  here.url = url;
  const closed = new Promise<void>((resolve) => server.once("close", resolve));
  const close = () => {
    groups.close();
    deliveries.close();
    server.close();
    server.closeAllConnections();
    return closed;
  };

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
    intercept: (interceptor) => interceptors.add(interceptor),
    close,
    [Symbol.asyncDispose]: close,
  };
}
