import type { Bench } from "../bench.mts";
import { emulatorLoad, emulatorSize } from "./load.mts";

/** The limits of the local AS API. */
export const emulatorBenches: readonly Bench[] = [emulatorLoad, emulatorSize];
