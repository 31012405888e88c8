import type { Bench } from "../bench.mts";
import { handler } from "./handler.mts";
import { loading } from "./loading.mts";
import { memory } from "./memory.mts";
import { signing } from "./signing.mts";
import { throttling } from "./throttling.mts";
import { throughput } from "./throughput.mts";

/** The limits of the client. */
export const sdkBenches: readonly Bench[] = [signing, throughput, memory, loading, throttling, handler];
