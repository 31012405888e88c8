import { createRequire } from "node:module";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { type LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { afterAll, beforeAll, beforeEach } from "vitest";

const grpc: typeof import("@grpc/grpc-js") = createRequire(require.resolve("@pulumi/pulumi"))(
  "@grpc/grpc-js",
);

/** A message on a resource's row. */
export interface RowMessage {
  /** Empty for the stack's own row. */
  readonly urn: string;
  readonly message: string;
  readonly level: "info" | "warning";
  /** A status, which gives way to the next. */
  readonly ephemeral: boolean;
}

/** Stands in for the engine where a host sends what is to be shown on the rows of resources. */
export class EngineRows implements AsyncDisposable {
  readonly messages: RowMessage[] = [];
  readonly #server = new grpc.Server();
  /** A message is answered once this has settled. */
  answering: Promise<unknown> = Promise.resolve();
  /** The engine's address, as the last argument of a host. */
  address = "";

  static async start(): Promise<EngineRows> {
    const rows = new EngineRows();
    await rows.listen();
    return rows;
  }

  async listen(): Promise<void> {
    this.#server.addService(EngineService as import("@grpc/grpc-js").ServiceDefinition, {
      log: ({ request }: { request: LogRequest }, done: (error: null, answer: Empty) => void) => {
        this.messages.push({
          urn: request.getUrn(),
          message: request.getMessage(),
          level: request.getSeverity() === LogSeverity.WARNING ? "warning" : "info",
          ephemeral: request.getEphemeral(),
        });
        void this.answering.then(() => done(null, new Empty()));
      },
    });
    const port = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    this.address = `127.0.0.1:${port}`;
  }

  /** The warnings so far. */
  get warnings(): string[] {
    return this.messages.filter(({ level }) => level === "warning").map(({ message }) => message);
  }

  /** The statuses so far, the last of which stays. */
  get statuses(): string[] {
    return this.messages.filter(({ ephemeral }) => ephemeral).map(({ message }) => message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.forceShutdown();
  }
}

/** Stands in for the engine in all tests of a file; each begins without messages. */
export function engineRowsOfFile(): EngineRows {
  const rows = new EngineRows();
  beforeAll(() => rows.listen());
  afterAll(() => rows[Symbol.asyncDispose]());
  beforeEach(() => {
    rows.messages.length = 0;
  });
  return rows;
}
