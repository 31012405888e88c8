import * as z from "zod/mini";
import type { CallOptions } from "../calls/caller";
import type { CallDescription } from "../calls/operations";
import { type WaitOptions, waitUntil } from "../calls/wait-until";
import type { AutoScalingService } from "./projects";
import {
  type CompleteInput,
  type HangingInstance,
  hangingInstancesResponse,
  type RequestSchemas,
} from "./schemas";
import { validate } from "./validation";

/** Which instances to list. */
export interface ListHangingInstancesOptions extends CallOptions {
  /** Only this instance; all of the group without it. */
  readonly instanceId?: string | undefined;
}

/**
 * The instances that lifecycle hooks have suspended, and the callback that ends a suspension. Every call
 * validates its input before anything is sent, and rejects with an `AutoScalingError`.
 */
export class HangingInstanceCalls {
  readonly #service: AutoScalingService;
  readonly #schemas: RequestSchemas;

  constructor(service: AutoScalingService, schemas: RequestSchemas) {
    this.#service = service;
    this.#schemas = schemas;
  }

  /** The suspended instances of a group, and those whose suspension has just ended. There are no pages. */
  async list(groupId: string, options: ListHangingInstancesOptions = {}): Promise<HangingInstance[]> {
    const doing = `listing the hanging instances of scaling group ${groupId}`;
    const about = { operation: "hangingInstances.list", doing } as const;
    const path = `${this.#path(about, groupId)}/list`;
    const { instanceId } = options;
    const query =
      instanceId === undefined ? [] : [["instance_id", this.#instance(about, instanceId)] as const];
    return this.#service.call(
      about,
      { method: "GET", path, query, response: hangingInstancesResponse },
      options,
    );
  }

  /**
   * Ends a suspension (CONTINUE, ABANDON) or prolongs it by an hour (EXTEND). It is addressed by its lifecycle action
   * key, or by the instance and the hook. One that has ended is a `ServiceError` with AS.7042. After a lost response,
   * or an error behind which the call may have taken effect, it is not sent again: the `AmbiguousError` leaves the
   * decision to you, list the hanging instances.
   */
  async complete(groupId: string, input: CompleteInput, options: CallOptions = {}): Promise<void> {
    const doing = `completing a lifecycle action in scaling group ${groupId}`;
    const about = { operation: "hangingInstances.complete", doing } as const;
    const path = `${this.#path(about, groupId)}/callback`;
    const body = validate(this.#schemas.complete, input, about);
    await this.#service.call(about, { method: "PUT", path, body, response: z.unknown() }, options);
  }

  /**
   * Waits until an instance hangs that matches, and returns it. Rejects with a `TimeoutError` when none did in time;
   * transient faults of the service are outlasted until then.
   */
  async waitFor(
    groupId: string,
    match: (instance: HangingInstance) => boolean,
    options: WaitOptions = {},
  ): Promise<HangingInstance> {
    const doing = `waiting for a hanging instance of scaling group ${groupId}`;
    return waitUntil({ operation: "hangingInstances.list", doing }, options, async (look) =>
      (await this.#hanging(groupId, look)).find(match),
    );
  }

  /** Waits until no instance of a group hangs on a hook. Rejects with a `TimeoutError` when one still does. */
  async waitUntilNone(groupId: string, options: WaitOptions = {}): Promise<void> {
    const doing = `waiting until no instance of scaling group ${groupId} hangs`;
    await waitUntil({ operation: "hangingInstances.list", doing }, options, async (look) =>
      (await this.#hanging(groupId, look)).length === 0 ? true : undefined,
    );
  }

  /** The list holds suspensions that have ended as well. */
  async #hanging(groupId: string, options: CallOptions): Promise<HangingInstance[]> {
    const instances = await this.list(groupId, options);
    return instances.filter(({ lifecycleHookStatus }) => lifecycleHookStatus === "HANGING");
  }

  #path(about: CallDescription, groupId: string): string {
    const id = validate(this.#schemas.id, groupId, { ...about, property: "scalingGroupId" });
    return `/scaling_instance_hook/${id}`;
  }

  #instance(about: CallDescription, instanceId: string): string {
    return validate(this.#schemas.id, instanceId, { ...about, property: "instanceId" });
  }
}
