import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";

/** `drift`: it is not as Pulumi left it. `gone`: it is not there any longer. */
export type ChangeKind = "create" | "update" | "replace" | "delete" | "import" | "drift" | "gone";

/** What the engine would do to a resource, or did, or found. */
export interface Change {
  /** It has the resource's type, and tells what a name alone would not. */
  readonly urn: string;
  /** The resource's name in the program. */
  readonly resource: string;
  readonly kind: ChangeKind;
  /** Those that differ and are not secret. */
  readonly properties: readonly PropertyChange[];
}

/** Values as JSON; absent where there is none. */
interface PropertyChange {
  readonly name: string;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

export type Metadata = NonNullable<EngineEvent["resOutputsEvent"]>["metadata"];
type Properties = Readonly<Record<string, unknown>>;

/** The halves of a replacement are not here: it has an event of its own. */
const planned: Readonly<Record<string, ChangeKind>> = {
  create: "create",
  update: "update",
  replace: "replace",
  delete: "delete",
  import: "import",
};
const found: Readonly<Record<string, ChangeKind>> = { update: "drift", delete: "gone" };

/** What a preview plans, or an update has done. The stack and the providers are Pulumi's own affair and left out. */
export function changesIn(events: readonly EngineEvent[]): Change[] {
  return collect(events, planned, "inputs");
}

/** What a refresh has found. */
export function driftIn(events: readonly EngineEvent[]): Change[] {
  return collect(events, found, "outputs");
}

/** How many resources are as they should be. */
export function unchangedIn(events: readonly EngineEvent[]): number {
  return resources(events).filter(({ op }) => op === "same").length;
}

function collect(
  events: readonly EngineEvent[],
  kinds: Readonly<Record<string, ChangeKind>>,
  part: "inputs" | "outputs",
): Change[] {
  const changes = resources(events).flatMap((metadata) => {
    const kind = kinds[metadata.op];
    if (kind === undefined) return [];
    const { urn } = metadata;
    return [{ urn, resource: nameIn(urn), kind, properties: differences(metadata, part) }];
  });
  // The engine works on several at a time, in any order.
  return changes.sort((one, other) => (one.urn < other.urn ? -1 : 1));
}

function resources(events: readonly EngineEvent[]): Metadata[] {
  return events.flatMap(({ resOutputsEvent }) => {
    const metadata = resOutputsEvent?.metadata;
    return metadata === undefined || metadata.type.startsWith("pulumi:") ? [] : [metadata];
  });
}

/** Names that begin with `__` are for the provider alone. A secret is the same text before and after. */
function differences({ old, new: current }: Metadata, part: "inputs" | "outputs"): PropertyChange[] {
  if (!old || !current) return [];
  const [before, after]: readonly Properties[] = [old[part], current[part]];
  if (before === undefined || after === undefined) return [];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((name) => {
    const change = { name, before: asJson(before[name]), after: asJson(after[name]) };
    return name.startsWith("__") || change.before === change.after ? [] : [change];
  });
}

function asJson(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : JSON.stringify(value);
}

export function nameIn(urn: string): string {
  return urn.split("::").slice(3).join("::");
}
