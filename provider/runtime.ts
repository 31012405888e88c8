/**
 * The dynamic provider: what `__provider` in every state loads, as `pulumi-huaweicloud-as/runtime`. The module
 * itself is the provider; there is one for each of the engine's plugin processes. It translates between the
 * dynamic-provider host and the core, and is hardened against how that host behaves.
 */
import { flushCompileCache } from "node:module";
import type * as pulumi from "@pulumi/pulumi";
import { redact } from "../sdk/errors/redaction";
import {
  formatHookId,
  type HookInputs,
  type HookOutputs,
  IncompleteError,
  type PlannedInputs,
  secretValues,
} from "./core/properties";
import { Run } from "./core/run";
import { readSettings } from "./core/settings";
import { EngineLog } from "./engine-log";
import { HostError, messageOf, ResourceInitError, silenceHostReports } from "./host-errors";
import { splitTimeout, timeoutOfCall, watchTimeouts } from "./host-timeouts";
import { decode, encode, encodeState } from "./host-values";

type Properties = Record<string, unknown>;

/** One provider, as one plugin process has it. */
class LifecycleHookProvider implements pulumi.dynamic.ResourceProvider {
  readonly #log = new EngineLog();
  /** Settled by `configure`. The host calls the methods without waiting for it, so each of them does. */
  #run: Promise<Run> = Promise.reject(new Error("the provider was used before it was configured"));

  constructor() {
    this.#run.catch(() => undefined);
  }

  /** Stores its result synchronously: the host hands the provider to others before this has ended. */
  async configure(request: pulumi.dynamic.ConfigureRequest): Promise<void> {
    this.#run = (async () => {
      const settings = readSettings((key) => request.config.get(`huaweicloud:${key}`), process.env);
      return new Run(settings, this.#log);
    })();
    // Each method tells it; the host would tell only the first, stack and all, and go on with the others.
    this.#run.catch(() => undefined);
  }

  async check(olds: Properties, news: Properties): Promise<pulumi.dynamic.CheckResult> {
    return this.#guarded([news], async (run) => {
      const { inputs, problems } = await run.check(decode(olds), decode(news));
      // A named property would have its value printed, even a secret one; the reason names it instead.
      // The engine marks again what the program made a secret, but not what a transform did.
      const encoded = news.__given === undefined ? encode(inputs) : encodeState(inputs);
      return { inputs: encoded, failures: problems.map((reason) => ({ property: "", reason })) };
    });
  }

  async diff(_id: pulumi.ID, olds: Properties, news: Properties): Promise<pulumi.dynamic.DiffResult> {
    return this.#guarded([news], async (run) => {
      const { changes, replaces } = await run.diff(outputsIn(olds), decode(news) as unknown as PlannedInputs);
      return { changes, replaces: [...replaces] };
    });
  }

  async create(properties: Properties): Promise<pulumi.dynamic.CreateResult> {
    const { inputs, timeout } = splitTimeout(properties);
    return this.#guarded([inputs], async (run) => {
      const checked = inputsIn(inputs);
      try {
        const outputs = await run.create(checked, timeout);
        return { id: formatHookId(outputs), outs: encodeState(outputs) };
      } catch (error) {
        throw partial(error, formatHookId(checked), inputs);
      }
    });
  }

  async read(id: pulumi.ID, properties: Properties): Promise<pulumi.dynamic.ReadResult> {
    return this.#guarded([properties], async (run) => {
      const found = await run.read(id, outputsIn(properties));
      // An empty id tells the engine that the hook is gone.
      if (found === undefined) return { id: "", props: {} };
      return { id, props: encodeState(found.outputs), inputs: encodeState(found.inputs) };
    });
  }

  async update(id: pulumi.ID, olds: Properties, news: Properties): Promise<pulumi.dynamic.UpdateResult> {
    const timeout = timeoutOfCall();
    return this.#guarded([olds, news], async (run) => {
      const known = outputsIn(olds);
      try {
        return { outs: encodeState(await run.update(id, known, inputsIn(news), timeout)) };
      } catch (error) {
        throw partial(error, id, news, known);
      }
    });
  }

  async delete(id: pulumi.ID, properties: Properties): Promise<void> {
    const timeout = timeoutOfCall();
    return this.#guarded([properties], (run) => run.delete(id, outputsIn(properties), timeout));
  }

  /** Runs a method so that whatever is thrown leaves as one clean message without a secret in it. */
  async #guarded<T>(properties: readonly Properties[], method: (run: Run) => Promise<T>): Promise<T> {
    try {
      return await method(await this.#run);
    } catch (error) {
      if (error instanceof HostError) throw error;
      throw new HostError(redact(messageOf(error), properties.flatMap(secretValues)));
    } finally {
      keepCompiledCode();
    }
  }
}

/** The error for a hook that exists all the same; any other as it is. */
function partial(error: unknown, id: string, inputs: Properties, before: Partial<HookInputs> = {}): unknown {
  if (!(error instanceof IncompleteError)) return error;
  const message = redact(error.message, [...secretValues(inputs), ...secretValues(before)]);
  // Without the provider's text the hook could never be deleted.
  const properties = { ...encodeState(error.outputs, before), __provider: inputs.__provider };
  return new ResourceInitError(message, id, properties);
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
watchTimeouts();

const provider = new LifecycleHookProvider();

export const configure = provider.configure.bind(provider);
export const check = provider.check.bind(provider);
export const diff = provider.diff.bind(provider);
export const create = provider.create.bind(provider);
export const read = provider.read.bind(provider);
export const update = provider.update.bind(provider);
const remove = provider.delete.bind(provider);

export { remove as delete };
