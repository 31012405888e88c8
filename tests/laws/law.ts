import type { Driver, Program } from "./driver";

/** A law of a well-behaved provider, for a program of hooks. Laws can be tried in any order. */
export interface Law {
  readonly title: string;
  run(driver: Driver, fleet: Program): Promise<void>;
}
