import { createRequire } from "node:module";

/**
 * What the engine's requests tell, and the dynamic-provider host does not hand on. The time-outs of operations: the class
 * sees only the `customTimeouts` of its own options, not those that a transform sets. And the resource's URN: after a
 * rename of the stack the state still has an earlier one.
 */

interface EngineRequest {
  getId(): string;
  getUrn(): string;
  getProperties(): { getFieldsMap(): Map<string, unknown> } | undefined;
  /** Seconds; 0 when none is set. */
  getTimeout(): number;
}

type Message = { readonly prototype: EngineRequest };

/** The name under which the properties of a create have its time-out, in seconds. */
const property = "__timeout";
let current: EngineRequest | undefined;

/** Has the messages that the host has loaded tell what is asked; where there is no host there is nothing to do. */
export function watchRequests(): void {
  // By `require`: an import finds no names in the generated modules.
  const load = createRequire(__filename);
  const loaded = load.cache[load.resolve("@pulumi/pulumi/proto/provider_pb.js")];
  if (loaded === undefined) return;
  const messages: Record<"CreateRequest" | "UpdateRequest" | "DeleteRequest", Message> = loaded.exports;
  const { Value } = createRequire(load.resolve("@pulumi/pulumi"))(
    "google-protobuf/google/protobuf/struct_pb",
  );
  const { getProperties } = messages.CreateRequest.prototype;
  messages.CreateRequest.prototype.getProperties = function (this: EngineRequest) {
    const properties = getProperties.call(this);
    const seconds = this.getTimeout();
    if (seconds > 0) properties?.getFieldsMap().set(property, Value.fromJavaScript(seconds));
    return properties;
  };
  for (const { prototype } of [messages.UpdateRequest, messages.DeleteRequest]) {
    const { getId } = prototype;
    // The host asks for the id right before it calls the provider.
    prototype.getId = function (this: EngineRequest) {
      current = this;
      return getId.call(this);
    };
  }
}

/** Of the request for an update or a deletion that has just been called: the milliseconds that it sets, and the URN. */
export function requestOfCall(): { readonly timeout: number | undefined; readonly urn: string | undefined } {
  const seconds = current?.getTimeout() ?? 0;
  const urn = current?.getUrn();
  current = undefined;
  return { timeout: seconds > 0 ? seconds * 1000 : undefined, urn: urn || undefined };
}

/** The properties of a create, and the milliseconds that its request sets. */
export function splitTimeout(inputs: Record<string, unknown>): {
  readonly inputs: Record<string, unknown>;
  readonly timeout: number | undefined;
} {
  const { [property]: seconds, ...others } = inputs;
  return { inputs: others, timeout: typeof seconds === "number" ? seconds * 1000 : undefined };
}
