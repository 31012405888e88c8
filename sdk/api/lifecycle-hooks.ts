import * as z from "zod/mini";
import type { CallOptions } from "../calls/caller";
import { type CallDescription, type OperationName, operations } from "../calls/operations";
import type { CreateLifecycleHookInput, LifecycleHook, UpdateLifecycleHookInput } from "./hook-fields";
import type { AutoScalingService } from "./projects";
import { lifecycleHookResponse, lifecycleHooksResponse, type RequestSchemas } from "./schemas";
import { validate, validateChanges } from "./validation";

/**
 * The lifecycle hooks of scaling groups. Every call validates its input before anything is sent, and rejects
 * with an `AutoScalingError`: `InvalidInputError`, `ServiceError`, `ConnectionError`, `InvalidResponseError`,
 * `ConfigurationError`, and for create `AmbiguousError`.
 */
export class LifecycleHookCalls {
  readonly #service: AutoScalingService;
  readonly #schemas: RequestSchemas;

  constructor(service: AutoScalingService, schemas: RequestSchemas) {
    this.#service = service;
    this.#schemas = schemas;
  }

  /**
   * Creates a hook: one POST, whose response has every field. A group can have a few (AS.7038), each with a name
   * of its own (`isDuplicateName`), and takes changes only while no scaling activity runs (`isBusy`). When the response
   * is lost the request is not sent again: the `AmbiguousError` leaves the decision to you.
   */
  async create(
    groupId: string,
    input: CreateLifecycleHookInput,
    options: CallOptions = {},
  ): Promise<LifecycleHook> {
    const about = this.#about("lifecycleHooks.create", groupId, nameOf(input));
    const path = this.#groupPath(about, groupId);
    const body = validate(this.#schemas.create, input, about);
    return this.#service.call(
      about,
      {
        method: "POST",
        path,
        body,
        response: lifecycleHookResponse,
      },
      options,
    );
  }

  /** Reads a hook. A missing hook, or a missing group, is a `ServiceError`: see `isNotFound`. */
  async get(groupId: string, name: string, options: CallOptions = {}): Promise<LifecycleHook> {
    const about = this.#about("lifecycleHooks.get", groupId, name);
    const path = this.#hookPath(about, groupId, name, this.#schemas.lifecycleHookName);
    return this.#service.call(about, { method: "GET", path, response: lifecycleHookResponse }, options);
  }

  /** All hooks of a group. There are no pages. */
  async list(groupId: string, options: CallOptions = {}): Promise<LifecycleHook[]> {
    const about = this.#about("lifecycleHooks.list", groupId);
    const path = `${this.#groupPath(about, groupId)}/list`;
    return this.#service.call(about, { method: "GET", path, response: lifecycleHooksResponse }, options);
  }

  /**
   * Changes the given fields of a hook and leaves the others; `notificationMetadata: ""` clears it. The name
   * can't be changed. Returns the whole hook as it is then.
   */
  async update(
    groupId: string,
    name: string,
    changes: UpdateLifecycleHookInput,
    options: CallOptions = {},
  ): Promise<LifecycleHook> {
    const about = this.#about("lifecycleHooks.update", groupId, name);
    const path = this.#hookPath(about, groupId, name);
    const body = validateChanges(this.#schemas.update, changes, about);
    return this.#service.call(
      about,
      {
        method: "PUT",
        path,
        body,
        response: lifecycleHookResponse,
      },
      options,
    );
  }

  /** Deletes a hook. One that is already gone is a `ServiceError`: see `isNotFound`. */
  async delete(groupId: string, name: string, options: CallOptions = {}): Promise<void> {
    const about = this.#about("lifecycleHooks.delete", groupId, name);
    const path = this.#hookPath(about, groupId, name);
    await this.#service.call(about, { method: "DELETE", path, response: z.unknown() }, options);
  }

  #about(operation: OperationName, groupId: string, name?: string): CallDescription {
    const hook = name === undefined ? "" : ` ${JSON.stringify(name)}`;
    const where = name === undefined ? `of scaling group ${groupId}` : `in scaling group ${groupId}`;
    return { operation, doing: `${operations[operation].doing}${hook} ${where}` };
  }

  #groupPath(about: CallDescription, groupId: string): string {
    const id = validate(this.#schemas.id, groupId, { ...about, property: "scalingGroupId" });
    return `/scaling_lifecycle_hook/${id}`;
  }

  #hookPath(
    about: CallDescription,
    groupId: string,
    name: string,
    schema = this.#schemas.existingHookName,
  ): string {
    const property = "lifecycleHookName";
    const hook = validate(schema, name, { ...about, property });
    return `${this.#groupPath(about, groupId)}/${hook}`;
  }
}

/** For the message about an input that may be anything. */
function nameOf(input: Partial<CreateLifecycleHookInput> | undefined): string {
  return String(input?.lifecycleHookName);
}
