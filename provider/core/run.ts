import { isServiceError } from "../../sdk/errors/errors";
import { redact } from "../../sdk/errors/redaction";
import { check, isNew, type Kind } from "./check";
import { ConfiguredClients, clientsOf } from "./clients";
import { type Context, type RunClock, type Scope, systemClock } from "./context";
import { create } from "./create";
import { type Difference, diff, refuseMove } from "./diff";
import { deleteHook, type ReadHook, read, update } from "./existing-hook";
import { type Findings, GroupLooks, importWarning, noFindings, type Question } from "./look";
import { keptBy, Ownership } from "./ownership";
import {
  addressIn,
  type CheckOnlyInputs,
  formatHookId,
  type HiddenInputs,
  type HookAddress,
  type HookInputs,
  type HookOutputs,
  IncompleteError,
  type KnownHook,
  type PlannedInputs,
  type Properties,
  secretNames,
  secretValues,
  unknown,
} from "./properties";
import type { ProviderSettings } from "./settings";
import { autoName, nameInUrn, readMark } from "./urn";
import { type TimedOperation, timeoutOf } from "./wait";

/** How a run speaks to the user, and learns of the engine; by a short URN, on a resource's own row. */
export interface RunLog {
  log(
    shortUrn: string | undefined,
    message: string,
    options?: { readonly level?: "info" | "warning"; readonly ephemeral?: boolean },
  ): Promise<void>;
  /** Whether the engine has gone since it took a message. */
  isGone(): Promise<boolean>;
}

/** What `check` tells the host. */
export interface CheckResult {
  readonly inputs: Properties;
  /** Every problem at once, each a whole message. */
  readonly problems: readonly string[];
}

/**
 * One run of the engine, an update or a preview, as one provider process serves it: the operations, with what they
 * must remember of each other. Knows nothing of the host that calls it.
 */
export class Run {
  readonly #settings: ProviderSettings;
  readonly #log: RunLog;
  readonly #clock: RunClock;
  readonly #clients: ConfiguredClients;
  readonly #ownership: Ownership;
  readonly #looks = new GroupLooks();
  /** The checked inputs of hooks that are still to be made, by their URNs; of a replacement, until its old hook goes. */
  readonly #awaited = new Map<string, Properties>();
  /** The resources whose checked inputs are not all known yet, as in a preview. */
  readonly #planned = new Set<string>();

  constructor(settings: ProviderSettings, log: RunLog, clock: RunClock = systemClock) {
    this.#settings = settings;
    this.#log = log;
    this.#clock = clock;
    this.#ownership = new Ownership(settings.limits.maxHooksPerGroup);
    this.#clients = clock === systemClock ? clientsOf(settings) : new ConfiguredClients(settings, clock);
  }

  /** Validates inputs; looks at the live group before an import or a replacement, and where a preflight is configured. */
  async check(olds: Properties, sent: Properties): Promise<CheckResult> {
    const { short: urn, applies } =
      typeof sent.__urn === "string" ? readMark(sent.__urn) : { short: undefined, applies: false };
    const news = urn === undefined ? sent : { ...sent, __urn: urn };
    const before = this.#ownership.before(urn);
    const checked = check(olds, news, this.#settings, before !== undefined);
    const problems = [...this.#settings.problems, ...checked.problems];
    let { inputs } = checked;
    const old = addressIn(olds);
    if (urn !== undefined && old !== undefined) this.#ownership.has(urn, old);
    if (urn !== undefined && problems.length === 0) problems.push(...this.#ownership.declare(urn, inputs));
    const warnings = [...checked.warnings];
    if (problems.length === 0 && isNew(olds)) {
      const context = this.#context("read", inputs);
      const findings = await this.#look(
        { context, inputs, concealed: checked.concealed, isAutoNamed: this.#isAutoNamed(inputs), applies },
        news,
        before,
      );
      problems.push(...findings.problems);
      warnings.push(...findings.warnings);
      inputs = { ...inputs, ...findings.live };
    }
    const { __import: importId } = inputs as HiddenInputs;
    if (importId !== undefined && isNew(olds) && problems.length === 0)
      warnings.unshift(importWarning(importId));
    if (urn !== undefined && before !== undefined && isNew(olds)) {
      // The engine asks for a replacement; where that is refused, the old hook stays.
      if (problems.length === 0) this.#ownership.leaves(urn);
      else this.#ownership.stays(urn);
    }
    if (urn !== undefined && isNew(olds) && problems.length === 0) this.#awaited.set(urn, inputs);
    if (urn !== undefined && hasUnknown(inputs)) this.#planned.add(urn);
    const secrets = [...secretValues(news), ...secretValues({ ...news, __secrets: checked.concealed })];
    await Promise.all(
      warnings.map((text) => this.#log.log(urn, redact(text, secrets), { level: "warning" })),
    );
    return { inputs, problems: problems.map((text) => redact(text, secrets)) };
  }

  async #look(
    question: Question,
    news: Properties,
    before: string | undefined,
  ): Promise<Findings & { readonly live?: Properties }> {
    const {
      __createFirst: createFirst = false,
      __retains: retains = false,
      __ignoreChanges: ignored = [],
    } = news as CheckOnlyInputs;
    const { __import: importId } = question.inputs as HiddenInputs;
    const { scalingGroupId, lifecycleHookName } = question.inputs;
    // A group that is not known yet can't be looked at.
    if (typeof scalingGroupId !== "string") return noFindings;
    if (before !== undefined) {
      return lifecycleHookName === unknown
        ? noFindings
        : this.#looks.replacement(question, before, createFirst, retains);
    }
    if (importId !== undefined) return this.#looks.import(question, importId, ignored);
    if (createFirst && lifecycleHookName !== unknown) return this.#looks.createFirst(question);
    const room = await this.#looks.room(question);
    if (room.problems.length > 0 || !this.#settings.preflight) return room;
    return this.#looks.newHook(question);
  }

  /**
   * Compares a hook with its checked inputs. Before something is replaced, the engine also compares what depends on it,
   * with inputs of the state of which those are unknown that may change; and what would be replaced it deletes at once,
   * without a check. So unknowns that no check has seen replace nothing: the hook's own step does, after its look.
   */
  async diff(olds: HookOutputs, news: PlannedInputs): Promise<Difference> {
    const difference = diff(olds, news, this.#settings);
    const { __urn: urn } = news as HiddenInputs;
    if (hasUnknown(news) && !(urn !== undefined && this.#planned.has(urn)))
      return { ...difference, replaces: [] };
    if (difference.replaces.length > 0) this.#ownership.leaves(urn);
    return difference;
  }

  async create(inputs: HookInputs, timeout?: number): Promise<HookOutputs> {
    const { __urn: urn } = inputs;
    if (urn !== undefined) this.#awaited.delete(urn);
    // Another resource, whose check comes later, may give the hook up while it is being compared.
    const { __import: importId } = inputs;
    if (importId !== undefined && this.#ownership.otherHolder(urn, importId) === undefined)
      this.#ownership.keeps(urn, inputs);
    try {
      const outputs = await create(
        this.#context("create", inputs, timeout),
        inputs,
        this.#isAutoNamed({ ...inputs }),
      );
      this.#ownership.keeps(urn, outputs);
      return outputs;
    } catch (error) {
      if (error instanceof IncompleteError) this.#ownership.keeps(urn, inputs);
      throw error;
    }
  }

  async read(id: string, known: Partial<HookOutputs>): Promise<ReadHook | undefined> {
    return inItsProject("hook", known, read(this.#context("read", known), id, known));
  }

  async update(id: string, olds: KnownHook, news: HookInputs, timeout?: number): Promise<HookOutputs> {
    return inItsProject("hook", olds, update(this.#context("update", news, timeout), id, olds, news));
  }

  /** Deletes a hook, unless another resource keeps it; before a replacement only after a look. */
  async delete(id: string, known: HookOutputs, timeout?: number, row = known.__urn): Promise<void> {
    const keeper = this.#ownership.keeperOf(id);
    const context = this.#context("delete", row === undefined ? known : { ...known, __urn: row }, timeout);
    if (keeper !== undefined) {
      await context.log(`not deleted: ${keptBy(id, keeper)}`, { level: "warning" });
      return;
    }
    await this.#lookBeforeReplacing(context, id, known);
    await inItsProject("hook", known, deleteHook(context, id, known));
    this.#ownership.deleted(id);
  }

  /**
   * Sees to it that a hook which is deleted to be replaced has been looked for. Under `up --replace` no check knows that
   * it is about a replacement, but the deletion comes before the creation: then the look is made now. The engine deletes
   * for another reason only when all hooks are made.
   */
  async #lookBeforeReplacing(context: Context, id: string, known: HookOutputs): Promise<void> {
    if (this.#ownership.isLeaving(id)) {
      const owner = this.#ownership.ownerBefore(id);
      if (owner !== undefined) this.#awaited.delete(owner);
      return;
    }
    if (this.#awaited.size === 0) return;
    const successors = this.#successorsOf(id, known);
    if (successors.length === 0) throw new Error(unchecked(id, [...this.#awaited.keys()]));
    for (const [urn, inputs] of successors) {
      this.#awaited.delete(urn);
      refuseMove("hook", id, known, inputs.scalingGroupId, this.#settings);
      const isAutoNamed = this.#isAutoNamed(inputs);
      const question = { context, inputs, concealed: secretNames(inputs), isAutoNamed, applies: true };
      const { problems } = await this.#looks.replacement(question, id, false);
      if (problems.length > 0) throw new Error(problems.join("; "));
    }
  }

  /** The hooks that may be made in place of one whose own check did not tell; the state may have an earlier URN of it. */
  #successorsOf(id: string, { __urn: was, lifecycleHookName }: HookOutputs): [string, Properties][] {
    const all = [...this.#awaited];
    const replaced = all.filter(([urn]) => this.#ownership.before(urn) === undefined);
    const own = replaced.filter(
      ([urn, inputs]) =>
        urn === was ||
        (was !== undefined && nameInUrn(urn) === nameInUrn(was)) ||
        formatHookId(inputs as unknown as HookAddress) === id,
    );
    if (own.length > 0) return own;
    // Under an alias the automatic name is another one.
    const mayBeAny = was === undefined || this.#isAutoNamed({ __urn: was, lifecycleHookName });
    return mayBeAny && replaced.length === all.length ? replaced : [];
  }

  #isAutoNamed({ __urn: urn, lifecycleHookName }: Properties): boolean {
    return typeof urn === "string" && autoName(urn, this.#settings.limits) === lifecycleHookName;
  }

  /** `timeout`: the milliseconds that the engine gives the operation, where its request tells. */
  #context(operation: TimedOperation, properties: HiddenInputs, timeout?: number): Context {
    const { __urn: urn, __timeouts } = properties;
    const secrets = secretValues(properties);
    return {
      clients: this.#clients,
      clock: this.#clock,
      timeout: timeout ?? timeoutOf(operation, __timeouts),
      ownership: this.#ownership,
      isAbandoned: () => this.#log.isGone(),
      log: (message, options) => this.#log.log(urn, redact(message, secrets), options),
    };
  }
}

function hasUnknown(inputs: object): boolean {
  return Object.values(inputs).includes(unknown);
}

/** Why a hook is not deleted whose resource the engine has not had checked, while others are made or replaced. */
function unchecked(id: string, urns: readonly string[]): string {
  const others = urns.map((urn) => JSON.stringify(nameInUrn(urn))).join(", ");
  return `the hook ${JSON.stringify(id)} was not deleted: the engine asks for it before ${others} can be made, and without a check of what is to take its place. The option replaceWith makes it ask: remove that in an up of its own, and change the hooks in the next one; without that option, change this hook in an up of its own, without --replace`;
}

/** Explains why credentials that are good elsewhere are refused for a resource's project. */
export async function inItsProject<T>(
  kind: Kind,
  { region, projectId }: Scope,
  operation: Promise<T>,
): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    if (!isServiceError(error) || error.code !== "AS.0008" || projectId === undefined) throw error;
    const text = `${error.message}; the ${kind} is in project ${projectId} of region ${region}, and these credentials are those of another project or account: go back to the configuration or the Provider that made it`;
    throw new Error(text, { cause: error });
  }
}
