import { createRequire } from "node:module";
import { expandUrn } from "./core/urn";

type Level = "info" | "warning";

/**
 * Messages on a resource's own row. The host has no way to send them, so they go to the engine directly, whose
 * address is the plugin's last argument. Best effort: an operation never fails for want of a message.
 */
export class EngineLog {
  #client: Promise<EngineConnection | undefined> | undefined;

  /** `ephemeral` messages give way to the next, as a status does. */
  log(
    shortUrn: string | undefined,
    message: string,
    options: { level?: Level; ephemeral?: boolean } = {},
  ): void {
    this.#client ??= connect();
    void this.#client
      .then((connection) => connection?.send(shortUrn, message, options))
      .catch(() => undefined);
  }
}

interface EngineConnection {
  send(shortUrn: string | undefined, message: string, options: { level?: Level; ephemeral?: boolean }): void;
}

async function connect(): Promise<EngineConnection | undefined> {
  const address = process.argv.at(-1);
  if (address === undefined || !/^[\w.[\]:-]+:\d+$/.test(address)) return undefined;
  const [{ EngineClient }, { LogRequest, LogSeverity }] = await Promise.all([
    import("@pulumi/pulumi/proto/engine_grpc_pb.js"),
    import("@pulumi/pulumi/proto/engine_pb.js"),
  ]);
  // gRPC is Pulumi's dependency and not ours, so it is looked up from there.
  const grpc: typeof import("@grpc/grpc-js") = createRequire(require.resolve("@pulumi/pulumi"))(
    "@grpc/grpc-js",
  );
  const engine = new EngineClient(address, grpc.credentials.createInsecure());
  return {
    send(shortUrn, message, { level = "info", ephemeral = false }) {
      const request = new LogRequest();
      request.setSeverity(level === "warning" ? LogSeverity.WARNING : LogSeverity.INFO);
      request.setMessage(message);
      request.setEphemeral(ephemeral);
      if (shortUrn !== undefined) request.setUrn(expandUrn(shortUrn));
      engine.log(request, () => undefined);
    },
  };
}
