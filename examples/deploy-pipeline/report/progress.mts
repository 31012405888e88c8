import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { type Metadata, nameIn } from "../engine/changes.mts";

/** What is done by an operation of the engine, and has been done. */
const words: Readonly<Record<string, readonly [string, string]>> = {
  create: ["creating", "created"],
  "create-replacement": ["creating", "created"],
  update: ["updating", "updated"],
  delete: ["deleting", "deleted"],
  "delete-replaced": ["deleting", "deleted"],
  import: ["importing", "imported"],
};

/** Says what an update does while it does it: a line each, since a CI job's log can't be drawn over. */
export function progress(say: (line: string) => void): (event: EngineEvent) => void {
  const starts = new Map<string, number>();
  const about = (metadata: Metadata | undefined) => {
    const of = metadata === undefined || metadata.type.startsWith("pulumi:") ? undefined : words[metadata.op];
    return metadata === undefined || of === undefined ? undefined : { name: nameIn(metadata.urn), of };
  };
  const took = (name: string) => `(${((performance.now() - (starts.get(name) ?? 0)) / 1000).toFixed(1)} s)`;

  return ({ resourcePreEvent, resOutputsEvent, resOpFailedEvent, diagnosticEvent }) => {
    const begun = about(resourcePreEvent?.metadata);
    const done = about(resOutputsEvent?.metadata);
    const failed = about(resOpFailedEvent?.metadata);
    if (begun !== undefined) {
      starts.set(begun.name, performance.now());
      say(`  ${begun.of[0]} ${begun.name}`);
    }
    if (done !== undefined) say(`✓ ${done.of[1]} ${done.name} ${took(done.name)}`);
    if (failed !== undefined) say(`✗ ${failed.of[0]} ${failed.name} failed ${took(failed.name)}`);
    // "waiting until the group is no longer busy", from the provider.
    const { urn = "", message = "", ephemeral = false } = diagnosticEvent ?? {};
    if (ephemeral && urn !== "" && message.trim() !== "") say(`  ${nameIn(urn)}: ${message.trim()}`);
  };
}
