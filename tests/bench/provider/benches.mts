import type { Bench } from "../bench.mts";
import { slowService } from "./latency.mts";
import { manyHooks } from "./many-hooks.mts";
import { oneHook } from "./one-hook.mts";
import { state } from "./state.mts";
import { thousandHooks } from "./thousand-hooks.mts";

/** The limits of the resource. */
export const providerBenches: readonly Bench[] = [state, oneHook, manyHooks, slowService, thousandHooks];
