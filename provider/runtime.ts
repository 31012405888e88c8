/**
 * The dynamic provider: what `__provider` in every state loads, as `pulumi-huaweicloud-as/runtime`. The module
 * itself is the provider; there is one for each of the engine's plugin processes. It translates between the
 * dynamic-provider host and the core, and is hardened against how that host behaves.
 */
import { flushCompileCache } from "node:module";
import type * as pulumi from "@pulumi/pulumi";
import { redact } from "../sdk/redaction";
import { type Checked, check as checkInputs, isNew } from "./core/check";
import { ConfiguredClients } from "./core/clients";
import type { Clients, Context } from "./core/context";
import { create as createHook } from "./core/create";
import { deleteHook } from "./core/delete";
import { diff as diffHook } from "./core/diff";
import { type TimedOperation, timeoutOf } from "./core/duration";
import { formatHookId } from "./core/hook-id";
import { IncompleteError } from "./core/incomplete";
import { type Findings, noFindings, Preflight } from "./core/preflight";
import {
  type HiddenInputs,
  type HookInputs,
  type HookOutputs,
  type PlannedInputs,
  secretValues,
} from "./core/properties";
import { read as readHook } from "./core/read";
import { readSettings, type Settings } from "./core/settings";
import { systemClock } from "./core/system-clock";
import { update as updateHook } from "./core/update";
import { EngineLog } from "./engine-log";
import { HostError, messageOf, PartialError, silenceHostReports } from "./host-errors";
import { decode, encode, encodeState } from "./host-values";

type Properties = Record<string, unknown>;

/** One provider, as one plugin process has it. */
class LifecycleHookProvider implements pulumi.dynamic.ResourceProvider {
  readonly #log = new EngineLog();
  readonly #preflight = new Preflight();
  /** The hooks of this run that the state has already; a second check of one without olds is its replacement. */
  readonly #existing = new Set<string>();
  /** The hooks that a create of this run has found instead of made. */
  readonly #adopted = new Set<string>();
  /** Settled by `configure`. The host calls the methods without waiting for it, so each of them does. */
  #configured: Promise<{ settings: Settings; clients: Clients }> = Promise.reject(
    new Error("the provider was used before it was configured"),
  );

  constructor() {
    this.#configured.catch(() => undefined);
  }

  /** Stores its result synchronously: the host hands the provider to others before this has ended. */
  async configure(request: pulumi.dynamic.ConfigureRequest): Promise<void> {
    this.#configured = (async () => {
      const settings = readSettings((key) => request.config.get(`huaweicloud:${key}`), process.env);
      return { settings, clients: new ConfiguredClients(settings, systemClock) };
    })();
    // Each method tells it; the host would tell only the first, stack and all, and go on with the others.
    this.#configured.catch(() => undefined);
  }

  async check(olds: Properties, news: Properties): Promise<pulumi.dynamic.CheckResult> {
    return this.#guarded([news], async () => {
      const { settings } = await this.#configured;
      const old = decode(olds);
      const checked = checkInputs(old, decode(news), settings);
      const findings = await this.#inspect(isNew(old), checked, settings);
      const { __urn } = checked.inputs as HiddenInputs;
      const warnings = [...checked.warnings, ...findings.warnings].map((text) =>
        this.#log.log(__urn, redact(text, secretValues(news)), { level: "warning" }),
      );
      await Promise.all(warnings);
      const { inputs } = checked;
      const all = [...settings.problems, ...checked.problems, ...findings.problems];
      // A named property would have its value printed, even a secret one; the reason names it instead.
      return { inputs: encode(inputs), failures: all.map((reason) => ({ property: "", reason })) };
    });
  }

  async diff(_id: pulumi.ID, olds: Properties, news: Properties): Promise<pulumi.dynamic.DiffResult> {
    return this.#guarded([news], async () => {
      const { settings } = await this.#configured;
      const { changes, replaces } = diffHook(
        outputsIn(olds),
        decode(news) as unknown as PlannedInputs,
        settings,
      );
      return { changes, replaces: [...replaces] };
    });
  }

  async create(inputs: Properties): Promise<pulumi.dynamic.CreateResult> {
    return this.#guarded([inputs], async () => {
      const checked = inputsIn(inputs);
      const { __urn, __import } = checked;
      // A replacement must not take over the very hook that it replaces.
      const adopt = __urn !== undefined && this.#existing.has(__urn) ? undefined : __import;
      try {
        const { outputs, made } = await createHook(await this.#context("create", checked), checked, adopt);
        if (!made) this.#adopted.add(placeOf(outputs));
        return { id: formatHookId(outputs), outs: encodeState(outputs) };
      } catch (error) {
        throw partial(error, formatHookId(checked), inputs);
      }
    });
  }

  async read(id: pulumi.ID, properties: Properties): Promise<pulumi.dynamic.ReadResult> {
    return this.#guarded([properties], async () => {
      const known = outputsIn(properties);
      const found = await readHook(await this.#context("read", known), id, known);
      // An empty id tells the engine that the hook is gone.
      if (found === undefined) return { id: "", props: {} };
      return { id, props: encodeState(found.outputs), inputs: encodeState(found.inputs) };
    });
  }

  async update(id: pulumi.ID, olds: Properties, news: Properties): Promise<pulumi.dynamic.UpdateResult> {
    return this.#guarded([olds, news], async () => {
      const known = outputsIn(olds);
      const checked = inputsIn(news);
      try {
        const outputs = await updateHook(await this.#context("update", checked), id, known, checked);
        return { outs: encodeState(outputs) };
      } catch (error) {
        throw partial(error, id, news, known);
      }
    });
  }

  async delete(id: pulumi.ID, properties: Properties): Promise<void> {
    return this.#guarded([properties], async () => {
      const known = outputsIn(properties);
      // The old one of a replacement whose new one found it there, and is it: nothing is to go.
      if (this.#adopted.delete(placeOf(known))) return;
      await deleteHook(await this.#context("delete", known), id, known);
    });
  }

  /** Looks at the live group where that was asked for: to import a hook, or to see what `up` would meet. */
  async #inspect(isNewHook: boolean, { inputs, problems }: Checked, settings: Settings): Promise<Findings> {
    const { __urn, __import } = inputs as HiddenInputs;
    if (!isNewHook && __urn !== undefined) this.#existing.add(__urn);
    const replaces = __urn !== undefined && this.#existing.has(__urn);
    const unusable = problems.length > 0 || settings.problems.length > 0;
    if (!isNewHook || replaces || unusable) return noFindings;
    const context = await this.#context("read", inputs);
    if (__import !== undefined) return this.#preflight.inspectImport(context, __import, inputs);
    return settings.preflight ? this.#preflight.inspectGroup(context, inputs) : noFindings;
  }

  /** Runs a method so that whatever is thrown leaves as one clean message without a secret in it. */
  async #guarded<T>(properties: readonly Properties[], method: () => Promise<T>): Promise<T> {
    try {
      return await method();
    } catch (error) {
      if (error instanceof HostError) throw error;
      throw new HostError(redact(messageOf(error), properties.flatMap(secretValues)));
    } finally {
      keepCompiledCode();
    }
  }

  async #context(operation: TimedOperation, properties: HiddenInputs): Promise<Context> {
    const { clients } = await this.#configured;
    const { __urn, __timeouts } = properties;
    const secrets = secretValues(properties);
    return {
      clients,
      clock: systemClock,
      timeout: timeoutOf(operation, __timeouts),
      isAbandoned: () => this.#log.isGone(),
      log: (message, options) => void this.#log.log(__urn, redact(message, secrets), options),
    };
  }
}

/** The error for a hook that exists all the same; any other as it is. */
function partial(error: unknown, id: string, inputs: Properties, before: HiddenInputs = {}): unknown {
  if (!(error instanceof IncompleteError)) return error;
  const message = redact(error.message, [...secretValues(inputs), ...secretValues(before)]);
  // Without the provider's text the hook could never be deleted.
  const properties = { ...encodeState(error.outputs, before), __provider: inputs.__provider };
  return new PartialError(message, id, properties);
}

/** Which hook it is, among all there are. */
function placeOf(outputs: HookOutputs): string {
  return `${outputs.region}/${outputs.projectId}/${formatHookId(outputs)}`;
}

/** What `check` has let pass, or what the state has of a hook: its shape is known. */
function inputsIn(properties: Properties): HookInputs {
  return decode(properties) as unknown as HookInputs;
}

function outputsIn(properties: Properties): HookOutputs {
  return decode(properties) as unknown as HookOutputs;
}

/**
 * The engine kills the plugin before Node writes its compile cache, for users who have set one up. Done after each
 * call, since the first that sends a request loads most of the code; where there is nothing new it costs nothing.
 */
function keepCompiledCode(): void {
  if (compilesIntoCache) flushCompileCache();
}

const compilesIntoCache = process.env.NODE_COMPILE_CACHE !== undefined;

silenceHostReports();

const provider = new LifecycleHookProvider();

export const configure = provider.configure.bind(provider);
export const check = provider.check.bind(provider);
export const diff = provider.diff.bind(provider);
export const create = provider.create.bind(provider);
export const read = provider.read.bind(provider);
export const update = provider.update.bind(provider);
const remove = provider.delete.bind(provider);

export { remove as delete };
