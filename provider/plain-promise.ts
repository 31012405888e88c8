import type * as pulumi from "@pulumi/pulumi";

/**
 * The value of an output as a promise that is no output: it carries no dependencies, and nothing of the engine's
 * reaches it. Never settles for a value that is not known in a preview.
 */
export function plainPromise<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply((value) => resolve(value as T));
  });
}
