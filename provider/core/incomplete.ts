import type { HookInputs, HookOutputs } from "./properties";

/** What is known of a hook: what the program wants it to be, where it is, and perhaps what the service made of it. */
export type KnownHook = HookInputs &
  Pick<HookOutputs, "region" | "projectId"> &
  Partial<Pick<HookOutputs, "notificationTopicName" | "createTime">>;

/** The hook is there, but not everything went as it should have: the state has to keep it. */
export class IncompleteError extends Error {
  override readonly name = "IncompleteError";
  /** The hook as it is now. */
  readonly outputs: KnownHook;

  constructor(message: string, outputs: KnownHook) {
    super(message);
    this.outputs = outputs;
  }
}
