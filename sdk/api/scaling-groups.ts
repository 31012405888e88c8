import type { CallOptions } from "../calls/caller";
import { type WaitOptions, waitUntil } from "../calls/wait-until";
import type { AutoScalingService } from "./projects";
import { type RequestSchemas, type ScalingGroup, scalingGroupResponse } from "./schemas";
import { validate } from "./validation";

/** The scaling groups, as far as their lifecycle hooks depend on them. */
export class ScalingGroupCalls {
  readonly #service: AutoScalingService;
  readonly #schemas: RequestSchemas;

  constructor(service: AutoScalingService, schemas: RequestSchemas) {
    this.#service = service;
    this.#schemas = schemas;
  }

  /** Reads a group. A missing one is a `ServiceError` with code AS.2007: see `isNotFound`. */
  async get(groupId: string, options: CallOptions = {}): Promise<ScalingGroup> {
    const about = { operation: "scalingGroups.get", doing: `reading scaling group ${groupId}` } as const;
    const id = validate(this.#schemas.id, groupId, { ...about, property: "scalingGroupId" });
    const path = `/scaling_group/${id}`;
    return this.#service.call(about, { method: "GET", path, response: scalingGroupResponse }, options);
  }

  /**
   * Waits until no scaling activity runs in a group, so that it takes changes of its hooks. An instance that hangs on a
   * hook keeps the activity running: complete it, or wait for its deadline.
   */
  async waitUntilIdle(groupId: string, options: WaitOptions = {}): Promise<ScalingGroup> {
    const doing = `waiting until scaling group ${groupId} is idle`;
    return waitUntil({ operation: "scalingGroups.get", doing }, options, async (look) => {
      const group = await this.get(groupId, look);
      return group.isScaling ? undefined : group;
    });
  }
}
