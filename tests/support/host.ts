import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { afterAll } from "vitest";
import { providerText } from "../../provider/provider-text";

const hostModule = require.resolve("@pulumi/pulumi/cmd/dynamic-provider");
const grpc: typeof import("@grpc/grpc-js") = createRequire(hostModule)("@grpc/grpc-js");

export type Properties = Record<string, unknown>;

/** An error as the engine gets it, with the state that it keeps of a resource that exists all the same. */
export interface HostFailure {
  readonly message: string;
  readonly partial?: {
    readonly id: string;
    readonly properties: Properties;
    readonly reasons: readonly string[];
  };
}

/** The engine has a process for each run; the hosts of a test file share one for each environment and engine. */
const processes = new Map<string, Promise<HostProcess>>();
let runs = 0;

afterAll(async () => {
  await Promise.all([...processes.values()].map(async (started) => (await started).stop()));
});

/** Loads the package anew at the first call of a run, so that nothing is left of earlier runs in the same process. */
const forget = `if(global.run!==RUN){global.run=RUN;for(const file in require.cache)if(file.startsWith(${JSON.stringify(join(__dirname, "../../dist/"))}))delete require.cache[file]}`;

/** The real dynamic-provider host of `@pulumi/pulumi` in a process of its own. */
class HostProcess {
  readonly #client: ResourceProviderClient;
  stderr = "";
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, port: number) {
    this.#process = process;
    this.#client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    process.stderr?.on("data", (text) => {
      this.stderr += text;
    });
  }

  static async start(environment: Readonly<Record<string, string>>, engineAddress: string) {
    const process = spawn(globalThis.process.execPath, [hostModule, engineAddress], {
      // Neither a home folder with credentials nor a server's agency may take part.
      env: {
        PATH: globalThis.process.env.PATH,
        NODE_COMPILE_CACHE: globalThis.process.env.NODE_COMPILE_CACHE,
        HOME: "/nonexistent",
        HW_METADATA_DISABLED: "1",
        ...environment,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [port] = await once(process.stdout, "data");
    return new HostProcess(process, Number(String(port).trim()));
  }

  call<Answer>(method: string, request: object): Promise<Answer> {
    const client = this.#client as unknown as Record<
      string,
      (request: object, done: Callback<Answer>) => void
    >;
    return promisify((done: Callback<Answer>) => client[method]?.(request, done))();
  }

  async stop(): Promise<void> {
    this.#client.close();
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill();
    await once(this.#process, "exit");
  }
}

/** One run of the engine, as the provider sees it, spoken to as the engine does. */
export class Host {
  readonly #process: HostProcess;
  readonly #config: Properties;
  readonly #forget = forget.replaceAll("RUN", String(runs++));
  readonly #start: number;
  #configured: Promise<unknown> | undefined;

  private constructor(process: HostProcess, config: Properties) {
    this.#process = process;
    this.#config = config;
    this.#start = process.stderr.length;
  }

  /**
   * Starts a run. `environment` is all that the host sees besides PATH. Nothing listens at the default address of the
   * engine.
   */
  static async start(
    environment: Readonly<Record<string, string>> = {},
    config: Properties = {},
    engineAddress = "127.0.0.1:1",
  ): Promise<Host> {
    const key = JSON.stringify([environment, engineAddress]);
    const started = processes.get(key) ?? HostProcess.start(environment, engineAddress);
    processes.set(key, started);
    return new Host(await started, config);
  }

  /** Everything the host has written to stderr: users see it in their diagnostics. */
  get stderr(): string {
    return this.#process.stderr.slice(this.#start);
  }

  async check(
    olds: Properties,
    news: Properties,
  ): Promise<{ inputs: Properties; reasons: string[]; properties: string[] }> {
    const request = new messages.CheckRequest().setOlds(this.#struct(olds)).setNews(this.#struct(news));
    const answer: messages.CheckResponse = await this.#call("check", request);
    const failures = answer.getFailuresList();
    return {
      inputs: plain(answer.getInputs()),
      reasons: failures.map((failure) => failure.getReason()),
      properties: failures.map((failure) => failure.getProperty()),
    };
  }

  async diff(
    id: string,
    olds: Properties,
    news: Properties,
  ): Promise<{ changes: boolean; replaces: string[] }> {
    const request = new messages.DiffRequest()
      .setId(id)
      .setOlds(this.#struct(olds))
      .setNews(this.#struct(news));
    const answer: messages.DiffResponse = await this.#call("diff", request);
    const changes = answer.getChanges() !== messages.DiffResponse.DiffChanges.DIFF_NONE;
    return { changes, replaces: answer.getReplacesList() };
  }

  async create(inputs: Properties): Promise<{ id: string; outputs: Properties }> {
    const request = new messages.CreateRequest().setProperties(this.#struct(inputs));
    const answer: messages.CreateResponse = await this.#call("create", request);
    return { id: answer.getId(), outputs: plain(answer.getProperties()) };
  }

  async read(
    id: string,
    properties: Properties,
  ): Promise<{ id: string; outputs: Properties; inputs: Properties }> {
    const request = new messages.ReadRequest().setId(id).setProperties(this.#struct(properties));
    const answer: messages.ReadResponse = await this.#call("read", request);
    return { id: answer.getId(), outputs: plain(answer.getProperties()), inputs: plain(answer.getInputs()) };
  }

  async update(id: string, olds: Properties, news: Properties): Promise<{ outputs: Properties }> {
    const request = new messages.UpdateRequest()
      .setId(id)
      .setOlds(this.#struct(olds))
      .setNews(this.#struct(news));
    const answer: messages.UpdateResponse = await this.#call("update", request);
    return { outputs: plain(answer.getProperties()) };
  }

  async delete(id: string, properties: Properties, urn = ""): Promise<void> {
    const request = new messages.DeleteRequest()
      .setId(id)
      .setProperties(this.#struct(properties))
      .setUrn(urn);
    await this.#call("delete", request);
  }

  async #call<Answer>(method: string, request: object): Promise<Answer> {
    const configure = new messages.ConfigureRequest().setArgs(struct(this.#config));
    this.#configured ??= this.#process.call("configure", configure);
    await this.#configured;
    return this.#process.call(method, request);
  }

  /** The properties with the code of their provider. */
  #struct(properties: Properties): Struct {
    const code = `${this.#forget}${properties.__provider ?? providerText}`;
    return struct({ ...properties, __provider: code });
  }
}

type Callback<Answer> = (error: Error | null, answer: Answer) => void;

/** What a call of the host fails with; an assertion error when it succeeds. */
export async function failureOf(call: Promise<unknown>): Promise<HostFailure> {
  try {
    await call;
  } catch (error) {
    const { details, metadata } = error as { details: string; metadata: { get(name: string): Buffer[] } };
    const [bytes] = metadata.get("grpc-status-details-bin");
    if (bytes === undefined) return { message: details };
    const any = Status.deserializeBinary(bytes).getDetailsList()[0];
    const failed = ErrorResourceInitFailed.deserializeBinary(any?.getValue_asU8() ?? new Uint8Array());
    return {
      message: details,
      partial: {
        id: failed.getId(),
        properties: plain(failed.getProperties()),
        reasons: failed.getReasonsList(),
      },
    };
  }
  throw new Error("the call succeeded");
}

function struct(properties: Properties): Struct {
  return Struct.fromJavaScript(properties as Record<string, JavaScriptValue>);
}

function plain(properties: Struct | undefined): Properties {
  const { __provider, ...rest } = (properties?.toJavaScript() ?? {}) as Properties;
  return rest;
}
