import type { CallOptions } from "../calls/caller";
import { type WaitOptions, waitUntil } from "../calls/wait-until";
import type { AutoScalingService } from "./projects";
import {
  type RequestSchemas,
  type ScalingActivity,
  type ScalingGroup,
  scalingActivitiesResponse,
  scalingGroupResponse,
  scalingGroupsResponse,
} from "./schemas";
import { validate } from "./validation";

/** The most groups that a page of the list has. */
const pageSize = 100;

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

  /** All groups of the project; a request for each hundred. */
  async list(options: CallOptions = {}): Promise<ScalingGroup[]> {
    const about = { operation: "scalingGroups.list", doing: "listing the scaling groups" } as const;
    const found: ScalingGroup[] = [];
    for (;;) {
      const query = [["start_number", `${found.length}`] as const, ["limit", `${pageSize}`] as const];
      const request = {
        method: "GET",
        path: "/scaling_group",
        query,
        response: scalingGroupsResponse,
      } as const;
      const { groups, total } = await this.#service.call(about, request, options);
      found.push(...groups);
      if (groups.length === 0 || found.length >= total) return found;
    }
  }

  /** The scaling activities of a group that began last, at most twenty, the newest first. */
  async activities(groupId: string, options: CallOptions = {}): Promise<ScalingActivity[]> {
    const doing = `reading the activities of scaling group ${groupId}`;
    const about = { operation: "scalingGroups.activities", doing } as const;
    const id = validate(this.#schemas.id, groupId, { ...about, property: "scalingGroupId" });
    const path = `/scaling_activity_log/${id}`;
    return this.#service.call(about, { method: "GET", path, response: scalingActivitiesResponse }, options);
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
