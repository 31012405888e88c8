/** What the exit code tells the job that runs the pipeline. A signal n gives 128 + n, as in a shell. */
export const exitCodes = {
  /** Done, or nothing to do. */
  done: 0,
  failed: 1,
  /** The arguments, the settings or the environment are not usable. Nothing was done. */
  unusable: 2,
  /** Replacements or deletions are planned that nobody has approved. Nothing was done. */
  refused: 3,
  /** The cloud is not as the last apply left it. */
  drifted: 4,
  /** Another run holds the stack. Nothing was done. */
  locked: 5,
  /** What would be done now is not what was planned. Nothing was done. */
  outdated: 6,
  timedOut: 124,
} as const;

/** An ending that the pipeline knows: its message is for the job's log, without a stack. */
export class PipelineFailure extends Error {
  override readonly name = "PipelineFailure";
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}
