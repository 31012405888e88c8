/**
 * What a dynamic provider of this package is to its host: it translates between the dynamic-provider host and the core,
 * and is hardened against how that host behaves.
 */
import { flushCompileCache } from "node:module";
import type * as pulumi from "@pulumi/pulumi";
import { redact } from "../sdk/errors/redaction";
import type { Difference } from "./core/diff";
import { type HiddenInputs, IncompleteError, type Planned, secretValues } from "./core/properties";
import type { CheckResult, RunLog } from "./core/run";
import { type ProviderSettings, readSettings } from "./core/settings";
import { shortenUrn } from "./core/urn";
import { EngineLog } from "./engine-log";
import { HostError, messageOf, ResourceInitError, silenceHostReports } from "./host-errors";
import { requestOfCall, splitTimeout, watchRequests } from "./host-requests";
import { decode, encode, encodeState } from "./host-values";

type Properties = Record<string, unknown>;

/** The operations of one run of the engine on the resources of one type. `timeout`: milliseconds, if the engine gives it. */
interface ResourceRun<Inputs, Outputs> {
  check(olds: Properties, news: Properties): Promise<CheckResult>;
  diff(olds: Outputs, news: Planned<Inputs>): Promise<Difference>;
  create(inputs: Inputs, timeout?: number): Promise<Outputs>;
  read(
    id: string,
    known: Partial<Outputs>,
  ): Promise<{ readonly outputs: Outputs; readonly inputs: HiddenInputs } | undefined>;
  update(id: string, olds: Outputs, news: Inputs, timeout?: number): Promise<Outputs>;
  /** `row`: the short URN that the engine has for the resource now. */
  delete(id: string, known: Outputs, timeout?: number, row?: string): Promise<void>;
}

/** A type of resource, as the core has it. */
interface ResourceType<Inputs, Outputs> {
  readonly token: string;
  readonly start: (settings: ProviderSettings, log: RunLog) => ResourceRun<Inputs, Outputs>;
  readonly idOf: (inputs: Inputs) => string;
}

/** The provider of one type of resource, as one plugin process has it. */
class HostProvider<Inputs extends HiddenInputs, Outputs extends Inputs>
  implements pulumi.dynamic.ResourceProvider
{
  readonly #type: ResourceType<Inputs, Outputs>;
  readonly #log: EngineLog;
  /** Settled by `configure`. The host calls the methods without waiting for it, so each of them does. */
  #run: Promise<ResourceRun<Inputs, Outputs>> = Promise.reject(
    new Error("the provider was used before it was configured"),
  );

  constructor(type: ResourceType<Inputs, Outputs>) {
    this.#type = type;
    this.#log = new EngineLog(type.token);
    this.#run.catch(() => undefined);
  }

  /** Stores its result synchronously: the host hands the provider to others before this has ended. */
  async configure(request: pulumi.dynamic.ConfigureRequest): Promise<void> {
    this.#run = (async () => {
      const settings = readSettings((key) => request.config.get(`huaweicloud:${key}`), process.env);
      return this.#type.start(settings, this.#log);
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
      const { changes, replaces } = await run.diff(shaped<Outputs>(olds), shaped<Planned<Inputs>>(news));
      return { changes, replaces: [...replaces] };
    });
  }

  async create(properties: Properties): Promise<pulumi.dynamic.CreateResult> {
    const { inputs, timeout } = splitTimeout(properties);
    return this.#guarded([inputs], async (run) => {
      const checked = shaped<Inputs>(inputs);
      try {
        const outputs = await run.create(checked, timeout);
        return { id: this.#type.idOf(outputs), outs: encodeState(outputs) };
      } catch (error) {
        throw partial(error, this.#type.idOf(checked), inputs);
      }
    });
  }

  async read(id: pulumi.ID, properties: Properties): Promise<pulumi.dynamic.ReadResult> {
    return this.#guarded([properties], async (run) => {
      const found = await run.read(id, shaped<Outputs>(properties));
      // An empty id tells the engine that the resource is gone.
      if (found === undefined) return { id: "", props: {} };
      return { id, props: encodeState(found.outputs), inputs: encodeState(found.inputs) };
    });
  }

  async update(id: pulumi.ID, olds: Properties, news: Properties): Promise<pulumi.dynamic.UpdateResult> {
    const { timeout } = requestOfCall();
    return this.#guarded([olds, news], async (run) => {
      const known = shaped<Outputs>(olds);
      try {
        return { outs: encodeState(await run.update(id, known, shaped<Inputs>(news), timeout)) };
      } catch (error) {
        throw partial(error, id, news, known);
      }
    });
  }

  async delete(id: pulumi.ID, properties: Properties): Promise<void> {
    const { timeout, urn } = requestOfCall();
    const row = urn === undefined ? undefined : shortenUrn(urn, this.#type.token);
    return this.#guarded([properties], (run) => run.delete(id, shaped<Outputs>(properties), timeout, row));
  }

  /** Runs a method so that whatever is thrown leaves as one clean message without a secret in it. */
  async #guarded<T>(
    properties: readonly Properties[],
    method: (run: ResourceRun<Inputs, Outputs>) => Promise<T>,
  ): Promise<T> {
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

/** The error for a resource that exists all the same; any other as it is. */
function partial(error: unknown, id: string, inputs: Properties, before: HiddenInputs = {}): unknown {
  if (!(error instanceof IncompleteError)) return error;
  const message = redact(error.message, [...secretValues(inputs), ...secretValues(before)]);
  // Without the provider's text the resource could never be deleted.
  const properties = { ...encodeState(error.outputs, before), __provider: inputs.__provider };
  return new ResourceInitError(message, id, properties);
}

/** What `check` has let pass, or what the state has: its shape is known. */
function shaped<Shape>(properties: Properties): Shape {
  return decode(properties) as unknown as Shape;
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
watchRequests();

/** The methods of a type's provider, for its module: the host takes the module itself as the provider. */
export function providerOf<Inputs extends HiddenInputs, Outputs extends Inputs>(
  type: ResourceType<Inputs, Outputs>,
): Required<pulumi.dynamic.ResourceProvider> {
  const provider = new HostProvider(type);
  return {
    configure: provider.configure.bind(provider),
    check: provider.check.bind(provider),
    diff: provider.diff.bind(provider),
    create: provider.create.bind(provider),
    read: provider.read.bind(provider),
    update: provider.update.bind(provider),
    delete: provider.delete.bind(provider),
  };
}
