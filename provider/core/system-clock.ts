import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "./context";

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: async (milliseconds) => {
    // A wait that nobody waits for any more must not keep the process.
    await sleep(milliseconds, undefined, { ref: false });
  },
};
