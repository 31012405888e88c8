import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";

/** What the runtime of Pulumi's SDK has, and its types leave out. */

interface OutputInternals<T> {
  promise(): Promise<T>;
  readonly isKnown: Promise<boolean>;
}

interface RuntimeState {
  getStackResource(): pulumi.Resource | undefined;
  getStore(): { readonly callbacks?: unknown };
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
  const state: RuntimeState = load("@pulumi/pulumi/runtime/state.js");
  const inherited = parent ?? state.getStackResource();
  const { __transformations: given } = (inherited ?? {}) as { readonly __transformations?: unknown[] };
  return (given?.length ?? 0) > 0 || state.getStore().callbacks !== undefined;
}
