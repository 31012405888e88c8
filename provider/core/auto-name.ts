import { createHash } from "node:crypto";
import { specificationLimits } from "../../sdk/limits";
import type { HookInputs } from "./properties";
import { nameInUrn } from "./urn";

/** Enough to tell apart the few hooks that one group can have. */
const hashLength = 7;

/**
 * A name for a hook that was given none: the resource's name made valid and short enough, and a hash of its
 * URN. The same in each preview and update, so that a hook left by an interrupted run is found again.
 */
export function autoName(shortUrn: string): string {
  const hash = createHash("sha256").update(shortUrn).digest("hex").slice(0, hashLength);
  const room = specificationLimits.maxNameLength - hashLength - 1;
  const stem = nameInUrn(shortUrn)
    .replace(/[^0-9A-Za-z_-]+/g, "-")
    .replace(/^-+/, "")
    .slice(0, room)
    .replace(/-+$/, "");
  return `${stem || "hook"}-${hash}`;
}

/** Whether a hook has the name that it got automatically: which it could have from nobody else. */
export function isAutoNamed({ __urn: urn, lifecycleHookName }: HookInputs): boolean {
  return urn !== undefined && autoName(urn) === lifecycleHookName;
}
