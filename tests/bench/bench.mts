import type { Figure } from "./figure.mts";

/** One of the benches: measures something of ours and the same of a baseline, in turns, in one run. */
export interface Bench {
  /** Such as `sdk/signing`; what `npm run bench -- NAME` selects by its beginning. */
  readonly name: string;
  readonly about: string;
  run(options: BenchOptions): Promise<readonly Figure[]>;
}

interface BenchOptions {
  /** How many times as many rounds as usual: more take longer and are less subject to noise. */
  readonly thoroughness: number;
}
