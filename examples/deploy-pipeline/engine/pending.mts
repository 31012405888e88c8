import { z } from "zod";
import { nameIn } from "./changes.mts";

const deploymentSchema = z.object({
  resources: z.array(z.object({ urn: z.string() })).default([]),
  pending_operations: z
    .array(z.object({ type: z.string(), resource: z.object({ urn: z.string() }) }))
    .nullish(),
});

/** What runs that were killed have left in the state as under way, by the resources' names. */
export interface Pending {
  /** The state has these: an apply since then has ended what was begun. */
  readonly ended: readonly string[];
  /** The state does not have these. They may be there all the same, and nobody manages them. */
  readonly lost: readonly string[];
}

export function pendingIn(deployment: unknown): Pending {
  const { resources, pending_operations } = deploymentSchema.parse(deployment);
  const known = new Set(resources.map(({ urn }) => urn));
  const operations = pending_operations ?? [];
  const isLost = ({ type, resource }: (typeof operations)[number]) =>
    type === "creating" && !known.has(resource.urn);
  return {
    ended: operations.filter((operation) => !isLost(operation)).map(({ resource }) => nameIn(resource.urn)),
    lost: operations.filter(isLost).map(({ resource }) => nameIn(resource.urn)),
  };
}
