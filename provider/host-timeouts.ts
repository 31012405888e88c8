import { createRequire } from "node:module";

/**
 * The time-outs of operations, as the engine's requests have them. The dynamic-provider host does not hand them on, and
 * the class sees only the `customTimeouts` of its own options: not those that a transform sets.
 */

interface TimedRequest {
  getId(): string;
  getProperties(): { getFieldsMap(): Map<string, unknown> } | undefined;
  /** Seconds; 0 when none is set. */
  getTimeout(): number;
}

type Message = { readonly prototype: TimedRequest };

/** The name under which the properties of a create have its time-out, in seconds. */
const property = "__timeout";
let current = 0;

/** Has the messages that the host has loaded tell their time-outs; where there is no host there is nothing to do. */
export function watchTimeouts(): void {
  // By `require`: an import finds no names in the generated modules.
  const load = createRequire(__filename);
  const loaded = load.cache[load.resolve("@pulumi/pulumi/proto/provider_pb.js")];
  if (loaded === undefined) return;
  const messages: Record<"CreateRequest" | "UpdateRequest" | "DeleteRequest", Message> = loaded.exports;
  const { Value } = createRequire(load.resolve("@pulumi/pulumi"))(
    "google-protobuf/google/protobuf/struct_pb",
  );
  const { getProperties } = messages.CreateRequest.prototype;
  messages.CreateRequest.prototype.getProperties = function (this: TimedRequest) {
    const properties = getProperties.call(this);
    const seconds = this.getTimeout();
    if (seconds > 0) properties?.getFieldsMap().set(property, Value.fromJavaScript(seconds));
    return properties;
  };
  for (const { prototype } of [messages.UpdateRequest, messages.DeleteRequest]) {
    const { getId } = prototype;
    // The host asks for the id right before it calls the provider.
    prototype.getId = function (this: TimedRequest) {
      current = this.getTimeout();
      return getId.call(this);
    };
  }
}

/** The milliseconds that the request sets for an update or a deletion that has just been called. */
export function timeoutOfCall(): number | undefined {
  const seconds = current;
  current = 0;
  return seconds > 0 ? seconds * 1000 : undefined;
}

/** The properties of a create, and the milliseconds that its request sets. */
export function splitTimeout(inputs: Record<string, unknown>): {
  readonly inputs: Record<string, unknown>;
  readonly timeout: number | undefined;
} {
  const { [property]: seconds, ...others } = inputs;
  return { inputs: others, timeout: typeof seconds === "number" ? seconds * 1000 : undefined };
}
