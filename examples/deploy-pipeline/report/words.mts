import type { Change, ChangeKind } from "../engine/changes.mts";

/** `1 to create, 2 to update`; `no change`. */
export function countOf(changes: readonly Change[]): string {
  const counts = new Map<ChangeKind, number>();
  for (const { kind } of changes) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} ${words[kind]}`).join(", ") || "no change";
}

const words: Readonly<Record<ChangeKind, string>> = {
  create: "to create",
  update: "to update",
  replace: "to replace",
  delete: "to delete",
  import: "to import",
  drift: "changed elsewhere",
  gone: "gone",
};

export const symbols: Readonly<Record<ChangeKind, string>> = {
  create: "+",
  update: "~",
  replace: "±",
  delete: "-",
  import: "=",
  drift: "≠",
  gone: "∅",
};

/** A change as lines for a log. */
export function linesOf({ kind, resource, properties }: Change): string[] {
  return [
    `${symbols[kind]} ${kind} ${resource}`,
    ...properties.map(
      ({ name, before, after }) => `    ${name}: ${before ?? "(none)"} → ${after ?? "(none)"}`,
    ),
  ];
}
