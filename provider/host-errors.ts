/**
 * Errors as the dynamic-provider host needs them: it prints what it can't handle, hangs on what is no Error, and
 * shows a stack to users.
 */

/** Begins the host's own report of an error, which repeats what the engine shows; the report is dropped by it. */
const marker = "\u0000huaweicloud-as\u0000";

/** An error that shows one clean message. */
export class HostError extends Error {
  override readonly name = "HostError";
  override stack = "";

  override toString(): string {
    return marker;
  }
}

/** The hook exists, but not everything went as it should: the engine keeps what is given here. */
export class ResourceInitError extends HostError {
  readonly id: string;
  readonly properties: Record<string, unknown>;
  readonly reasons: readonly string[];

  constructor(message: string, id: string, properties: Record<string, unknown>) {
    super(message);
    this.id = id;
    this.properties = properties;
    // Without reasons the engine would say only that initialisation failed.
    this.reasons = [message];
  }
}

/** The host writes each error of check, diff, read and delete to stderr, stack and all, before it hands it on. */
export function silenceHostReports(): void {
  const report = console.error;
  console.error = (...arguments_: unknown[]) => {
    if (typeof arguments_[0] === "string" && arguments_[0].startsWith(marker)) return;
    report(...arguments_);
  };
}

/** The text of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof Error && thrown.message !== "") return thrown.message;
  return typeof thrown === "string" && thrown !== ""
    ? thrown
    : `failed for an unknown reason (${String(thrown)})`;
}
