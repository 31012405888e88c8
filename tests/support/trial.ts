import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { LifecycleHook, type LifecycleHookArgs } from "../../provider";
import { type Emulator, startEmulator } from "../../sdk/emulator";
import { EngineStack, type StateResource } from "./engine";
import { groupId, topicUrn } from "./hooks";

/** What a hook needs and no more. */
export const hookArgs = {
  scalingGroupId: groupId,
  lifecycleHookType: "INSTANCE_TERMINATING",
  notificationTopicUrn: topicUrn,
} as const;

/** A program with the one hook "drain". */
export const declare =
  (more: Partial<LifecycleHookArgs> = {}, opts: CustomResourceOptions = {}): PulumiFn =>
  async () => {
    new LifecycleHook("drain", { ...hookArgs, ...more }, opts);
  };

/** The arguments of a `Provider` that lead to an emulator. */
export function providerArgs({ region, accessKey, secretKey, url }: Emulator) {
  return { region, accessKey, secretKey, endpoints: { autoscaling: url, iam: url } };
}

/** A stack of the real engine on an emulator of its own. */
export class Trial implements AsyncDisposable {
  readonly emulator: Emulator;
  readonly stack: EngineStack;

  private constructor(emulator: Emulator, stack: EngineStack) {
    this.emulator = emulator;
    this.stack = stack;
  }

  /** The environment leads to the emulator, unless the program or the configuration does. */
  static async start(
    program: PulumiFn,
    options: { readonly emulator?: Emulator; readonly config?: Record<string, string> } = {},
  ): Promise<Trial> {
    const emulator = options.emulator ?? (await startEmulator());
    const { config } = options;
    const stack = await EngineStack.create(
      program,
      config === undefined ? { env: emulator.env } : { config },
    );
    return new Trial(emulator, stack);
  }

  /** The methods of the requests about hooks since the last time. */
  sent(): string[] {
    const methods = this.emulator.requests
      .filter(({ path }) => path.includes("hook"))
      .map(({ method }) => method);
    this.emulator.clearRequests();
    return methods;
  }

  /** The names of the hooks that there are. */
  names(): string[] {
    return this.emulator.hooks(groupId).map((hook) => hook.lifecycle_hook_name);
  }

  /** The hooks in the state. */
  async hooksInState(): Promise<StateResource[]> {
    return (await this.stack.state()).filter(({ type }) => type.includes("LifecycleHook"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stack[Symbol.asyncDispose]();
    await this.emulator.close();
  }
}
