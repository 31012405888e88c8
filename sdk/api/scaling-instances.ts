import type { CallOptions } from "../calls/caller";
import { allPages } from "./pages";
import type { AutoScalingService } from "./projects";
import {
  type RequestSchemas,
  type ScalingInstance,
  type ScalingInstanceFilter,
  scalingInstancesResponse,
} from "./schemas";
import { validate } from "./validation";

/** Which instances to list. */
export interface ListScalingInstancesOptions extends CallOptions, ScalingInstanceFilter {}

/** The instances of scaling groups. */
export class ScalingInstanceCalls {
  readonly #service: AutoScalingService;
  readonly #schemas: RequestSchemas;

  constructor(service: AutoScalingService, schemas: RequestSchemas) {
    this.#service = service;
    this.#schemas = schemas;
  }

  /** All instances of a group, or those of a state, a health or a protection; a request for each hundred. */
  async list(groupId: string, options: ListScalingInstancesOptions = {}): Promise<ScalingInstance[]> {
    const doing = `listing the instances of scaling group ${groupId}`;
    const about = { operation: "scalingInstances.list", doing } as const;
    const { lifeCycleState, healthStatus, protectFromScalingDown, ...call } = options;
    const id = validate(this.#schemas.id, groupId, { ...about, property: "scalingGroupId" });
    const filter = { lifeCycleState, healthStatus, protectFromScalingDown };
    const chosen = Object.entries(validate(this.#schemas.instanceFilter, filter, about));
    return allPages((page) => {
      const request = {
        method: "GET",
        path: `/scaling_group_instance/${id}/list`,
        query: [...chosen.map(([name, value]) => [name, String(value)] as const), ...page],
        response: scalingInstancesResponse,
      } as const;
      return this.#service.call(about, request, call);
    });
  }
}
