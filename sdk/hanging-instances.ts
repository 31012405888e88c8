import * as z from "zod/mini";
import type { CallOptions } from "./caller";
import {
  type CompleteInput,
  type HangingInstance,
  hangingInstancesResponse,
  type RequestSchemas,
} from "./schemas";
import type { AutoScalingService } from "./service";
import { validate } from "./validation";
import { poll } from "./wait";

/** Which instances to list. */
export interface ListHangingInstancesOptions extends CallOptions {
  /** Only this instance; all of the group without it. */
  readonly instanceId?: string | undefined;
}

/** How long to wait, and how. */
export interface WaitOptions extends CallOptions {
  /** Milliseconds until the wait fails. @default 600000 */
  readonly timeout?: number | undefined;
  /** Milliseconds between two looks. @default 5000 */
  readonly interval?: number | undefined;
}

/**
 * The instances that lifecycle hooks have suspended, and the callback that ends a suspension. Every call
 * validates its input before anything is sent, and rejects with an `AutoScalingError`.
 */
export class HangingInstances {
  readonly #service: AutoScalingService;
  readonly #schemas: RequestSchemas;

  constructor(service: AutoScalingService, schemas: RequestSchemas) {
    this.#service = service;
    this.#schemas = schemas;
  }

  /** The suspended instances of a group. There are no pages. */
  async list(groupId: string, options: ListHangingInstancesOptions = {}): Promise<HangingInstance[]> {
    const doing = `listing the hanging instances of scaling group ${groupId}`;
    const about = { operation: "hangingInstances.list", doing } as const;
    const path = `${this.#path(about, groupId)}/list`;
    const { instanceId, signal } = options;
    const query =
      instanceId === undefined ? [] : [["instance_id", this.#instance(about, instanceId)] as const];
    return this.#service.call(about, {
      method: "GET",
      path,
      query,
      response: hangingInstancesResponse,
      signal,
    });
  }

  /**
   * Ends a suspension (CONTINUE, ABANDON) or prolongs it by an hour (EXTEND). Which one is meant is said by its
   * lifecycle action key, or by the instance and the hook. One that has ended is a `ServiceError` with AS.7042.
   * A lost answer is an `AmbiguousError`: list the hanging instances to decide.
   */
  async complete(groupId: string, input: CompleteInput, options: CallOptions = {}): Promise<void> {
    const doing = `completing a lifecycle action in scaling group ${groupId}`;
    const about = { operation: "hangingInstances.complete", doing } as const;
    const path = `${this.#path(about, groupId)}/callback`;
    const body = validate(this.#schemas.complete, input, about);
    await this.#service.call(about, {
      method: "PUT",
      path,
      body,
      response: z.unknown(),
      signal: options.signal,
    });
  }

  /**
   * Waits until an instance hangs that matches, and answers it. Rejects with a `ConnectionError` when none did
   * in time, and with the signal's reason when that comes first.
   */
  async waitFor(
    groupId: string,
    match: (instance: HangingInstance) => boolean,
    options: WaitOptions = {},
  ): Promise<HangingInstance> {
    return poll(async () => (await this.list(groupId, { signal: options.signal })).find(match), {
      ...options,
      operation: "hangingInstances.list",
      doing: `waiting for a hanging instance of scaling group ${groupId}`,
    });
  }

  #path(about: Parameters<typeof validate>[2], groupId: string): string {
    const id = validate(this.#schemas.id, groupId, { ...about, property: "scalingGroupId" });
    return `/scaling_instance_hook/${id}`;
  }

  #instance(about: Parameters<typeof validate>[2], instanceId: string): string {
    return validate(this.#schemas.id, instanceId, { ...about, property: "instanceId" });
  }
}
