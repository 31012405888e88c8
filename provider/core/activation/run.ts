import { redact } from "../../../sdk/errors/redaction";
import { ConfiguredClients, clientsOf } from "../clients";
import { type OperationContext, type RunClock, systemClock } from "../context";
import { type Difference, refuseMove } from "../diff";
import {
  type CheckOnlyInputs,
  type HiddenInputs,
  type Planned,
  type Properties,
  secretNames,
  secretValues,
} from "../properties";
import { type CheckResult, inItsProject, type RunLog } from "../run";
import type { ProviderSettings } from "../settings";
import { nameInUrn, readMark } from "../urn";
import { type TimedOperation, timeoutOf } from "../wait";
import { activate, deactivate, differences, type ReadGroup, read, update } from "./operations";
import {
  type ActivationInputs,
  type ActivationOutputs,
  check,
  diff,
  inputsOf,
  outputsOf,
} from "./properties";

/** How long an operation waits unless `customTimeouts` says otherwise, in milliseconds: a hook may hold an hour. */
const defaultTimeout = 3_600_000;

/** One run of the engine, as one provider process serves it, for the activations of scaling groups. */
export class ActivationRun {
  readonly #settings: ProviderSettings;
  readonly #log: RunLog;
  readonly #clock: RunClock;
  readonly #clients: ConfiguredClients;
  /** The resources of the program, by the groups that they activate. */
  readonly #declared = new Map<string, string>();
  /** The resources that the state has: the engine checks a replacement as if it were new. */
  readonly #known = new Set<string>();

  constructor(settings: ProviderSettings, log: RunLog, clock: RunClock = systemClock) {
    this.#settings = settings;
    this.#log = log;
    this.#clock = clock;
    this.#clients = clock === systemClock ? clientsOf(settings) : new ConfiguredClients(settings, clock);
  }

  /** Validates inputs; looks at the live group before an import alone. */
  async check(olds: Properties, sent: Properties): Promise<CheckResult> {
    const urn = typeof sent.__urn === "string" ? readMark(sent.__urn).short : undefined;
    const news = urn === undefined ? sent : { ...sent, __urn: urn };
    if (urn !== undefined && olds.scalingGroupId !== undefined) this.#known.add(urn);
    const isKnown = olds.scalingGroupId !== undefined || (urn !== undefined && this.#known.has(urn));
    const checked = check(olds, news, !isKnown);
    const problems = [...this.#settings.problems, ...checked.problems];
    let { inputs } = checked;
    const { scalingGroupId: groupId } = inputs;
    if (urn !== undefined && typeof groupId === "string") {
      const other = this.#declared.get(groupId) ?? urn;
      if (other !== urn) problems.push(twoResources(groupId, other));
      this.#declared.set(groupId, urn);
    }
    if ((inputs as HiddenInputs).__import !== undefined && problems.length === 0) {
      const { __ignoreChanges: ignored = [] } = news as CheckOnlyInputs;
      const found = await this.#lookAtImport(inputs, ignored, checked.concealed);
      problems.push(...found.problems);
      inputs = { ...inputs, ...found.live };
    }
    const secrets = [...secretValues(news), ...secretValues({ ...news, __secrets: checked.concealed })];
    return { inputs, problems: problems.map((text) => redact(text, secrets)) };
  }

  async diff(olds: ActivationOutputs, news: Planned<ActivationInputs>): Promise<Difference> {
    refuseMove("activation", olds.scalingGroupId, olds, news.scalingGroupId, this.#settings);
    return diff(olds, news);
  }

  async create(inputs: ActivationInputs, timeout?: number): Promise<ActivationOutputs> {
    const context = this.#context("create", inputs, timeout);
    if (inputs.__import === undefined) return activate(context, inputs);
    const scope = await this.#clients.at();
    const group = await scope.client.scalingGroups.get(inputs.scalingGroupId);
    const differing = differences(group, inputs, secretNames(inputs));
    if (differing.length > 0) throw new Error(mismatch(inputs.scalingGroupId, differing));
    return outputsOf(inputs, scope, group);
  }

  read(id: string, known: Partial<ActivationOutputs>): Promise<ReadGroup | undefined> {
    return inItsProject("activation", known, read(this.#context("read", known), id, known));
  }

  update(
    _id: string,
    olds: ActivationOutputs,
    news: ActivationInputs,
    timeout?: number,
  ): Promise<ActivationOutputs> {
    return inItsProject("activation", olds, update(this.#context("update", news, timeout), olds, news));
  }

  /** Deactivates a group, unless another resource of the program, or a replacement of this one, has it. */
  async delete(id: string, known: ActivationOutputs, timeout?: number, row = known.__urn): Promise<void> {
    const context = this.#context("delete", row === undefined ? known : { ...known, __urn: row }, timeout);
    const keeper = this.#declared.get(id);
    if (keeper !== undefined) {
      const text = `not deactivated: scaling group ${id} is that of the resource ${JSON.stringify(nameInUrn(keeper))} of this program; only this resource is forgotten`;
      await context.log(text, { level: "warning" });
      return;
    }
    await inItsProject("activation", known, deactivate(context, id, known));
  }

  /** Whether the group to import is what the program says; the properties that are ignored take the live values. */
  async #lookAtImport(
    inputs: Properties,
    ignored: readonly string[],
    concealed: readonly string[],
  ): Promise<{ readonly problems: readonly string[]; readonly live?: Properties }> {
    const { scalingGroupId: groupId } = inputs;
    if (typeof groupId !== "string") return { problems: [] };
    try {
      const { client } = await this.#clients.at();
      const group = await client.scalingGroups.get(groupId);
      const taken = Object.entries(inputsOf(group, {})).filter(
        ([name]) => name in inputs && (ignored.includes(name) || ignored.includes("*")),
      );
      const live = Object.fromEntries(taken);
      const differing = differences(group, { ...inputs, ...live }, concealed);
      return { problems: differing.length === 0 ? [] : [mismatch(groupId, differing)], live };
    } catch (error) {
      return { problems: [`import: ${error instanceof Error ? error.message : String(error)}`] };
    }
  }

  #context(operation: TimedOperation, properties: HiddenInputs, timeout?: number): OperationContext {
    const { __urn: urn, __timeouts } = properties;
    const secrets = secretValues(properties);
    return {
      clients: this.#clients,
      clock: this.#clock,
      timeout: timeout ?? timeoutOf(operation, __timeouts, defaultTimeout),
      isAbandoned: () => this.#log.isGone(),
      log: (message, options) => this.#log.log(urn, redact(message, secrets), options),
    };
  }
}

function mismatch(groupId: string, differing: readonly string[]): string {
  return `import: scaling group ${groupId} is not what the program describes: ${differing.join("; ")}; an import changes nothing: change the program to what the group is, or name the property in ignoreChanges, or leave the option import out to have the group brought to the program's values`;
}

function twoResources(groupId: string, other: string): string {
  return `scaling group ${groupId} is activated by the resource ${JSON.stringify(nameInUrn(other))} of this program, too: one resource activates a group; remove one of the two`;
}
