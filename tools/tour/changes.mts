import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import type { HookOutputs } from "./outputs.mts";
import type { Operation } from "./step.mts";

/** What Pulumi did to a resource, or would do, or found. `drift`: it is not as Pulumi left it. */
export type ChangeKind = "create" | "update" | "replace" | "delete" | "drift" | "unchanged";

export interface Change {
  /** The resource's name in the program. */
  readonly resource: string;
  readonly kind: ChangeKind;
  readonly properties: readonly PropertyChange[];
}

/** `undefined` where there is no value. */
export interface PropertyChange {
  readonly name: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Why Pulumi refused something, or failed. */
export interface Problem {
  readonly resource?: string;
  readonly message: string;
}

type Metadata = NonNullable<EngineEvent["resOutputsEvent"]>["metadata"];
type Properties = Readonly<Record<string, unknown>>;

const stackType = "pulumi:pulumi:Stack";

/** The two halves of a replacement are not here: it has an event of its own. */
const kinds: Readonly<Record<string, ChangeKind>> = {
  create: "create",
  update: "update",
  replace: "replace",
  delete: "delete",
  same: "unchanged",
};

/** What an operation came to, by resource. The stack and the provider are Pulumi's own affair and left out. */
export function changesIn(events: readonly EngineEvent[], operation: Operation): Change[] {
  const changes: Change[] = [];
  for (const { resOutputsEvent } of events) {
    const metadata = resOutputsEvent?.metadata;
    const kind = metadata === undefined ? undefined : kinds[metadata.op];
    if (metadata === undefined || kind === undefined || metadata.type.startsWith("pulumi:")) continue;
    changes.push(
      operation === "refresh" && kind === "update"
        ? { resource: nameIn(metadata.urn), kind: "drift", properties: between(metadata, "outputs") }
        : { resource: nameIn(metadata.urn), kind, properties: between(metadata, "inputs") },
    );
  }
  // Pulumi works on several at a time, in any order.
  return changes.sort((one, other) => one.resource.localeCompare(other.resource));
}

/** What Pulumi says was wrong. */
export function problemsIn(events: readonly EngineEvent[]): Problem[] {
  return events.flatMap(({ diagnosticEvent }) => {
    if (diagnosticEvent?.severity !== "error") return [];
    const { urn, message } = diagnosticEvent;
    if (urn === undefined || urn === "") return [{ message: message.trim() }];
    // It repeats what the row says already: "<type> resource '<name>' has a problem: <message>".
    return [
      { resource: nameIn(urn), message: message.trim().replace(/^\S+ resource '.*?' has a problem: /, "") },
    ];
  });
}

/** What the program exports as `hooks`. */
export function exportedHooksIn(events: readonly EngineEvent[]): HookOutputs {
  const stack = events.findLast(({ resOutputsEvent }) => resOutputsEvent?.metadata.type === stackType);
  return stack?.resOutputsEvent?.metadata.new?.outputs.hooks ?? {};
}

/** The differences between a resource before and after. Names that begin with `__` are for the provider alone. */
function between({ old, new: current }: Metadata, part: "inputs" | "outputs"): PropertyChange[] {
  if (!old || !current) return [];
  const before: Properties = old[part];
  const after: Properties = current[part];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => !name.startsWith("__") && JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .map((name) => ({ name, before: before[name], after: after[name] }));
}

function nameIn(urn: string): string {
  return urn.split("::").slice(3).join("::");
}
