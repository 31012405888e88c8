import type { ScalingGroup, ScalingGroupSizes } from "../../../sdk/api/schemas";
import { isBusy } from "../../../sdk/errors/codes";
import { isServiceError } from "../../../sdk/errors/errors";
import type { OperationContext, Scope, ScopedClient } from "../context";
import { isMissing } from "../group-hooks";
import { IncompleteError } from "../properties";
import { type PassingRefusal, retryWhile } from "../wait";
import {
  type ActivationInputs,
  type ActivationOutputs,
  inputsOf,
  isSameGroup,
  outputsOf,
} from "./properties";
import { empty, type Goal, serving, waitFor } from "./waiting";

/** A group as it is: what the state is to say of it, and the inputs that would make it so. */
export interface ReadGroup {
  readonly outputs: ActivationOutputs;
  readonly inputs: ActivationInputs;
}

/** Gives a group its numbers, puts it in service, and waits for its instances. */
export async function activate(
  context: OperationContext,
  inputs: ActivationInputs,
): Promise<ActivationOutputs> {
  const scope = await context.clients.at();
  const change = new Change(context, scope, inputs.scalingGroupId, "create");
  return change.activate(inputs, true, {});
}

/** Brings a group to other numbers, and back in service. Sends nothing when only options have changed. */
export async function update(
  context: OperationContext,
  olds: ActivationOutputs,
  news: ActivationInputs,
): Promise<ActivationOutputs> {
  if (isSameGroup(olds, news)) {
    const { status: scalingGroupStatus, currentInstances: currentInstanceNumber } = olds;
    return outputsOf(news, olds, { scalingGroupStatus, currentInstanceNumber });
  }
  const scope = await context.clients.at(olds);
  const change = new Change(context, scope, news.scalingGroupId, "update");
  // What a policy has done since stays, as long as the program wants no other number than before.
  const isWanted = news.enforceDesired || news.desiredInstances !== olds.desiredInstances;
  return change.activate(news, isWanted, olds);
}

/** Lets the instances of a group leave through its hooks, and pauses it. One that is gone, or is being deleted, is a success. */
export async function deactivate(context: OperationContext, groupId: string, where: Scope): Promise<void> {
  const scope = await context.clients.at(where);
  try {
    await new Change(context, scope, groupId, "delete").deactivate();
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** Reads a group; `undefined` when it is gone. One that is only looked up (`known` has no region) must be there. */
export async function read(
  context: OperationContext,
  groupId: string,
  known: Partial<ActivationOutputs>,
): Promise<ReadGroup | undefined> {
  const scope = await context.clients.at(known);
  const isLookUp = known.region === undefined;
  const group = await scope.client.scalingGroups.get(groupId).catch((error: unknown) => {
    if (isLookUp || !isMissing(error)) throw error;
    return undefined;
  });
  if (group === undefined) return undefined;
  const inputs = inputsOf(group, known);
  // An operation that has not come to its end is still to be repeated.
  const isFinished = isLookUp || known.currentInstances !== undefined;
  const outputs = outputsOf(inputs, scope, isFinished ? group : {});
  const { scalingGroupStatus: status } = group;
  return { outputs, inputs: status === "INSERVICE" ? inputs : ({ ...inputs, status } as ActivationInputs) };
}

/** The properties in which a group is not what is to be imported, each with both values unless they are secret. */
export function differences(
  group: ScalingGroup,
  inputs: Partial<ActivationInputs>,
  concealed: readonly string[],
): string[] {
  const { scalingGroupStatus, minInstanceNumber, maxInstanceNumber, desireInstanceNumber } = group;
  const pairs = [
    ["status", scalingGroupStatus, "INSERVICE"],
    ["minInstances", minInstanceNumber, inputs.minInstances],
    ["maxInstances", maxInstanceNumber, inputs.maxInstances],
    ["desiredInstances", desireInstanceNumber, inputs.enforceDesired ? inputs.desiredInstances : undefined],
  ] as const;
  return pairs
    .filter(([, is, wanted]) => typeof wanted !== "symbol" && wanted !== undefined && is !== wanted)
    .map(([name, is, wanted]) =>
      concealed.includes(name)
        ? `${name} differs (not shown)`
        : `${name} is ${is}, the program has ${wanted}`,
    );
}

const none = { minInstanceNumber: 0, desireInstanceNumber: 0 } as const;

/** The change of one group, over all requests that it takes. */
class Change {
  readonly #context: OperationContext;
  readonly #scope: ScopedClient;
  readonly #groupId: string;
  readonly #operation: Goal["operation"];
  readonly #deadline: number;
  /** Something of it may have been done. */
  #hasActed = false;

  constructor(context: OperationContext, scope: ScopedClient, groupId: string, operation: Goal["operation"]) {
    this.#context = context;
    this.#scope = scope;
    this.#groupId = groupId;
    this.#operation = operation;
    this.#deadline = context.clock.now() + context.timeout;
  }

  /** `setsDesired`: the desired number is to be the program's. `olds`: what the state has of the numbers. */
  async activate(
    inputs: ActivationInputs,
    setsDesired: boolean,
    olds: Partial<ActivationOutputs>,
  ): Promise<ActivationOutputs> {
    const doing = `activating scaling group ${this.#groupId}`;
    const group = await this.#get();
    const { scalingGroupStatus: status } = group;
    if (status === "DELETING" || status === "FREEZED") throw unusable(doing, status);
    const sizes = sizesFor(group, inputs, setsDesired, doing);
    let kept: ActivationInputs = { ...inputs, ...numbersOf(olds) };
    try {
      await this.#put(group, sizes);
      kept = inputs;
      if (status !== "INSERVICE") await this.#act("resume");
      this.#hasActed = true;
      const done = { ...group, scalingGroupStatus: "INSERVICE" };
      const found = inputs.wait ? await this.#waitFor({ ...serving, doing }) : done;
      return outputsOf(inputs, this.#scope, found);
    } catch (error) {
      if (!this.#hasActed || isMissing(error)) throw error;
      const message = error instanceof Error ? error.message : String(error);
      throw new IncompleteError<ActivationOutputs>(message, outputsOf(kept, this.#scope, {}));
    }
  }

  async deactivate(): Promise<void> {
    const doing = `emptying scaling group ${this.#groupId}`;
    const group = await this.#get();
    if (group.scalingGroupStatus === "DELETING") return;
    if (group.scalingGroupStatus === "FREEZED") throw unusable(doing, "FREEZED");
    await this.#put(group, none);
    if (group.scalingGroupStatus !== "INSERVICE") {
      const { length } = await this.#scope.client.scalingInstances.list(this.#groupId);
      if (length === 0) return;
      await this.#context.log(
        `scaling group ${this.#groupId} is ${group.scalingGroupStatus} and has ${length} instances: it is resumed, so that they leave through the hooks`,
        { level: "warning" },
      );
      await this.#act("resume");
    }
    for (;;) {
      const found = await this.#waitFor({ ...empty, doing });
      const { desireInstanceNumber: desired } = found;
      if (desired === 0) break;
      await this.#context.log(
        `scaling group ${this.#groupId} was given a desired number of ${desired} meanwhile, as by a policy: it is set to 0 again`,
        { level: "warning" },
      );
      await this.#put(found, none);
    }
    await this.#act("pause");
  }

  #get(): Promise<ScalingGroup> {
    return this.#scope.client.scalingGroups.get(this.#groupId);
  }

  /** Sends the numbers in which the group differs, if there are any: the service refuses the same desired number. */
  async #put(group: ScalingGroup, sizes: ScalingGroupSizes): Promise<void> {
    const body = differing(group, sizes);
    if (body === undefined) return;
    await this.#send(async () => {
      try {
        await this.#scope.client.scalingGroups.update(this.#groupId, body);
      } catch (error) {
        // The client repeats a request whose answer is lost: then the group has the numbers already.
        const isSame = isServiceError(error) && error.code === "AS.2028";
        if (!isSame || differing(await this.#get(), sizes) !== undefined) throw error;
      }
    });
  }

  /** Whether the service refuses what is so already is not documented, so a refusal has the group looked at. */
  async #act(action: "resume" | "pause"): Promise<void> {
    const wanted = action === "resume" ? "INSERVICE" : "PAUSED";
    await this.#send(async () => {
      try {
        await this.#scope.client.scalingGroups[action](this.#groupId);
      } catch (error) {
        if (!isBusy(error) || (await this.#get()).scalingGroupStatus !== wanted) throw error;
      }
    });
  }

  async #send(request: () => Promise<void>): Promise<void> {
    const { clock } = this.#context;
    const busy: PassingRefusal = {
      matches: isBusy,
      timeout: this.#deadline - clock.now(),
      waiting: `waiting until scaling group ${this.#groupId} is no longer busy`,
      advice: `to wait longer set the option customTimeouts: { ${this.#operation}: "3h" }`,
    };
    try {
      await retryWhile(this.#context, request, [busy]);
      this.#hasActed = true;
    } catch (error) {
      // A response that was lost may have been that of a success.
      const refusal = error instanceof Error && isServiceError(error.cause) ? error.cause : error;
      if (!isServiceError(refusal)) this.#hasActed = true;
      throw error;
    }
  }

  #waitFor(goal: Omit<Goal, "operation">): Promise<ScalingGroup> {
    const whole = { ...goal, operation: this.#operation };
    return waitFor(this.#context, this.#scope, this.#groupId, whole, this.#deadline);
  }
}

/** The numbers in which a group differs; `undefined` if there are none. */
function differing(group: ScalingGroup, sizes: ScalingGroupSizes): ScalingGroupSizes | undefined {
  const names = Object.keys(sizes) as (keyof ScalingGroupSizes)[];
  const found = names.filter((name) => sizes[name] !== group[name]);
  return found.length === 0 ? undefined : Object.fromEntries(found.map((name) => [name, sizes[name]]));
}

/** It would be refused as if it were busy, however long one waits. */
function unusable(doing: string, status: string): Error {
  const why = status === "DELETING" ? "it is being deleted" : "the account is in arrears";
  return new Error(`${doing}: its status is ${status}: ${why}`);
}

/** The numbers that a group is to have. Its own desired number is moved only as far as new bounds want it. */
function sizesFor(
  group: ScalingGroup,
  inputs: ActivationInputs,
  setsDesired: boolean,
  doing: string,
): ScalingGroupSizes {
  const { minInstances: min = group.minInstanceNumber, maxInstances: max = group.maxInstanceNumber } = inputs;
  const own = Math.min(Math.max(group.desireInstanceNumber, min), max);
  const desired = setsDesired ? inputs.desiredInstances : own;
  if (desired > max) {
    throw new Error(
      `${doing}: desiredInstances is above the group's maximum of ${max}: give maxInstances, too`,
    );
  }
  if (desired < min) {
    throw new Error(
      `${doing}: desiredInstances is below the group's minimum of ${min}: give minInstances, too`,
    );
  }
  return { minInstanceNumber: min, desireInstanceNumber: desired, maxInstanceNumber: max };
}

function numbersOf(olds: Partial<ActivationOutputs>): Partial<ActivationInputs> {
  const { desiredInstances, minInstances, maxInstances } = olds;
  return { desiredInstances, minInstances, maxInstances } as Partial<ActivationInputs>;
}
