import * as z from "zod/mini";
import type { CallOptions } from "../calls/caller";
import type { CallDescription } from "../calls/operations";
import { type WaitOptions, waitUntil } from "../calls/wait-until";
import { allPages } from "./pages";
import type { AutoScalingService } from "./projects";
import {
  type RequestSchemas,
  type ScalingActivity,
  type ScalingGroup,
  type ScalingGroupSizes,
  scalingActivitiesResponse,
  scalingGroupResponse,
  scalingGroupsResponse,
} from "./schemas";
import { validate, validateChanges } from "./validation";

/**
 * The scaling groups, as far as their lifecycle hooks depend on them. Every call validates its input before anything is
 * sent, and rejects with an `AutoScalingError`.
 */
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
    const path = this.#path(about, groupId);
    return this.#service.call(about, { method: "GET", path, response: scalingGroupResponse }, options);
  }

  /**
   * Changes how many instances a group has and may have: minimum, desired number and maximum, in this order or AS.2005.
   * A desired number makes an activity in a group that is in service; in a paused one it is kept for later.
   */
  async update(groupId: string, sizes: ScalingGroupSizes, options: CallOptions = {}): Promise<void> {
    const about = { operation: "scalingGroups.update", doing: `updating scaling group ${groupId}` } as const;
    const path = this.#path(about, groupId);
    const body = validateChanges(this.#schemas.groupSizes, sizes, about);
    await this.#service.call(about, { method: "PUT", path, body, response: z.unknown() }, options);
  }

  /** Puts a paused group, or one in the status ERROR, in service: it makes the instances that it is short of. */
  async resume(groupId: string, options: CallOptions = {}): Promise<void> {
    const about = { operation: "scalingGroups.resume", doing: `resuming scaling group ${groupId}` } as const;
    await this.#act(about, groupId, "resume", options);
  }

  /** Pauses a group: it makes and removes no instances any more. An activity that runs comes to its end. */
  async pause(groupId: string, options: CallOptions = {}): Promise<void> {
    const about = { operation: "scalingGroups.pause", doing: `pausing scaling group ${groupId}` } as const;
    await this.#act(about, groupId, "pause", options);
  }

  /** All groups of the project; a request for each hundred. */
  async list(options: CallOptions = {}): Promise<ScalingGroup[]> {
    const about = { operation: "scalingGroups.list", doing: "listing the scaling groups" } as const;
    return allPages((page) => {
      const request = {
        method: "GET",
        path: "/scaling_group",
        query: page,
        response: scalingGroupsResponse,
      } as const;
      return this.#service.call(about, request, options);
    });
  }

  /** The scaling activities of a group that began last, at most twenty, the newest first. */
  async activities(groupId: string, options: CallOptions = {}): Promise<ScalingActivity[]> {
    const doing = `reading the activities of scaling group ${groupId}`;
    const about = { operation: "scalingGroups.activities", doing } as const;
    const id = validate(this.#schemas.id, groupId, { ...about, property: "scalingGroupId" });
    const path = `/scaling_activity_log/${id}`;
    // The second version of the log has the reasons of failures.
    const request = { version: 2, method: "GET", path, response: scalingActivitiesResponse } as const;
    return this.#service.call(about, request, options);
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

  async #act(
    about: CallDescription,
    groupId: string,
    action: "resume" | "pause",
    options: CallOptions,
  ): Promise<void> {
    const path = `${this.#path(about, groupId)}/action`;
    await this.#service.call(
      about,
      { method: "POST", path, body: { action }, response: z.unknown() },
      options,
    );
  }

  #path(about: CallDescription, groupId: string): string {
    const id = validate(this.#schemas.id, groupId, { ...about, property: "scalingGroupId" });
    return `/scaling_group/${id}`;
  }
}
