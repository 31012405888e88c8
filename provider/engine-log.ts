import { createRequire } from "node:module";
import { expandUrn } from "./core/urn";

interface MessageOptions {
  readonly level?: "info" | "warning";
  /** Gives way to the next message, as a status does. */
  readonly ephemeral?: boolean;
}

interface Engine {
  /** Shows a message on a resource's row; rejects when the engine can't be told. */
  show(shortUrn: string | undefined, message: string, options: MessageOptions): Promise<void>;
  /** Whether it answers. */
  isThere(): Promise<boolean>;
}

/** How long a message may take, in milliseconds. */
const patience = 1000;

/**
 * Messages on a resource's own row. The host has no way to send them, so they go to the engine directly, whose
 * address is the plugin's last argument. Best effort: an operation never fails for want of a message.
 */
export class EngineLog {
  readonly #token: string;
  #engine: Engine | undefined;
  /** It has taken a message. */
  #wasThere = false;
  /** Settles when the messages so far are there: one after the other, since the last status is the one that stays. */
  #sent: Promise<void> = Promise.resolve();

  /** For the resources of a type. */
  constructor(token: string) {
    this.#token = token;
  }

  /**
   * Resolves when the engine has the message, or can't be told: it may end the process as soon as an operation has
   * answered.
   */
  log(shortUrn: string | undefined, message: string, options: MessageOptions = {}): Promise<void> {
    this.#sent = this.#sent
      .then(async () => {
        this.#engine ??= connect(this.#token);
        await this.#engine?.show(shortUrn, message, options);
        this.#wasThere = true;
      })
      // The message is lost, and nothing else.
      .catch(() => undefined);
    return this.#sent;
  }

  /**
   * Whether the engine has gone since it took a message. After `kill -9` of it the plugin lives on for minutes, and
   * what it did then would stand in no state.
   */
  async isGone(): Promise<boolean> {
    await this.#sent;
    return this.#wasThere && this.#engine !== undefined && !(await this.#engine.isThere());
  }
}

/** Loaded late: most operations have nothing to say. */
function connect(token: string): Engine | undefined {
  const address = process.argv.at(-1);
  if (address === undefined || !/^[\w.[\]:-]+:\d+$/.test(address)) return undefined;
  // By `require`: an import finds no names in the generated modules.
  const load = createRequire(__filename);
  const { EngineClient }: typeof import("@pulumi/pulumi/proto/engine_grpc_pb.js") = load(
    "@pulumi/pulumi/proto/engine_grpc_pb.js",
  );
  const { LogRequest, LogSeverity }: typeof import("@pulumi/pulumi/proto/engine_pb.js") = load(
    "@pulumi/pulumi/proto/engine_pb.js",
  );
  // gRPC is Pulumi's dependency and not ours, so it is looked up from there.
  const grpc: typeof import("@grpc/grpc-js") = createRequire(load.resolve("@pulumi/pulumi"))("@grpc/grpc-js");
  const engine = new EngineClient(address, grpc.credentials.createInsecure());
  return {
    show(shortUrn, message, { level = "info", ephemeral = false }) {
      const request = new LogRequest();
      request.setSeverity(level === "warning" ? LogSeverity.WARNING : LogSeverity.INFO);
      request.setMessage(message);
      request.setEphemeral(ephemeral);
      if (shortUrn !== undefined) request.setUrn(expandUrn(shortUrn, token));
      return new Promise((resolve, reject) => {
        engine.log(request, new grpc.Metadata(), { deadline: Date.now() + patience }, (error) =>
          error === null ? resolve() : reject(error),
        );
      });
    },
    isThere: () =>
      new Promise((resolve) => {
        engine.waitForReady(Date.now() + patience, (error) => resolve(error === undefined));
      }),
  };
}
