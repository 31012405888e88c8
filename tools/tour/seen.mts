import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import type { RequestLogEntry, WireLifecycleHook } from "pulumi-huaweicloud-as/emulator";
import type { Step } from "./steps.mts";

/** What Pulumi did to a resource, or would do, or found; an event is of an instance. */
export type Kind = "create" | "update" | "replace" | "delete" | "drift" | "error" | "event";

export interface Change {
  /** The resource's name in the program; empty for an error of the whole. */
  readonly resource: string;
  readonly kind: Kind;
  /** A property with its values before and after, or an error's message. */
  readonly detail: string;
}

/** What a step came to, as Pulumi tells it and as the API has seen it. */
export interface Seen {
  readonly changes: readonly Change[];
  readonly requests: readonly RequestLogEntry[];
  readonly hooks: readonly WireLifecycleHook[];
}

/** The two halves of a replacement are not here: it has an event of its own. */
const kinds: Readonly<Record<string, Kind>> = {
  create: "create",
  update: "update",
  replace: "replace",
  delete: "delete",
};

/** A change for each property of each resource, then the errors. Pulumi's own resources are left out. */
export function changesIn(events: readonly EngineEvent[], operation: Step["operation"]): Change[] {
  const changes = events.flatMap(({ resOutputsEvent }): Change[] => {
    const metadata = resOutputsEvent?.metadata;
    const kind = kinds[metadata?.op ?? ""];
    if (metadata === undefined || kind === undefined || metadata.type.startsWith("pulumi:")) return [];
    const found = operation === "refresh" && kind === "update";
    const part = found ? "outputs" : "inputs";
    const details = differences(metadata.old?.[part] ?? {}, metadata.new?.[part] ?? {});
    const shown = metadata.old && metadata.new && details.length > 0 ? details : [""];
    return shown.map((detail) => ({ resource: nameIn(metadata.urn), kind: found ? "drift" : kind, detail }));
  });
  const errors = events.flatMap(({ diagnosticEvent }): Change[] => {
    if (diagnosticEvent?.severity !== "error") return [];
    // Pulumi puts before it what the row says already.
    const detail = diagnosticEvent.message.trim().replace(/^\S+ resource '.*?' has a problem: /, "");
    return [{ resource: nameIn(diagnosticEvent.urn ?? ""), kind: "error", detail }];
  });
  // Pulumi works on several resources at a time, in any order.
  return [...changes.sort((one, other) => one.resource.localeCompare(other.resource)), ...errors];
}

/** Names that begin with `__` are for the provider alone. */
function differences(before: Record<string, unknown>, after: Record<string, unknown>): string[] {
  const text = (value: unknown) => (value === undefined ? "(none)" : JSON.stringify(value));
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => !name.startsWith("__") && text(before[name]) !== text(after[name]))
    .map((name) => `${name} ${text(before[name])} → ${text(after[name])}`);
}

function nameIn(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** What is not as the step wants it; nothing when all is well. */
export function faults(step: Step, { changes, requests, hooks }: Seen): string[] {
  const changed = changes.map(changeLine);
  return [
    ...fault("Pulumi's changes", changed.sort(), [...step.changes].sort()),
    ...fault("the requests", requests.map(requestLine), step.requests),
    ...fault("the API's hooks", hooks.map(hookLine).sort(), [...step.hooks].sort()),
  ];
}

function fault(what: string, seen: readonly string[], wanted: readonly string[]): string[] {
  const [is, should] = [seen, wanted].map((lines) => lines.join("; ") || "none");
  return is === should ? [] : [`${what} are: ${is}`, `  but should be: ${should}`];
}

/** Of an error's message the first word, which is the property. */
function changeLine({ resource, kind, detail }: Change): string {
  return `${resource} ${kind} ${kind === "error" ? detail.replace(/\s.*$/s, "") : detail}`.trim();
}

/** `PUT hook` for one hook, `GET hooks` for those of a group. */
function requestLine({ method, path, status = 0, code }: RequestLogEntry): string {
  if (status < 200 || status > 299) return `${method} ${path} was answered ${status} ${code ?? ""}`;
  if (path.endsWith("/callback")) return `${method} callback`;
  if (path.includes("/scaling_instance_hook/")) return `${method} hanging instances`;
  const [, rest] = path.split("/scaling_lifecycle_hook/");
  return `${method} ${rest === undefined ? path : rest.endsWith("/list") ? "hooks" : "hook"}`;
}

function hookLine(hook: WireLifecycleHook): string {
  const name = hook.lifecycle_hook_name.replace(/-[0-9a-f]{7}$/, "-…");
  const metadata = JSON.stringify(hook.notification_metadata);
  return `${name} ${hook.lifecycle_hook_type} ${hook.default_result} ${hook.default_timeout} ${metadata}`;
}
