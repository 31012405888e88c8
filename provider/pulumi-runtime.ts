import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";

/** What the runtime of Pulumi's SDK has, and its types leave out. */

interface OutputInternals<T> {
  promise(): Promise<T>;
  readonly isKnown: Promise<boolean>;
  resources(): ReadonlySet<pulumi.Resource>;
}

interface RuntimeState {
  getStackResource(): pulumi.Resource | undefined;
  getStore(): { readonly callbacks?: Callbacks; readonly supportsTransforms: boolean };
}

interface Callbacks {
  awaitStackRegistrations(): Promise<void>;
  registerTransform(transform: pulumi.ResourceTransform): Promise<object>;
}

interface TransformMonitor {
  registerStackTransform(callback: object, done: () => void): void;
}

// By `require`: Pulumi's modules have no names that an import finds.
const load = createRequire(__filename);

/**
 * The value of an output as a promise that is no output: it carries no dependencies, and nothing of the engine's
 * reaches it. Rejects when the output failed. A value that is not known in a preview is `undefined`.
 */
export function plainPromise<T>(output: pulumi.Output<T>): Promise<T> {
  return (output as unknown as OutputInternals<T>).promise();
}

/** Whether the value of an output is known, all of it. Rejects when the output failed. */
export function isKnown(output: pulumi.Output<unknown>): Promise<boolean> {
  return (output as unknown as OutputInternals<unknown>).isKnown;
}

/** The resources whose outputs a value is, or is made of. */
export function resourcesOf(value: unknown): readonly pulumi.Resource[] {
  return pulumi.Output.isInstance(value)
    ? [...(value as unknown as OutputInternals<unknown>).resources()]
    : [];
}

/** Whether the program runs under `pulumi.runtime.setMocks`. */
export function isMocked(): boolean {
  const { MockMonitor }: typeof import("@pulumi/pulumi/runtime/mocks.js") = load(
    "@pulumi/pulumi/runtime/mocks.js",
  );
  return pulumi.runtime.getMonitor() instanceof MockMonitor;
}

/**
 * Whether a transform may change a resource after its class has seen its arguments: one of its own or its parents'
 * options, or of the stack. The callbacks of the newer kind are registered together, so one of any resource counts.
 */
export function mayTransform({ parent, transforms, transformations }: pulumi.ResourceOptions): boolean {
  if ((transforms?.length ?? 0) > 0 || (transformations?.length ?? 0) > 0) return true;
  const inherited = parent ?? runtimeState().getStackResource();
  const { __transformations: given } = (inherited ?? {}) as { readonly __transformations?: unknown[] };
  return (given?.length ?? 0) > 0 || runtimeState().getStore().callbacks !== undefined;
}

/** By the callbacks of a program: settled when the engine has the transform of {@link followTransforms}. */
const followed = new WeakMap<object, Promise<void>>();

/**
 * Has a transform run on all resources of a program, after those that the program has registered: once a program, and
 * not under mocks, which import nothing. A resource whose inputs wait for the result is registered after the transform.
 */
export function followTransforms(transform: pulumi.ResourceTransform): Promise<void> {
  const { getCallbacks }: { getCallbacks(): Callbacks | undefined } = load(
    "@pulumi/pulumi/runtime/settings.js",
  );
  const callbacks = isMocked() || !runtimeState().getStore().supportsTransforms ? undefined : getCallbacks();
  if (callbacks === undefined) return Promise.resolve();
  const known = followed.get(callbacks) ?? register(callbacks, transform);
  followed.set(callbacks, known);
  return known;
}

/** As `registerResourceTransform` does, but later, and without ending a program whose engine takes no transforms. */
async function register(callbacks: Callbacks, transform: pulumi.ResourceTransform): Promise<void> {
  // The engine runs transforms in the order in which they arrive.
  await callbacks.awaitStackRegistrations();
  const callback = await callbacks.registerTransform(transform);
  const monitor = pulumi.runtime.getMonitor() as unknown as TransformMonitor;
  await new Promise<void>((resolve) => monitor.registerStackTransform(callback, () => resolve()));
}

function runtimeState(): RuntimeState {
  return load("@pulumi/pulumi/runtime/state.js");
}
