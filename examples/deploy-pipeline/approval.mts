import { createHash } from "node:crypto";
import type { Change } from "./engine/changes.mts";
import { exitCodes, PipelineFailure } from "./exit-codes.mts";
import { linesOf } from "./report/words.mts";

/**
 * The code that approves the replacements and deletions among the changes; `undefined` when there are none. It is made
 * of them, so that an approval is for nothing else: where the plan has changed since, so has the code.
 */
export function approvalOf(environment: string, changes: readonly Change[]): string | undefined {
  const dangerous = changes.filter(isDangerous);
  if (dangerous.length === 0) return undefined;
  return createHash("sha256")
    .update(JSON.stringify([environment, dangerous]))
    .digest("hex")
    .slice(0, 10);
}

/** @throws PipelineFailure when something is replaced or deleted that the code does not approve */
export function requireApproval(
  environment: string,
  changes: readonly Change[],
  given: string | undefined,
): void {
  const needed = approvalOf(environment, changes);
  if (needed === undefined || needed === given) return;
  const lines = changes.filter(isDangerous).flatMap(linesOf);
  const problem =
    given === undefined
      ? "This needs an approval:"
      : `The approval ${given} is for something else than this:`;
  throw new PipelineFailure(
    exitCodes.refused,
    `${problem}\n${lines.join("\n")}\nTo approve exactly that: --approve ${needed}`,
  );
}

function isDangerous({ kind }: Change): boolean {
  return kind === "replace" || kind === "delete";
}
