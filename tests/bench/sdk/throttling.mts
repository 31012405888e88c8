import { AutoScalingClient } from "pulumi-huaweicloud-as/sdk";
import type { Bench } from "../bench.mts";
import { EmulatorProcess } from "../emulator.mts";
import { amount, seconds } from "../figure.mts";
import { input, region } from "./create-request.mts";

/** The vendor's limit. */
const writesPerSecond = 26;
const creates = 300;
const atOnce = 64;
/** The server's seconds begin with the first request of each, so the last of so many full ones can be short. */
const shortest = Math.floor((creates - 1) / writesPerSecond);

export const throttling: Bench = {
  name: "sdk/throttling",
  about: `${creates} creates, ${atOnce} at a time, where ${writesPerSecond} a second are let pass`,
  async run() {
    await using emulator = await EmulatorProcess.start({ groups: creates / 5, writesPerSecond });
    const { projectId, url, env } = emulator.place;
    await using client = new AutoScalingClient({ region, projectId, endpoint: url, environment: env });
    const wanted = emulator.groups.flatMap((group) =>
      ["a", "b", "c", "d", "e"].map((lifecycleHookName) => ({
        group,
        hook: { ...input, lifecycleHookName },
      })),
    );
    const start = performance.now();
    const worker = async () => {
      for (let next = wanted.pop(); next !== undefined; next = wanted.pop()) {
        await client.lifecycleHooks.create(next.group, next.hook);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    const time = (performance.now() - start) / 1000;
    const { POST: accepted, refused } = await emulator.requests();
    if (accepted !== creates) throw new Error(`${accepted} of ${creates} creates were accepted`);
    return [
      amount("refusals", refused, "", { atMost: 39 }),
      {
        what: "time, beside what the limit alone dictates",
        ours: seconds(time),
        baseline: seconds(shortest),
        value: time / shortest,
        limit: { atMost: 1.15 },
      },
    ];
  },
};
