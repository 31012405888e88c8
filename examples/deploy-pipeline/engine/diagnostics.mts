import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { nameIn } from "./changes.mts";

/** What the engine, the program and the provider said, each with the resource's name where it is about one. */
export function diagnosticsIn(events: readonly EngineEvent[], severity: "error" | "warning"): string[] {
  const all = events.flatMap(({ diagnosticEvent }) => {
    if (diagnosticEvent?.severity !== severity || diagnosticEvent.ephemeral) return [];
    const { urn, message } = diagnosticEvent;
    // The row's type and name are in front of the message already.
    const text = message.trim().replace(/^\S+ resource '.*?' has a problem: /, "");
    return text === "" ? [] : [urn === undefined || urn === "" ? text : `${nameIn(urn)}: ${text}`];
  });
  return [...new Set(all)];
}
