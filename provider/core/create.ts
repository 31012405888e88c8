import { type CreateLifecycleHookInput, hookInputs, type LifecycleHook } from "../../sdk/api/hook-fields";
import { retryDelay } from "../../sdk/calls/retry";
import { isDuplicateName, isNotFound, kindOf } from "../../sdk/errors/codes";
import { isAmbiguousError, isInvalidResponseError, isServiceError } from "../../sdk/errors/errors";
import type { Context, ScopedClient } from "./context";
import { differences, isFresh, makeRoom, mismatch } from "./look";
import { heldBy } from "./ownership";
import {
  differingProperties,
  formatHookId,
  type HookAddress,
  type HookInputs,
  type HookOutputs,
  IncompleteError,
  outputsOf,
  parseHookId,
  secretNames,
  settingsOf,
} from "./properties";
import { busyGroup, retryWhile, seconds, unknownTopic } from "./wait";

/** How often a create is sent again whose response was lost, and which left no hook. */
const maxResends = 5;

/**
 * Creates a hook: one POST, whose response holds every output. A hook that is to be imported is taken over instead,
 * unless it is gone. `isAutoNamed`: the hook's name is the automatic one of this resource.
 */
export async function create(
  context: Context,
  inputs: HookInputs,
  isAutoNamed: boolean,
): Promise<HookOutputs> {
  const scope = await context.clients.at();
  const { scalingGroupId, __import: importId } = inputs;
  const where = { scalingGroupId, region: scope.region, projectId: scope.projectId };
  const imported = importId === undefined ? undefined : await findToImport(context, scope, importId, inputs);
  if (imported !== undefined) return outputsOf(imported, where, inputs);
  const creation = new Creation(context, scope, inputs, isAutoNamed);
  try {
    const hook = await retryWhile(context, () => creation.attempt(), [
      busyGroup(context, "create", scalingGroupId),
      unknownTopic(context),
    ]);
    return outputsOf(hook, where, inputs);
  } finally {
    scope.hooks.forget(scalingGroupId);
  }
}

/** The hook to take over, by a list of its own, or `undefined` if it is gone; an error that lists what differs. */
async function findToImport(
  { ownership }: Context,
  { hooks }: ScopedClient,
  id: string,
  inputs: HookInputs,
): Promise<LifecycleHook | undefined> {
  const { scalingGroupId, lifecycleHookName } = parseHookId(id);
  const holder = ownership.otherHolder(inputs.__urn, id);
  if (holder !== undefined) throw new Error(`import: ${heldBy(id, holder)}`);
  hooks.forget(scalingGroupId);
  const live = await hooks.find(scalingGroupId, lifecycleHookName);
  if (live === undefined) return undefined;
  const differing = differences(live, { ...inputs }, secretNames(inputs));
  if (differing.length > 0) throw new Error(mismatch(id, differing));
  return live;
}

/** The creation of one hook, over all requests that it takes. */
class Creation {
  readonly #context: Context;
  readonly #scope: ScopedClient;
  readonly #inputs: HookInputs;
  readonly #isAutoNamed: boolean;
  readonly #doing: string;
  #sent = 0;
  /** When the first request was sent whose response was lost. */
  #lostSince: number | undefined;
  #toldOfTakeOver = false;

  constructor(context: Context, scope: ScopedClient, inputs: HookInputs, isAutoNamed: boolean) {
    this.#context = context;
    this.#scope = scope;
    this.#inputs = inputs;
    this.#isAutoNamed = isAutoNamed;
    this.#doing = `creating lifecycle hook ${JSON.stringify(inputs.lifecycleHookName)} in scaling group ${inputs.scalingGroupId}`;
  }

  /** Creates the hook, or finds it where an earlier request has made it already. */
  async attempt(): Promise<LifecycleHook> {
    for (let resends = 0; ; resends++) {
      const sentAt = this.#context.clock.now();
      this.#sent++;
      try {
        return await this.#scope.client.lifecycleHooks.create(
          this.#inputs.scalingGroupId,
          descriptionOf(this.#inputs),
        );
      } catch (error) {
        if (isAmbiguousError(error)) {
          this.#lostSince ??= sentAt;
          const found = await this.#find(error);
          if (found !== undefined) return this.#isOurs(found) ? found : this.#takeOver(found);
          if (resends >= maxResends) throw this.#givenUp(error);
          await this.#pause(resends, error);
          continue;
        }
        if (isInvalidResponseError(error)) return this.#readInstead(error);
        if (!isServiceError(error)) throw error;
        const isFull = kindOf(error) === "full";
        // An earlier request whose response was lost may have taken the name, or the last room.
        if (isDuplicateName(error) || (isFull && this.#lostSince !== undefined)) {
          const found = await this.#find(error);
          if (found !== undefined && this.#isOurs(found)) return found;
          if (found !== undefined) return await this.#takeOver(found);
        }
        throw isFull ? new Error(`${error.message}; ${makeRoom}`, { cause: error }) : error;
      }
    }
  }

  /**
   * Whether a request of this creation has made the hook: its response was lost, and the hook was not there before it,
   * by the service's own time.
   */
  #isOurs(found: LifecycleHook): boolean {
    if (this.#lostSince === undefined || differingProperties(found, this.#inputs).length > 0) return false;
    const sent = this.#scope.serviceTime(this.#lostSince);
    // The service gives whole seconds.
    return Date.parse(found.createTime) >= Math.floor(sent / 1000) * 1000;
  }

  /** Takes over a hook that an interrupted run has left, and brings it to the program's values; refuses any other. */
  async #takeOver(found: LifecycleHook): Promise<LifecycleHook> {
    const { ownership, clock, log } = this.#context;
    const id = formatHookId(this.#inputs);
    const differing = differingProperties(found, this.#inputs);
    const comparison =
      differing.length === 0 ? "with the same settings" : `that differs in ${differing.join(", ")}`;
    const taken = `${this.#doing}: the group already has a hook of this name, ${comparison} (AS.7041)`;
    const holder = ownership.otherHolder(this.#inputs.__urn, id);
    if (holder !== undefined) throw new Error(`${taken}: ${heldBy(id, holder)}`);
    if (!this.#isAutoNamed) {
      throw new Error(
        `${taken}. If this resource was renamed in the program, give it the option aliases: [{ name: "<its old name>" }]; if no resource manages that hook any more (as after retainOnDelete), take it over with the option import: ${JSON.stringify(id)}; else choose another lifecycleHookName`,
      );
    }
    if (!isFresh(found, this.#scope.serviceTime(clock.now()))) {
      throw new Error(
        `${taken}. It was made at ${found.createTime}, too long ago to be what an interrupted run has left. If it is this resource's, take it over with the option import: ${JSON.stringify(id)}; if another resource or stack manages it, give this one a lifecycleHookName`,
      );
    }
    if (!this.#toldOfTakeOver) {
      this.#toldOfTakeOver = true;
      await log(
        `took over the hook ${JSON.stringify(id)}, which was made at ${found.createTime}: an interrupted run has left it. If another resource or stack manages it, give this one a lifecycleHookName`,
        { level: "warning" },
      );
    }
    return differing.length === 0 ? found : put(this.#scope, this.#inputs, this.#inputs);
  }

  /** The hook was made, but the response does not describe it: it is read, or kept with its inputs. */
  async #readInstead(error: Error): Promise<LifecycleHook> {
    const { region, projectId } = this.#scope;
    const found = await this.#find(error).catch((failure: Error) => {
      throw new IncompleteError(failure.message, { ...this.#inputs, region, projectId });
    });
    if (found === undefined) throw error;
    return found;
  }

  /** Looks whether the hook is there, after a failure that leaves it open. */
  async #find(failure: Error): Promise<LifecycleHook | undefined> {
    const { scalingGroupId, lifecycleHookName } = this.#inputs;
    try {
      return await this.#scope.client.lifecycleHooks.get(scalingGroupId, lifecycleHookName);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      const text = error instanceof Error ? error.message : String(error);
      throw new Error(`${failure.message}; looking for it failed, too: ${text}; run pulumi up again`, {
        cause: failure,
      });
    }
  }

  /** Gives the service time before the request is sent again. */
  async #pause(resends: number, error: Error): Promise<void> {
    const { clock, isAbandoned, timeout } = this.#context;
    const delay = retryDelay(resends, Math.random());
    if (this.#elapsed() + delay > timeout) throw this.#givenUp(error);
    await clock.sleep(delay);
    if (await isAbandoned()) {
      throw new Error(`${textOf(error)}; the engine that asked for it is gone, so nothing more is sent`);
    }
  }

  #givenUp(error: Error): Error {
    const text = `${textOf(error)}; sent ${this.#sent} times within ${seconds(this.#elapsed())}, and after each time the group had no such hook; run pulumi up again`;
    return new Error(text, { cause: error });
  }

  #elapsed(): number {
    const { clock } = this.#context;
    return clock.now() - (this.#lostSince ?? clock.now());
  }
}

/** What was wrong, without the client's word that it sent nothing again. */
function textOf(error: Error): string {
  return isServiceError(error.cause) ? error.cause.message : error.message;
}

/** Brings the hook at an address to the program's values. */
export async function put(
  scope: ScopedClient,
  { scalingGroupId, lifecycleHookName }: HookAddress,
  news: HookInputs,
): Promise<LifecycleHook> {
  try {
    return await scope.client.lifecycleHooks.update(scalingGroupId, lifecycleHookName, settingsOf(news));
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const text = `${error.message}; if it has been deleted since, pulumi up --refresh makes it again`;
    throw new Error(text, { cause: error });
  }
}

/** The body of a create: what the inputs say of the hook, but no "" for nothing. */
function descriptionOf(inputs: HookInputs): CreateLifecycleHookInput {
  const said = hookInputs.map(([name]) => [name, inputs[name]]).filter(([, value]) => value);
  return Object.fromEntries(said) as unknown as CreateLifecycleHookInput;
}
